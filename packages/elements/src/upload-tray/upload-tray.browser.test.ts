import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import { LecternError, serialiseError, type UploadItem } from '@lectern/ports';
import {
  createScriptedUploads,
  createTestSession,
  type ScriptedUploads,
  type TestSession,
  type TestSessionOptions,
} from '@lectern/testing';
import '../define/upload-tray.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { UploadTrayElement } from './upload-tray.js';
import { UploadTrayHarness } from './upload-tray.harness.js';
import { violations } from '../test-support/accessibility.js';

const megabyte = 1_000_000;
const now = new Date('2026-03-02T10:00:00Z');
const inSeconds = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();
const failure = (code: LecternError['code']): UploadItem['error'] => serialiseError(new LecternError(code));

const intro = { assetId: 'intro', name: 'Introduction.mp4', certain: true };
const likely = { assetId: 'old-intro', name: 'Introduction (old).mp4', certain: false };

/** One of everything that can be said. */
const everything: readonly (Partial<UploadItem> & { readonly id: string })[] = [
  {
    id: 'sending',
    fileName: 'Lecture.mp4',
    sizeBytes: 200 * megabyte,
    sentBytes: 82 * megabyte,
    bytesPerSecond: 4 * megabyte,
    secondsLeft: 29.5,
  },
  { id: 'offline', fileName: 'Offline.mp4', retryAt: inSeconds(8), error: failure('offline') },
  { id: 'elsewhere', fileName: 'Other tab.mp4', elsewhere: true },
  { id: 'signed-out', fileName: 'Signed out.mp4', status: 'paused', error: failure('unauthenticated') },
  { id: 'paused', fileName: 'Paused.mp3', status: 'paused', sentBytes: 10 * megabyte },
  { id: 'needs-file', fileName: 'Gone.mov', status: 'needs-file', sizeBytes: 3 },
  { id: 'copy', fileName: 'intro copy.mp4', status: 'duplicate', duplicates: [intro] },
  { id: 'failed', fileName: 'Broken.mp4', status: 'failed', error: failure('file-truncated') },
  { id: 'queued', fileName: 'Slide.png', status: 'queued' },
  { id: 'verifying', fileName: 'Checked.wav', status: 'verifying' },
  { id: 'done', fileName: 'Done.mp4', status: 'done', assetId: 'intro' },
  {
    id: 'odd',
    fileName: 'ProRes.mov',
    status: 'done',
    storedUndecodable: true,
    error: serialiseError(new LecternError('undecodable', { details: { codec: 'ProRes' } })),
  },
];

let sessions: TestSession[] = [];

interface Opened {
  readonly harness: UploadTrayHarness;
  readonly element: UploadTrayElement;
  readonly uploads: ScriptedUploads;
  readonly session: TestSession;
}

async function open(
  items: readonly (Partial<UploadItem> & { readonly id: string })[],
  { width = 720, ...options }: TestSessionOptions & { readonly width?: number } = {},
): Promise<Opened> {
  const uploads = createScriptedUploads(items);
  const session = createTestSession({
    assets: [{ id: 'intro', name: 'Introduction.mp4' }],
    uploads,
    session: { now: () => now },
    ...options,
  });
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement('upload-tray'), { lectern: session });
  await mount(element, width, 600);
  const harness = new UploadTrayHarness(element);
  await harness.settled();
  return { harness, element, uploads, session };
}

function heard<T>(element: Element, type: string): T[] {
  const details: T[] = [];
  element.addEventListener(type, (event) => details.push((event as CustomEvent<T>).detail));
  return details;
}

