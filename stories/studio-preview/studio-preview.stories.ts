import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/studio-preview';
import { createTestSession, type TestSession } from '@lectern/testing';
import type { Preview, PreviewState } from '@lectern/ports';
import { studioSession } from '../video-studio/lecture.js';

interface Arguments {
  readonly width: number;
  readonly guides: boolean;
  readonly loop: boolean;
}

function player(
  session: TestSession,
  project: string | null,
  state: Partial<PreviewState> = {},
): (args: Arguments) => TemplateResult {
  return ({ width, guides, loop }) => {
    const element = document.createElement('studio-preview');
    Object.assign(element, { lectern: session, guides, loop });
    element.style.inlineSize = `${String(width)}px`;
    element.style.maxInlineSize = '100%';
    element.style.blockSize = '480px';
    void session.openProject(project).then((opened) => {
      element.projectSession =
        Object.keys(state).length === 0
          ? opened
          : new Proxy(opened, {
              get: (target, name) =>
                name === 'preview' ? stuck(target.preview, state) : (Reflect.get(target, name, target) as unknown),
            });
    });
    return html`${element}`;
  };
}

/** A preview that stays in a state which only a real engine gets into. */
function stuck(preview: Preview, state: Partial<PreviewState>): Preview {
  return new Proxy(preview, {
    get(target, name): unknown {
      if (name === 'state') return () => ({ ...target.state(), ...state });
      if (name === 'subscribe') return () => () => undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

const meta: Meta<Arguments> = {
  title: 'Studio/studio-preview',
  component: 'studio-preview',
  args: { width: 820, guides: false, loop: false },
  argTypes: { width: { control: { type: 'range', min: 320, max: 1200, step: 20 } } },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing on the timeline yet. */
export const Empty: Story = { render: (args) => player(createTestSession({}), null)(args) };

/** A lecture, ready to play. */
export const Full: Story = { render: (args) => player(studioSession(), 'lecture')(args) };

/** With the safe areas of television. */
export const Guides: Story = { args: { guides: true }, render: (args) => player(studioSession(), 'lecture')(args) };

/** In a narrow column. */
export const Narrow: Story = { args: { width: 340 }, render: (args) => player(studioSession(), 'lecture')(args) };

/** A picture that isn't decoded yet; the notice waits a moment, so that it doesn't flicker. */
export const Loading: Story = { render: (args) => player(studioSession(), 'lecture', { status: 'loading' })(args) };

/** A clip whose file is gone. */
export const Failing: Story = {
  render: (args) =>
    player(studioSession(), 'lecture', {
      status: 'failed',
      error: { code: 'source-missing', message: '', details: { clip: 'Derivatives 1.mp4' } },
    })(args),
};

/** A smaller copy of a heavy source, with the switch to its original. */
export const WithProxy: Story = { render: (args) => player(studioSession(), 'lecture', { proxy: 'shown' })(args) };

/** The original, where there is a smaller copy. */
export const WithOriginal: Story = { render: (args) => player(studioSession(), 'lecture', { proxy: 'ready' })(args) };

/** One clip of several can't be shown. */
export const MissingClip: Story = {
  render: (args) =>
    player(studioSession(), 'lecture', {
      proxy: 'shown',
      error: { code: 'source-missing', message: '', details: { clip: 'Derivatives 1.mp4' } },
    })(args),
};
