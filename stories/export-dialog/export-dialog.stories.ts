import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/export-dialog';
import { LecternError } from '@lectern/ports';
import type { TestSession } from '@lectern/testing';
import { studioSession } from '../video-studio/lecture.js';

interface Arguments {
  readonly maxBytes: number;
}

function exporter(session: TestSession, project: string | null, begin = false): (args: Arguments) => TemplateResult {
  return ({ maxBytes }) => {
    const element = document.createElement('export-dialog');
    Object.assign(element, { lectern: session, maxBytes: maxBytes > 0 ? maxBytes : null });
    void session.openProject(project).then(async (opened) => {
      element.projectSession = opened;
      await element.show();
      if (!begin) return;
      const [preset] = session.render.presets;
      const { formats } = await session.render.capabilities(1920, 1080);
      if (preset && formats[0])
        await session.actions
          .exportProject(opened, { preset, format: formats[0], name: 'Limits and continuity' })
          .catch(() => undefined);
    });
    return html`<button
        class="again"
        @click=${() => {
          void element.show();
        }}
      >
        Export…</button
      >${element}`;
  };
}

const meta: Meta<Arguments> = {
  title: 'Studio/export-dialog',
  component: 'export-dialog',
  args: { maxBytes: 0 },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing on the timeline. */
export const Empty: Story = { render: (args) => exporter(studioSession(), null)(args) };

/** What can be chosen. */
export const Full: Story = { render: (args) => exporter(studioSession(), 'lecture')(args) };

/** The host takes at most 15 MB. */
export const Limited: Story = {
  args: { maxBytes: 15_000_000 },
  render: (args) => exporter(studioSession(), 'lecture')(args),
};

/** Under way, for a minute. */
export const Loading: Story = {
  render: (args) => exporter(studioSession({ render: { exportMs: 60_000 } }), 'lecture', true)(args),
};

/** In the library. */
export const Done: Story = { render: (args) => exporter(studioSession(), 'lecture', true)(args) };

/** A clip stopped it. */
export const Failing: Story = {
  render: (args) =>
    exporter(
      studioSession({
        render: {
          exportError: new LecternError('render-failed', { details: { clip: 'Derivatives 1.mp4', frame: 211 } }),
        },
      }),
      'lecture',
      true,
    )(args),
};