describe('upload-tray', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('has no accessibility violations with everything in it, folded, narrow and empty', async () => {
    const { element, harness } = await open(everything);
    await harness.click('file added');
    expect(await violations(element)).to.deep.equal([]);
    element.folded = true;
    await harness.settled();
    expect(await violations(element)).to.deep.equal([]);
    expect(await violations((await open(everything, { width: 360 })).element)).to.deep.equal([]);
    expect(await violations((await open([])).element)).to.deep.equal([]);
  });

  it('shows nothing while nothing is on its way, but for what the page says then', async () => {
    const { element, uploads, harness } = await open([]);
    expect(element.getBoundingClientRect().height).to.equal(0);
    element.innerHTML = '<p slot="empty">Nothing on its way</p>';
    expect(element.getBoundingClientRect().height).to.be.greaterThan(0);
    uploads.add([{ file: new Blob(['x']), fileName: 'a.mp4' }]);
    await harness.until(() => harness.rows.length === 1);
    expect(element.querySelector('p')?.assignedSlot).to.equal(null);
  });

  describe('says', () => {
    it('how far each is, how fast and how long still, and what it waits for', async () => {
      const { harness } = await open(everything);
      expect(harness.stateOf('Lecture.mp4')).to.equal('82 MB of 200 MB · 4 MB/s · 30 sec left');
      expect(harness.row('Lecture.mp4').querySelector('.upload-percent')?.textContent).to.equal('41%');
      expect(harness.stateOf('Offline.mp4')).to.equal('Waiting for the network, trying again in 8 sec');
      expect(harness.stateOf('Other tab.mp4')).to.equal('Another tab is sending this');
      expect(harness.stateOf('Signed out.mp4')).to.equal('Paused: sign in to go on');
      expect(harness.stateOf('Paused.mp3')).to.equal('Paused');
      expect(harness.stateOf('Gone.mov')).to.equal('Choose the file again to go on');
      expect(harness.stateOf('intro copy.mp4')).to.equal('This file is in the library already');
      expect(harness.row('intro copy.mp4').textContent).to.include('same contents as “Introduction.mp4”');
      expect(harness.row('Broken.mp4').textContent).to.include('“Broken.mp4” is incomplete');
      expect(harness.row('ProRes.mov').textContent).to.include('convert it');
      const bar = harness.row('Lecture.mp4').querySelector('[role="progressbar"]');
      expect(bar?.getAttribute('aria-valuenow')).to.equal('41');
      expect(bar?.getAttribute('aria-label')).to.equal('Upload of “Lecture.mp4”');
    });

    it('all of it in one line, what needs somebody first, and what is done out of the way', async () => {
      const { harness } = await open(everything);
      expect(harness.summary).to.match(/^5 files · \d+% · .* left · 3 need you · 1 file couldn’t be added · 1 paused$/);
      const names = harness.rows.map((row) => row.name);
      expect(names.slice(0, 4)).to.deep.equal(['Signed out.mp4', 'Gone.mov', 'intro copy.mp4', 'Broken.mp4']);
      expect(names).to.include('ProRes.mov');
      expect(names).not.to.include('Done.mp4');
      await harness.click('file added');
      expect(harness.stateOf('Done.mp4')).to.equal('Done');
    });

    it('the seconds to the next try as they pass', async () => {
      let time = now;
      const { harness } = await open([{ id: 'a', fileName: 'A.mp4', retryAt: inSeconds(12) }], {
        session: { now: () => time },
      });
      expect(harness.stateOf('A.mp4')).to.include('trying again in 12 sec');
      time = new Date(now.getTime() + 5000);
      await harness.until(() => harness.stateOf('A.mp4').includes('in 7 sec'), 'the next second');
    });

    it('it in the language of the page', async () => {
      const { harness, element } = await open(everything);
      element.lang = 'es';
      await harness.until(() => harness.stateOf('Paused.mp3') === 'En pausa');
      expect(harness.stateOf('Signed out.mp4')).to.equal('En pausa: inicia sesión para continuar');
    });
  });

  describe('lets people', () => {
    it('pause and go on by the same button, which keeps the focus', async () => {
      const { harness, uploads } = await open([{ id: 'a', fileName: 'A.mp4' }]);
      harness.button('Pause upload of “A.mp4”').focus();
      await sendKeys({ press: 'Enter' });
      await harness.until(() => harness.stateOf('A.mp4') === 'Paused');
      expect(harness.focused).to.equal('Go on with upload of “A.mp4”');
      await sendKeys({ press: 'Enter' });
      await harness.until(() => harness.focused === 'Pause upload of “A.mp4”');
      expect(uploads.asked).to.deep.equal(['pause a', 'resume a']);
    });

    it('try again, cancel, and clear what is over', async () => {
      const { harness, uploads } = await open([
        { id: 'a', fileName: 'A.mp4', status: 'failed', error: failure('server') },
        { id: 'b', fileName: 'B.mp4' },
        { id: 'c', fileName: 'C.mp4', status: 'done' },
      ]);
      await harness.click('Try “A.mp4” again');
      await harness.click('Cancel upload of “B.mp4”');
      await harness.click('Clear finished');
      expect(uploads.asked).to.deep.equal(['retry a', 'cancel b', 'clear all']);
      expect(harness.rows.map((row) => row.name)).to.deep.equal(['A.mp4']);
    });

    it('pause, go on with, try again and cancel all', async () => {
      const { harness, uploads } = await open([
        { id: 'a' },
        { id: 'b' },
        { id: 'c', status: 'failed' },
        { id: 'd', status: 'failed' },
      ]);
      await harness.click('Pause all');
      await harness.click('Go on with all');
      await harness.click('Try all again');
      await harness.click('Cancel all');
      expect(uploads.asked.filter((what) => what.startsWith('cancel'))).to.deep.equal([
        'cancel a',
        'cancel b',
        'cancel c',
        'cancel d',
      ]);
      expect(uploads.asked.slice(0, 6)).to.deep.equal([
        'pause a',
        'pause b',
        'resume a',
        'resume b',
        'retry c',
        'retry d',
      ]);
    });

    it('choose a file again, and says when it is another one', async () => {
      const { harness, uploads, session, element } = await open([
        { id: 'a', fileName: 'A.mp4', status: 'needs-file', sizeBytes: 3 },
      ]);
      element.addEventListener('click', (event) => {
        // The system's own dialog can't be driven.
        if (event.composedPath()[0] instanceof HTMLInputElement) event.preventDefault();
      });
      await harness.click('Choose file “A.mp4” again');
      await harness.giveFile(new File(['another'], 'A.mp4'));
      const notice = await harness.until(() => session.store.getState().notices.items.find(({ error }) => error));
      expect(notice.error?.details['about']).to.equal('upload');
      await harness.click('Choose file “A.mp4” again');
      await harness.giveFile(new File(['abc'], 'A.mp4'));
      await harness.until(() => uploads.asked.includes('provideFile a'));
      expect(harness.rows[0]?.status).to.equal('sending');
    });

    it('use what is there, upload anyway, or replace it', async () => {
      const { harness, uploads, element } = await open([
        { id: 'a', fileName: 'A.mp4', status: 'duplicate', duplicates: [intro] },
        { id: 'b', fileName: 'B.mp4', status: 'duplicate', duplicates: [likely, intro] },
        { id: 'c', fileName: 'C.mp4', status: 'duplicate', duplicates: [likely] },
      ]);
      const requests = heard<object>(element, 'lectern-upload-duplicate-request');
      expect(harness.stateOf('C.mp4')).to.equal('This file is probably in the library already');
      await harness.click('Use the existing one, “Introduction.mp4”, for “A.mp4”');
      // A sure one is meant before a likely one, but a person may mean the other.
      expect(harness.buttonsOf('B.mp4')).to.include('Replace it, “Introduction.mp4”, with “B.mp4”');
      const select = harness.row('B.mp4').querySelector('select')!;
      select.selectedIndex = 0;
      select.dispatchEvent(new Event('change'));
      await harness.settled();
      await harness.click('Replace it, “Introduction (old).mp4”, with “B.mp4”');
      await harness.click('Upload anyway: “C.mp4”');
      expect(uploads.asked).to.deep.equal(['decide existing a', 'decide replace b', 'decide upload-anyway c']);
      expect(requests).to.deep.equal([
        { uploadId: 'a', fileName: 'A.mp4', use: 'existing', assetId: 'intro' },
        { uploadId: 'b', fileName: 'B.mp4', use: 'replace', assetId: 'old-intro' },
        { uploadId: 'c', fileName: 'C.mp4', use: 'upload-anyway', assetId: null },
      ]);
    });

    it('answer once for many duplicates', async () => {
      const { harness, uploads } = await open(
        ['a', 'b', 'c'].map((id) => ({ id, status: 'duplicate' as const, duplicates: [intro] })),
      );
      expect(harness.get('.duplicates p').textContent).to.equal('3 files are in the library already');
      await harness.click('Upload all of them anyway');
      expect(uploads.asked).to.deep.equal([
        'decide upload-anyway a',
        'decide upload-anyway b',
        'decide upload-anyway c',
      ]);
      expect(harness.focused).to.equal('Hide the list of uploads');
    });

    it('ask the page to sign them in; a page that doesn’t see to it leaves words', async () => {
      const { harness, element, session } = await open([
        { id: 'a', fileName: 'A.mp4', status: 'paused', error: failure('unauthenticated') },
      ]);
      const told = (): boolean =>
        session.store.getState().notices.items.some(({ message }) => message.key === 'notice.signInHere');
      element.addEventListener('lectern-sign-in-request', (event) => event.preventDefault(), { once: true });
      await harness.click('Sign in to go on with “A.mp4”');
      expect(told()).to.equal(false);
      await harness.click('Sign in to go on with “A.mp4”');
      expect(told()).to.equal(true);
    });
  });

  describe('by keyboard', () => {
    it('is one stop: arrows go from upload to upload and along their buttons', async () => {
      const { harness } = await open([
        { id: 'a', fileName: 'A.mp4', status: 'duplicate', duplicates: [intro] },
        { id: 'b', fileName: 'B.mp4' },
        { id: 'c', fileName: 'C.mp4', status: 'done' },
      ]);
      const stops = harness.all('.upload-list button').filter((button) => button.tabIndex === 0);
      expect(stops).to.have.length(1);
      harness.button('Hide the list').focus();
      await sendKeys({ press: 'Tab' });
      expect(harness.focused).to.equal('Use the existing one, “Introduction.mp4”, for “A.mp4”');
      await sendKeys({ press: 'ArrowRight' });
      expect(harness.focused).to.equal('Upload anyway: “A.mp4”');
      await sendKeys({ press: 'ArrowDown' });
      expect(harness.focused).to.equal('Cancel upload of “B.mp4”');
      await sendKeys({ press: 'Home' });
      expect(harness.focused).to.equal('Pause upload of “B.mp4”');
      await sendKeys({ press: 'ArrowDown' });
      expect(harness.focused).to.equal('1 file added');
      await sendKeys({ down: 'Control' });
      await sendKeys({ press: 'Home' });
      await sendKeys({ up: 'Control' });
      await sendKeys({ press: 'End' });
      expect(harness.focused).to.equal('Cancel upload of “A.mp4”');
    });

    it('goes the other way on right-to-left pages', async () => {
      const { harness, element } = await open([{ id: 'a', fileName: 'A.mp4' }]);
      element.dir = 'rtl';
      await harness.settled();
      harness.button('Pause upload').focus();
      await sendKeys({ press: 'ArrowLeft' });
      expect(harness.focused).to.equal('Cancel upload of “A.mp4”');
    });

    it('keeps the focus in the list when what had it goes', async () => {
      const { harness, uploads } = await open([
        { id: 'a', fileName: 'A.mp4', status: 'failed' },
        { id: 'b', fileName: 'B.mp4', status: 'failed' },
      ]);
      harness.button('Try “A.mp4” again').focus();
      await sendKeys({ press: 'Delete' });
      await harness.until(() => harness.rows.length === 1);
      expect(uploads.asked).to.deep.equal(['clear a']);
      expect(harness.focused).to.equal('Try “B.mp4” again');
      uploads.set('b', { status: 'cancelled' });
      await harness.until(() => harness.rows.length === 0);
      expect(harness.focused).to.equal('1 upload cancelled');
    });

    it('cancels with Delete, unless the page prevents it', async () => {
      const { harness, uploads, element } = await open([{ id: 'a', fileName: 'A.mp4' }]);
      const asked = heard<object>(element, 'lectern-upload-cancel-request');
      element.addEventListener('lectern-upload-cancel-request', (event) => event.preventDefault(), { once: true });
      harness.button('Pause upload').focus();
      await sendKeys({ press: 'Delete' });
      expect(uploads.asked).to.deep.equal([]);
      await sendKeys({ press: 'Delete' });
      expect(uploads.asked).to.deep.equal(['cancel a']);
      expect(asked).to.deep.equal([{ uploadIds: ['a'] }, { uploadIds: ['a'] }]);
    });
  });

  describe('tells', () => {
    it('the page of each that came in or failed, and nothing of what was there before', async () => {
      const { element, uploads, harness } = await open([
        { id: 'a', fileName: 'A.mp4', status: 'done' },
        { id: 'b', fileName: 'B.mp4' },
        { id: 'c', fileName: 'C.mp4' },
      ]);
      const complete = heard<object>(element, 'lectern-upload-complete');
      const failed = heard<object>(element, 'lectern-upload-error');
      uploads.set('b', { status: 'done', assetId: 'asset-b' });
      uploads.set('c', { status: 'failed', error: failure('forbidden') });
      await harness.settled();
      expect(complete).to.deep.equal([{ uploadId: 'b', assetId: 'asset-b', fileName: 'B.mp4' }]);
      expect(failed).to.deep.equal([{ uploadId: 'c', fileName: 'C.mp4', code: 'forbidden' }]);
    });

    it('who can’t see it of a batch in one sentence, and never of percents', async () => {
      const { uploads, harness } = await open([
        { id: 'a', fileName: 'A.mp4', bytesPerSecond: megabyte },
        { id: 'b', fileName: 'B.mp4' },
        { id: 'c', fileName: 'C.mp4' },
        { id: 'd', fileName: 'D.mp4' },
      ]);
      uploads.pass();
      uploads.set('b', { status: 'done' });
      uploads.set('c', { status: 'done' });
      uploads.set('d', { status: 'failed', error: failure('file-empty') });
      await harness.until(() => harness.announced !== '', 'the sentence');
      expect(harness.announced).to.equal('2 files added. “D.mp4” couldn’t be added: “D.mp4” is empty');
      uploads.set('a', { status: 'needs-file' });
      await harness.until(() => harness.announced.includes('A.mp4'), 'the next one');
      expect(harness.announced).to.equal('“A.mp4”: Choose the file again to go on');
    });

    it('in the list what notices would tell a second time', async () => {
      const { uploads, session, harness } = await open([{ id: 'a', fileName: 'A.mp4' }]);
      uploads.set('a', { status: 'failed', error: failure('file-empty') });
      await harness.settled();
      expect(session.store.getState().notices.items).to.deep.equal([]);
      const old = await open([{ id: 'b', status: 'needs-file' }]);
      expect(old.session.store.getState().notices.items, 'of what earlier pages left').to.deep.equal([]);
      harness.element.hidden = true;
      uploads.set('a', { status: 'queued' });
      uploads.set('a', { status: 'failed', error: failure('file-empty') });
      await harness.settled();
      expect(session.store.getState().notices.items).to.have.length(1);
    });
  });

  it('shows the picture of what it is or what it resembles', async () => {
    const { harness } = await open([{ id: 'a', fileName: 'A.mp4', status: 'duplicate', duplicates: [intro] }]);
    await harness.until(() => harness.row('A.mp4').querySelector('canvas[data-drawn]'), 'the picture');
  });

  it('shows the first sixty of a thousand and says how many more there are', async () => {
    const { harness } = await open(Array.from({ length: 1000 }, (_, index) => ({ id: `u${String(index)}` })));
    expect(harness.rows).to.have.length(60);
    expect(harness.get('.rest').textContent.trim()).to.equal('and 940 more');
  });

  it('survives being moved, and lets go of its session', async () => {
    const { harness, element, uploads } = await open([{ id: 'a', fileName: 'A.mp4' }]);
    const box = element.parentElement!;
    element.remove();
    uploads.set('a', { status: 'done' });
    expect(harness.rows[0]?.status).to.equal('sending');
    box.append(element);
    await harness.until(() => harness.summary === '1 file added');
  });
});
