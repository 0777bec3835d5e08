import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/project-library';
import type { TestSession } from '@lectern/testing';
import { newSession, schoolSession } from '../media-library/school.js';

interface Arguments {
  readonly view: 'grid' | 'list';
  readonly sort: 'recent' | 'title' | 'oldest';
  readonly width: number;
}

function projects(session: TestSession, { view, sort, width }: Arguments): TemplateResult {
  const box = document.createElement('div');
  box.style.cssText = `block-size: 100vh; box-sizing: border-box; inline-size: ${String(width)}px; max-inline-size: 100%; padding: 12px`;
  const element = document.createElement('project-library');
  Object.assign(element, { lectern: session, view, sort });
  box.append(element);
  return html`${box}`;
}

const meta: Meta<Arguments> = {
  title: 'Library/project-library',
  component: 'project-library',
  args: { view: 'grid', sort: 'title', width: 1000 },
  argTypes: {
    view: { control: 'inline-radio', options: ['grid', 'list'] },
    sort: { control: 'select', options: ['recent', 'title', 'oldest'] },
    width: { control: { type: 'range', min: 320, max: 1440, step: 10 } },
  },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing yet. */
export const Empty: Story = { render: (args) => projects(newSession(), args) };

/** Drafts and published lectures. */
export const Full: Story = { render: (args) => projects(schoolSession(), args) };

/** The same as a list. */
export const List: Story = { args: { view: 'list' }, render: (args) => projects(schoolSession(), args) };

/** The first answer is on its way. */
export const Loading: Story = { render: (args) => projects(schoolSession({ hang: ['projects.list'] }), args) };

/** The back end doesn't answer as it should. */
export const Failing: Story = {
  render: (args) => projects(schoolSession({ fail: { 'projects.list': 'forbidden' } }), args),
};
