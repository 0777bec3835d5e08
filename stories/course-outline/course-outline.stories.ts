import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/course-outline';
import type { TestSession } from '@lectern/testing';
import { newSession, schoolSession } from '../media-library/school.js';

interface Arguments {
  readonly course: string;
  readonly readonly: boolean;
  readonly width: number;
}

function outline(session: TestSession, { course, readonly, width }: Arguments): TemplateResult {
  const box = document.createElement('div');
  box.style.cssText = `block-size: 100vh; box-sizing: border-box; inline-size: ${String(width)}px; max-inline-size: 100%; padding: 12px`;
  const element = document.createElement('course-outline');
  Object.assign(element, { lectern: session, course, readonly });
  const attach = document.createElement('button');
  attach.textContent = 'Attach a video…';
  attach.addEventListener('click', () => {
    void element.attach({ assetId: 'export-1' });
  });
  box.append(element);
  return html`${box}${attach}`;
}

const meta: Meta<Arguments> = {
  title: 'Library/course-outline',
  component: 'course-outline',
  args: { course: 'calculus', readonly: false, width: 420 },
  argTypes: { width: { control: { type: 'range', min: 300, max: 900, step: 10 } } },
};
export default meta;

type Story = StoryObj<Arguments>;

/** No course yet. */
export const Empty: Story = { render: (args) => outline(newSession(), args) };

/** A course in the middle of its term. */
export const Full: Story = { render: (args) => outline(schoolSession(), args) };

/** A course without chapters. */
export const NewCourse: Story = { args: { course: 'algebra' }, render: (args) => outline(schoolSession(), args) };

/** For those who may look only. */
export const ReadOnly: Story = { args: { readonly: true }, render: (args) => outline(schoolSession(), args) };

/** The first answer is on its way. */
export const Loading: Story = { render: (args) => outline(schoolSession({ hang: ['courses.list'] }), args) };

/** The back end doesn't answer as it should. */
export const Failing: Story = {
  render: (args) => outline(schoolSession({ fail: { 'courses.list': 'forbidden' } }), args),
};
