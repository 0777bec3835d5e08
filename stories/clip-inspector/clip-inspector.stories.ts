import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/clip-inspector';
import type { ClipRecord } from '@lectern/timeline';
import { studioSession } from '../video-studio/lecture.js';

interface Arguments {
  readonly width: number;
}

function inspector(
  chosen: (clip: ClipRecord) => boolean,
  project: string | null = 'lecture',
  hang = false,
): (args: Arguments) => TemplateResult {
  return ({ width }) => {
    const session = studioSession(hang ? { hang: ['projects.open'] } : {});
    const element = document.createElement('clip-inspector');
    element.lectern = session;
    element.style.inlineSize = `${String(width)}px`;
    element.style.blockSize = '680px';
    if (hang || project === 'gone') element.project = project;
    else
      void session.openProject(project).then((opened) => {
        opened.editor.select([...opened.editor.document.clips.values()].filter(chosen).map(({ id }) => id));
        element.projectSession = opened;
      });
    return html`${element}`;
  };
}

const meta: Meta<Arguments> = {
  title: 'Studio/clip-inspector',
  component: 'clip-inspector',
  args: { width: 300 },
  argTypes: { width: { control: { type: 'range', min: 200, max: 480, step: 10 } } },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing is chosen: the settings of the project. */
export const Empty: Story = { render: (args) => inspector(() => false)(args) };

/** A video with its sound. */
export const Full: Story = { render: (args) => inspector(({ name }) => name === 'Limits 1.mp4')(args) };

/** A title. */
export const Title: Story = { render: (args) => inspector(({ source }) => source.kind === 'text')(args) };

/** Several clips: what they share. */
export const Several: Story = { render: (args) => inspector(({ source }) => source.kind === 'asset')(args) };

/** The project isn't open yet. */
export const Loading: Story = { render: (args) => inspector(() => false, 'lecture', true)(args) };

/** The project isn't there. */
export const Failing: Story = { render: (args) => inspector(() => false, 'gone')(args) };
