import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/media-library';
import { createScriptedOperations, createScriptedUploads, type TestSession } from '@lectern/testing';
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

const many = Array.from({ length: 40 }, (_, index) => ({
  id: `sound-${String(index + 1)}`,
  name: `Sound ${String(index + 1).padStart(2, '0')}.mp3`,
  kind: 'audio' as const,
}));

/** Files on their way in, below what is there. */
export const Uploading: Story = {
  render: (args) =>
    library(
      schoolSession({
        uploads: createScriptedUploads([
          {
            id: 'lecture',
            fileName: 'Limits, whole lecture.mp4',
            sizeBytes: 840_000_000,
            sentBytes: 354_000_000,
            bytesPerSecond: 9_400_000,
            secondsLeft: 52,
          },
          {
            id: 'copy',
            fileName: 'welcome-final.mp4',
            status: 'duplicate',
            duplicates: [{ assetId: 'welcome', name: 'Welcome to the course.mp4', certain: true }],
          },
        ]),
      }),
      args,
    ),
};

/** Many files are being tagged, and one of them can't be. */
export const BulkWork: Story = {
  render: (args) => {
    let advance = (): Promise<void> => Promise.resolve();
    const session = newSession({
      assets: many,
      operations: (assets) => {
        const operations = createScriptedOperations(assets, { held: true, fail: { 'sound-3': 'forbidden' } });
        advance = () => operations.advance(17);
        return operations;
      },
    });
    void session.seeded.then(async () => {
      void session.actions.tagAssets(
        many.map(({ id }) => id),
        ['term 1'],
      );
      // It begins once the assets have been read.
      while ((await session.backend.operations.list()).length === 0)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      await advance();
    });
    return library(session, args);
  },
};
