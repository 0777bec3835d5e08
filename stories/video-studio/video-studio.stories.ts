import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/video-studio';
import { createTestSession, type TestSession } from '@lectern/testing';
import { studioSession } from './lecture.js';

interface Arguments {
  readonly width: number;
  readonly height: number;
  readonly project: string | null;
}

function studio(session: TestSession): (args: Arguments) => TemplateResult {
  return ({ width, height, project }) => {
    const box = document.createElement('div');
    box.style.inlineSize = width > 0 ? `${String(width)}px` : '100%';
    box.style.maxInlineSize = '100%';
    box.style.blockSize = `${String(height)}px`;
    const element = document.createElement('video-studio');
    element.lectern = session;
    element.project = project;
    box.append(element);
    return html`${box}`;
  };
}

const meta: Meta<Arguments> = {
  title: 'Studio/video-studio',
  component: 'video-studio',
  args: { width: 0, height: 820, project: 'lecture' },
  argTypes: { width: { control: { type: 'range', min: 320, max: 1600, step: 20 } } },
  parameters: { layout: 'fullscreen' },
};
export default meta;

type Story = StoryObj<Arguments>;

/** A new project over an empty library. */
export const Empty: Story = {
  args: { project: null },
  render: (args) => studio(createTestSession({}))(args),
};

/** A cut lecture, three columns. */
export const Full: Story = { render: (args) => studio(studioSession())(args) };

/** The inspector beside the media. */
export const Medium: Story = { args: { width: 900 }, render: (args) => studio(studioSession())(args) };

/** One column with tabs. */
export const Narrow: Story = { args: { width: 360, height: 740 }, render: (args) => studio(studioSession())(args) };

/** The back end takes its time. */
export const Loading: Story = { render: (args) => studio(studioSession({ hang: ['projects.open'] }))(args) };

/** The project isn't there. */
export const Failing: Story = { args: { project: 'gone' }, render: (args) => studio(studioSession())(args) };

/** The back end refuses to save. */
export const NotSaved: Story = {
  render: (args) => studio(studioSession({ fail: { 'projects.save': 'quota-exceeded' } }))(args),
};
