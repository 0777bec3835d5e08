import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/media-library';
import type { TestSession } from '@lectern/testing';
import { newSession, schoolSession } from './school.js';

interface Arguments {
  readonly view: 'grid' | 'list';
  readonly kind: '' | 'video' | 'audio' | 'image';
  readonly source: '' | 'upload' | 'recording' | 'export';
  readonly sort: 'newest' | 'oldest' | 'name' | 'largest' | 'longest';
  readonly width: number;
}

function library(session: TestSession, { view, kind, source, sort, width }: Arguments): TemplateResult {
  const box = document.createElement('div');
  box.style.cssText = `block-size: 100vh; box-sizing: border-box; inline-size: ${String(width)}px; max-inline-size: 100%; padding: 12px`;
  const element = document.createElement('media-library');
  Object.assign(element, { lectern: session, view, kind: kind || null, source: source || null, sort });
  box.append(element);
  return html`${box}`;
}

const meta: Meta<Arguments> = {
  title: 'Library/media-library',
  component: 'media-library',
  args: { view: 'grid', kind: '', source: '', sort: 'oldest', width: 1200 },
  argTypes: {
    view: { control: 'inline-radio', options: ['grid', 'list'] },
    kind: { control: 'select', options: ['', 'video', 'audio', 'image'] },
    source: { control: 'select', options: ['', 'upload', 'recording', 'export'] },
    sort: { control: 'select', options: ['newest', 'oldest', 'name', 'largest', 'longest'] },
    width: { control: { type: 'range', min: 320, max: 1440, step: 10 } },
  },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing yet: drop files or choose them. */
export const Empty: Story = { render: (args) => library(newSession(), args) };

/** In the middle of a term. */
export const Full: Story = { render: (args) => library(schoolSession(), args) };

/** The same as a list. */
export const List: Story = { args: { view: 'list' }, render: (args) => library(schoolSession(), args) };

/** In the column of a course page. */
export const Narrow: Story = { args: { width: 340 }, render: (args) => library(schoolSession(), args) };

/** A thousand files: only what is in sight is in the document. */
export const Long: Story = {
  args: { sort: 'name' },
  render: (args) =>
    library(
      newSession({
        assets: Array.from({ length: 1000 }, (_, index) => ({
          id: `sound-${String(index)}`,
          name: `Sound ${String(index + 1).padStart(4, '0')}.mp3`,
          kind: 'audio' as const,
        })),
      }),
      args,
    ),
};

/** The first answer is on its way. */
export const Loading: Story = { render: (args) => library(schoolSession({ hang: ['assets.list'] }), args) };

/** The back end doesn't answer as it should. */
export const Failing: Story = {
  render: (args) => library(schoolSession({ fail: { 'assets.list': 'forbidden' } }), args),
};

/** Every change is refused: names and tags go back, and a notice says why. */
export const Refusing: Story = {
  render: (args) =>
    library(schoolSession({ fail: { 'assets.update': 'forbidden', 'assets.remove': 'forbidden' } }), args),
};
