import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/upload-tray';
import { LecternError, serialiseError, type UploadItem } from '@lectern/ports';
import { createScriptedUploads, type ScriptedUploads } from '@lectern/testing';
import { schoolSession } from '../media-library/school.js';

interface Arguments {
  readonly folded: boolean;
  readonly width: number;
}

type Beginning = readonly (Partial<UploadItem> & { readonly id: string })[];

const megabyte = 1_000_000;
/** Stories stand still: what waits for eight seconds always has eight seconds left. */
const now = new Date('2026-03-02T10:00:00Z');
const inSeconds = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();
const failure = (code: LecternError['code'], details: LecternError['details'] = {}): UploadItem['error'] =>
  serialiseError(new LecternError(code, { details }));

function tray(
  items: Beginning,
  { folded, width }: Arguments,
  play?: (uploads: ScriptedUploads) => void,
): TemplateResult {
  const uploads = createScriptedUploads(items);
  play?.(uploads);
  const box = document.createElement('div');
  box.style.cssText = `box-sizing: border-box; inline-size: ${String(width)}px; max-inline-size: 100%; padding: 12px`;
  const element = document.createElement('upload-tray');
  Object.assign(element, { lectern: schoolSession({ uploads, session: { now: () => now } }), folded });
  element.style.setProperty('--lectern-upload-tray-max-height', 'none');
  element.innerHTML =
    '<p slot="empty" style="margin: 0">Nothing is on its way. (The page says this, not the tray.)</p>';
  box.append(element);
  return html`${box}`;
}

const meta: Meta<Arguments> = {
  title: 'Library/upload-tray',
  component: 'upload-tray',
  args: { folded: false, width: 720 },
  argTypes: { width: { control: { type: 'range', min: 320, max: 1440, step: 10 } } },
};
export default meta;

type Story = StoryObj<Arguments>;

const lecture = {
  id: 'lecture',
  fileName: 'Limits and continuity, whole lecture.mp4',
  sizeBytes: 1_840 * megabyte,
  sentBytes: 754 * megabyte,
  bytesPerSecond: 9.4 * megabyte,
  secondsLeft: 115,
};
const slides = { id: 'slides', fileName: 'Slides.png', sizeBytes: 3.1 * megabyte, status: 'queued' as const };
const voice = {
  id: 'voice',
  fileName: 'Voice-over, third take.wav',
  sizeBytes: 62 * megabyte,
  sentBytes: 8 * megabyte,
  bytesPerSecond: 2.2 * megabyte,
  secondsLeft: 25,
};
const welcome = { assetId: 'welcome', name: 'Welcome to the course.mp4', certain: true };

/** Nothing on its way: only what the page puts into the slot. */
export const Empty: Story = { render: (args) => tray([], args) };

/** A batch in the middle, going on second by second. */
export const Sending: Story = {
  render: (args) =>
    tray([lecture, voice, slides], args, (uploads) => {
      setInterval(() => {
        uploads.pass();
      }, 1000);
    }),
};

/** What waits by itself: for the network, for the next try, for another tab. */
export const Waiting: Story = {
  render: (args) =>
    tray(
      [
        { ...lecture, bytesPerSecond: null, secondsLeft: null, retryAt: inSeconds(8), error: failure('offline') },
        { ...voice, bytesPerSecond: null, secondsLeft: null, retryAt: inSeconds(21), error: failure('server') },
        {
          id: 'other',
          fileName: 'Interview.mov',
          sizeBytes: 480 * megabyte,
          sentBytes: 90 * megabyte,
          elsewhere: true,
        },
        { id: 'checking', fileName: 'Board.jpg', status: 'checking' },
        { id: 'preparing', fileName: 'Tuesday.webm', status: 'snapshotting' },
        { id: 'verifying', fileName: 'Wednesday.webm', status: 'verifying' },
      ],
      args,
    ),
};

/** What needs somebody: duplicates, a file to choose again, a sign-in. */
export const NeedsYou: Story = {
  render: (args) =>
    tray(
      [
        {
          id: 'signed-out',
          fileName: 'Interview.mov',
          sentBytes: 12 * megabyte,
          status: 'paused',
          error: failure('unauthenticated'),
        },
        { id: 'gone', fileName: 'From the memory card.mov', status: 'needs-file' },
        { id: 'certain', fileName: 'welcome-final-2.mp4', status: 'duplicate', duplicates: [welcome] },
        {
          id: 'likely',
          fileName: 'IMG_2041.jpg',
          status: 'duplicate',
          duplicates: [
            { assetId: 'board', name: 'Blackboard, 3 March.jpg', certain: false },
            {
              assetId: 'slides',
              name: 'Slides 1 to 12 as one long picture with a name that does not fit.png',
              certain: false,
            },
          ],
        },
        { id: 'full', fileName: 'Everything.mkv', status: 'paused', error: failure('quota-exceeded') },
      ],
      args,
    ),
};

/** One bad file never stops the others. */
export const Failed: Story = {
  render: (args) =>
    tray(
      [
        { id: 'broken', fileName: 'Download.mp4', status: 'failed', error: failure('file-truncated') },
        { id: 'forbidden', fileName: 'Exam.mp4', status: 'failed', error: failure('forbidden') },
        {
          id: 'odd',
          fileName: 'Lecture of 2009.mov',
          status: 'done',
          storedUndecodable: true,
          error: failure('undecodable', { codec: 'ProRes' }),
        },
        voice,
      ],
      args,
    ),
};

/** Paused by hand. */
export const Paused: Story = {
  render: (args) =>
    tray(
      [
        { ...lecture, status: 'paused', bytesPerSecond: null, secondsLeft: null },
        { ...voice, status: 'paused', bytesPerSecond: null, secondsLeft: null },
      ],
      args,
    ),
};

/** What is done folds away. */
export const Done: Story = {
  render: (args) =>
    tray(
      [
        { id: 'a', fileName: 'Welcome.mp4', status: 'done', assetId: 'welcome' },
        { id: 'b', fileName: 'Board.jpg', status: 'done', assetId: 'board' },
        { id: 'c', fileName: 'Twice.mp4', status: 'cancelled' },
      ],
      args,
    ),
};

/** Only the line that sums up. */
export const Folded: Story = { args: { folded: true }, render: (args) => tray([lecture, voice, slides], args) };

/** In the column of a course page. */
export const Narrow: Story = {
  args: { width: 360 },
  render: (args) =>
    tray(
      [
        lecture,
        { id: 'certain', fileName: 'welcome-final-2.mp4', status: 'duplicate', duplicates: [welcome] },
        { id: 'broken', fileName: 'Download.mp4', status: 'failed', error: failure('file-truncated') },
        voice,
        { id: 'd', fileName: 'Done.mp4', status: 'done' },
      ],
      args,
    ),
};

/** A term's worth at once: sixty rows, and how many more there are. */
export const Many: Story = {
  render: (args) =>
    tray(
      Array.from({ length: 400 }, (_, index) => ({
        id: `file-${String(index)}`,
        fileName: `Recording ${String(index + 1)}.webm`,
        status: index < 3 ? ('sending' as const) : ('queued' as const),
        sentBytes: index < 3 ? 9 * megabyte : 0,
      })),
      args,
    ),
};
