import { expect } from 'chai';
import {
  createNewAsset,
  createProbeFacts,
  createScriptedOperations,
  createTestSession,
  type ScriptedOperations,
  type ScriptedOperationsOptions,
  type TestSession,
  type TestSessionOptions,
} from '@lectern/testing';
import '../define/media-library.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { MediaLibraryElement } from './media-library.js';
import type { AssetsDetail, AttachRequestDetail } from './media-library-events.js';
import { MediaLibraryHarness } from './media-library.harness.js';
import { violations } from '../test-support/accessibility.js';

const assets = [
  { id: 'intro', name: 'Intro.mp4' },
  { id: 'song', name: 'Song.mp3', kind: 'audio' as const },
  { id: 'slide', name: 'Slide.png', kind: 'image' as const, tags: ['week 1'] },
  { id: 'talk', name: 'Talk.webm', sourceType: 'recording' as const },
  { id: 'final', name: 'Final.mp4', sourceType: 'export' as const, studioMetadata: { project_id: 'project-1' } },
];

let sessions: TestSession[] = [];

async function open(
  options: TestSessionOptions = { assets },
  attributes: Partial<MediaLibraryElement> = {},
  width = 1200,
): Promise<{ harness: MediaLibraryHarness; session: TestSession; element: MediaLibraryElement }> {
  const session = createTestSession(options);
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement('media-library'), {
    lectern: session,
    sort: 'oldest' as const,
    ...attributes,
  });
  await mount(element, width, 700);
  return { harness: new MediaLibraryHarness(element), session, element };
}

function once<T>(element: Element, type: string): Promise<CustomEvent<T>> {
  return new Promise((resolve) => {
    element.addEventListener(
      type,
      (event) => {
        resolve(event as CustomEvent<T>);
      },
      { once: true },
    );
  });
}

describe('media-library', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('has no accessibility violations as a grid, as a list, with a selection and details, and empty', async () => {
    const { harness, element } = await open();
    await harness.item('Intro.mp4');
    expect(await violations(element)).to.deep.equal([]);
    element.view = 'list';
    await harness.item('Intro.mp4');
    await harness.choose('Intro.mp4');
    element.showDetails('final');
    await harness.until(() => harness.fact('Kind'), 'the details');
    expect(await violations(element)).to.deep.equal([]);
    await harness.search('nothing like this');
    await harness.until(() => harness.names.length === 0);
    expect(await violations(element)).to.deep.equal([]);
  });

  describe('finding', () => {
    it('searches by name and by tag and says how many there are', async () => {
      const { harness } = await open();
      await harness.shows('Intro.mp4', 'Song.mp3', 'Slide.png', 'Talk.webm', 'Final.mp4');
      await harness.search('song');
      await harness.shows('Song.mp3');
      expect(harness.get('.heading .count').textContent).to.equal('1 file');
      await harness.search('week');
      await harness.shows('Slide.png');
    });

    it('filters by kind and by source, and clears the filters when nothing is left', async () => {
      const { harness, element } = await open();
      await harness.item('Intro.mp4');
      await harness.click('Sound');
      await harness.shows('Song.mp3');
      await harness.filter('source', 'Exported');
      await harness.until(() => harness.all('.state').length === 1, 'the empty state');
      await harness.click('Clear filters');
      await harness.shows('Intro.mp4', 'Song.mp3', 'Slide.png', 'Talk.webm', 'Final.mp4');
      expect(element.kind).to.equal(null);
      expect(element.source).to.equal(null);
    });

    it('sorts by name', async () => {
      const { harness } = await open();
      await harness.item('Intro.mp4');
      await harness.filter('sort', 'Name');
      await harness.shows('Final.mp4', 'Intro.mp4', 'Slide.png', 'Song.mp3', 'Talk.webm');
    });

    it('shows only what its attributes ask for', async () => {
      const { harness } = await open({ assets }, { source: 'recording', view: 'list' });
      await harness.shows('Talk.webm');
    });
  });

  describe('selecting', () => {
    it('takes one by a press, more with Ctrl, a range with Shift, and tells the page', async () => {
      const { harness, element } = await open();
      const told: (readonly string[])[] = [];
      element.addEventListener('lectern-asset-select', (event) => told.push(event.detail.assetIds));
      await harness.choose('Song.mp3');
      expect(harness.selectedNames).to.deep.equal(['Song.mp3']);
      await harness.choose('Talk.webm', { ctrlKey: true });
      expect(element.selectedIds).to.deep.equal(['song', 'talk']);
      await harness.choose('Intro.mp4', { shiftKey: true });
      expect(element.selectedIds).to.deep.equal(['intro', 'song', 'slide', 'talk']);
      expect(told).to.deep.equal([['song'], ['song', 'talk'], ['intro', 'song', 'slide', 'talk']]);
    });

    it('works by keyboard alone: arrows move, Space and Shift choose, Ctrl+A takes all, Escape lets go', async () => {
      const { harness, element } = await open();
      await harness.focusItem('Intro.mp4');
      await harness.press('ArrowRight');
      expect(harness.focusedName).to.equal('Song.mp3');
      expect(element.selectedIds).to.deep.equal([]);
      await harness.press(' ');
      await harness.press('ArrowRight', { shiftKey: true });
      expect(element.selectedIds).to.deep.equal(['song', 'slide']);
      await harness.press('a', { ctrlKey: true });
      expect(element.selectedIds).to.have.length(5);
      await harness.press('Escape');
      expect(element.selectedIds).to.deep.equal([]);
      await harness.press('End');
      expect(harness.focusedName).to.equal('Final.mp4');
    });

    it('goes where typed letters say', async () => {
      const { harness } = await open();
      await harness.focusItem('Intro.mp4');
      await harness.press('s');
      expect(harness.focusedName).to.equal('Song.mp3');
      await harness.press('l');
      expect(harness.focusedName).to.equal('Slide.png');
    });

    it('walks the other way on right-to-left pages', async () => {
      const { harness, element } = await open();
      element.dir = 'rtl';
      await harness.focusItem('Intro.mp4');
      await harness.press('ArrowLeft');
      expect(harness.focusedName).to.equal('Song.mp3');
    });

    it('has one tab stop', async () => {
      const { harness } = await open();
      await harness.focusItem('Slide.png');
      expect(harness.cells.filter((cell) => cell.tabIndex === 0)).to.have.length(1);
      expect(
        harness.cells.every((cell) =>
          [...cell.querySelectorAll<HTMLElement>('button, input')].every((control) => control.tabIndex === -1),
        ),
      ).to.equal(true);
    });
  });

  describe('naming', () => {
    it('renames in place with F2 and Enter, and leaves the focus on the card', async () => {
      const { harness, session } = await open();
      await harness.focusItem('Intro.mp4');
      await harness.press('F2');
      await harness.rename('Welcome.mp4');
      await harness.item('Welcome.mp4');
      await harness.until(() => harness.focusedName === 'Welcome.mp4', 'the focus on the card');
      await harness.until(async () => (await session.reliableBackend.assets.get('intro')).name === 'Welcome.mp4');
    });

    it('keeps the old name with Escape', async () => {
      const { harness } = await open();
      await harness.doubleClick('Intro.mp4', '.name');
      await harness.rename('Other.mp4', 'Escape');
      await harness.item('Intro.mp4');
    });

    it('takes a name back that the back end refuses, and says so', async () => {
      const { harness, session } = await open();
      await harness.focusItem('Intro.mp4');
      session.setFaults({ fail: { 'assets.update': 'forbidden' } });
      await harness.press('F2');
      await harness.rename('Welcome.mp4');
      await harness.until(() => harness.notices.some((notice) => notice.includes('allowed')), 'a notice');
      await harness.item('Intro.mp4');
    });

    it('adds and removes tags in the details', async () => {
      const { harness, session, element } = await open();
      element.showDetails('slide');
      await harness.until(() => harness.tags.length === 1, 'the tags');
      await harness.addTag('exam, Week 1');
      await harness.until(() => harness.tags.join() === 'week 1,exam', 'the new tag once');
      await harness.click('Remove tag “week 1”');
      await harness.until(() => harness.tags.join() === 'exam');
      expect((await session.reliableBackend.assets.get('slide')).tags).to.deep.equal(['exam']);
    });
  });

  describe('deleting', () => {
    it('moves the selection to the trash, keeps the focus in the list, and takes it back', async () => {
      const { harness } = await open();
      await harness.choose('Song.mp3');
      await harness.choose('Slide.png', { ctrlKey: true });
      await harness.press('Delete');
      await harness.shows('Intro.mp4', 'Talk.webm', 'Final.mp4');
      await harness.until(() => harness.focusedName !== null, 'the focus in the list');
      await harness.undo();
      await harness.shows('Intro.mp4', 'Song.mp3', 'Slide.png', 'Talk.webm', 'Final.mp4');
    });

    it('leaves it to the page when the page wants it', async () => {
      const { harness, element } = await open();
      element.addEventListener('lectern-asset-delete-request', (event) => {
        event.preventDefault();
      });
      await harness.focusItem('Song.mp3');
      const request = once<AssetsDetail>(element, 'lectern-asset-delete-request');
      await harness.press('Delete');
      expect((await request).detail.assetIds).to.deep.equal(['song']);
      await harness.item('Song.mp3');
    });

    it('says where something is used that can’t be deleted', async () => {
      const { harness, session } = await open();
      await session.reliableBackend.assets.link({
        assetId: 'song',
        resourceType: 'lesson',
        resourceId: 'l1',
        label: 'Lesson one',
      });
      await harness.focusItem('Song.mp3');
      await harness.press('Delete');
      await harness.until(
        () => harness.notices.some((notice) => notice.includes('Lesson one')),
        'a notice that names the place',
      );
      await harness.item('Song.mp3');
    });

    it('restores from the trash', async () => {
      const { harness, session } = await open();
      await harness.item('Song.mp3');
      await session.actions.deleteAssets(['song']);
      await harness.showTrash();
      await harness.shows('Song.mp3');
      await harness.pickFromMenu('Song.mp3', 'Restore');
      await harness.until(() => harness.all('.state').length === 1, 'an empty trash');
      await harness.click('Back to the library');
      await harness.item('Song.mp3');
    });
  });

  describe('details', () => {
    it('opens with Enter, tells the facts and where it is used, and closes with Escape', async () => {
      const { harness, session } = await open();
      await session.reliableBackend.assets.link({
        assetId: 'intro',
        resourceType: 'chapter',
        resourceId: 'c1',
        label: 'Week one',
      });
      await harness.focusItem('Intro.mp4');
      await harness.press('Enter');
      await harness.until(() => harness.fact('Dimensions'), 'the facts');
      expect(harness.fact('Dimensions')).to.equal('1280 × 720');
      expect(harness.fact('Codec')).to.equal('H.264 · AAC');
      await harness.until(
        () => harness.details?.querySelector('.usage')?.textContent.includes('Week one'),
        'the usage',
      );
      harness.get('.close-details').focus();
      await harness.press('Escape');
      expect(harness.details).to.equal(null);
      await harness.until(() => harness.focusedName === 'Intro.mp4', 'the focus back on the card');
    });

    it('lets go of every object URL', async () => {
      const made = new Set<string>();
      const createObjectURL = URL.createObjectURL.bind(URL);
      const revokeObjectURL = URL.revokeObjectURL.bind(URL);
      URL.createObjectURL = (source: Blob) => {
        const url = createObjectURL(source);
        made.add(url);
        return url;
      };
      URL.revokeObjectURL = (url: string) => {
        made.delete(url);
        revokeObjectURL(url);
      };
      try {
        const { harness, element } = await open();
        await harness.item('Slide.png');
        element.showDetails('slide');
        await harness.until(() => made.size === 1, 'the picture');
        element.showDetails('song');
        await harness.until(
          () => harness.all('audio').length === 1 || harness.all('.player.none').length === 1,
          'the sound',
        );
        expect(made.size).to.be.at.most(1);
        await harness.click(harness.get('.close-details'));
        await harness.until(() => made.size === 0, 'nothing left');
        element.showDetails('slide');
        await harness.until(() => made.size === 1, 'the picture');
        element.remove();
        expect(made.size).to.equal(0);
      } finally {
        URL.createObjectURL = createObjectURL;
        URL.revokeObjectURL = revokeObjectURL;
      }
    });

    it('links an export to its project', async () => {
      const { harness, element } = await open();
      element.showDetails('final');
      const link = await harness.until(() => harness.details?.querySelector<HTMLElement>('.facts .link'), 'the link');
      const asked = once<{ projectId: string }>(element, 'lectern-project-open');
      await harness.click(link);
      expect((await asked).detail.projectId).to.equal('project-1');
    });

    it('says that a file can’t be played and keeps it out of the studio', async () => {
      const { harness, element } = await open({
        assets: [{ id: 'odd', name: 'Odd.mov', probe: createProbeFacts({ decodable: false, videoCodec: 'prores' }) }],
      });
      expect((await harness.item('Odd.mov')).querySelector('.mark[data-tone="warning"]')).not.to.equal(null);
      element.showDetails('odd');
      await harness.until(() => harness.details?.textContent.includes('ProRes'), 'the codec by name');
      expect(harness.button('Open in studio').matches(':disabled')).to.equal(true);
    });
  });

  describe('bringing files in', () => {
    let bytes: Blob;
    before(async () => {
      bytes = await (await fetch('/fixtures/count-h264-30.mp4')).blob();
    });
    // Each has a few bytes of its own behind its end: the same file twice would be asked about.
    const good = (name: string): File => new File([bytes, name.slice(0, 3)], name, { type: 'video/mp4' });

    it('takes several dropped at once, shows each, and tells which are in', async () => {
      const { harness, element } = await open({});
      const imported = once<AssetsDetail>(element, 'lectern-assets-imported');
      await harness.drop(good('One.mp4'), good('Two.mp4'));
      expect((await imported).detail.assetIds).to.have.length(2);
      await harness.item('One.mp4');
      await harness.item('Two.mp4');
      await harness.until(() => harness.tray.summary === '2 files added', 'both done');
      await harness.tray.click('Clear finished');
      await harness.until(() => harness.tray.element.items.length === 0, 'an empty list');
    });

    it('says what is wrong with a bad one, lets the others go on, and tells it in one place only', async () => {
      const { harness } = await open({});
      await harness.drop(new File([], 'Empty.mp4'), good('Good.mp4'));
      await harness.item('Good.mp4');
      const bad = await harness.until(
        () => harness.tray.rows.find((upload) => upload.status === 'failed'),
        'the bad one',
      );
      expect(bad.name).to.equal('Empty.mp4');
      expect(bad.text).to.include('empty');
      expect(harness.notices.some((notice) => notice.includes('Empty.mp4'))).to.equal(false);
      await harness.tray.click('Remove “Empty.mp4” from the list');
      await harness.until(() => harness.tray.rows.every((upload) => upload.name !== 'Empty.mp4'));
    });

    it('refuses what `accept` leaves out', async () => {
      const { harness } = await open({}, { accept: 'audio/*' });
      await harness.drop(good('Film.mp4'));
      await harness.until(() => harness.notices.some((notice) => notice.includes('Film.mp4')), 'a notice');
      expect(harness.tray.rows).to.deep.equal([]);
    });
  });

  describe('the history', () => {
    it('says what was done to a file, and takes a change of it back', async () => {
      const { harness, element, session } = await open();
      await harness.item('Intro.mp4');
      await session.actions.renameAsset('intro', 'Beginning.mp4');
      element.showDetails('intro');
      const history = await harness.until(() => harness.details?.querySelector<HTMLDetailsElement>('.history'));
      history.open = true;
      await harness.until(() => history.textContent.includes('Renamed to “Beginning.mp4”'), 'the change');
      expect(history.textContent).to.include('Added');
      expect(await violations(element)).to.deep.equal([]);
      await harness.click('Take back: Renamed to “Beginning.mp4”');
      await harness.item('Intro.mp4');
      await harness.until(() => history.textContent.includes('Renamed to “Intro.mp4”'), 'the change back');
    });

    it('puts an older version in place again', async () => {
      const { harness, element, session } = await open();
      await harness.item('Intro.mp4');
      const { assets: port, blobs } = session.reliableBackend;
      await blobs.put('assets/intro/2', new Blob(['second']), { mimeType: 'video/mp4' });
      const facts = { mimeType: 'video/mp4', sizeBytes: 6, probe: null, posterKey: null };
      await port.addVersion('intro', { blobKey: 'assets/intro/2', ...facts });
      element.showDetails('intro');
      const history = await harness.until(() => harness.details?.querySelector<HTMLDetailsElement>('.history'));
      history.open = true;
      await harness.until(() => history.textContent.includes('Current version'), 'the versions');
      await harness.click('Put version 1 in place again');
      await harness.until(() => history.textContent.includes('New version 3'), 'the third version');
      expect((await port.get('intro')).blobKey).to.equal('assets/intro/1');
    });
  });

  describe('working on many files at once', () => {
    const twelve = Array.from({ length: 12 }, (_, index) => ({
      id: `file-${String(index + 1)}`,
      name: `File ${String(index + 1).padStart(2, '0')}.mp4`,
    }));
    let operations: ScriptedOperations;
    const begin = async (fail: ScriptedOperationsOptions['fail'] = {}): Promise<Awaited<ReturnType<typeof open>>> => {
      const opened = await open({
        assets: twelve,
        operations: (port) => (operations = createScriptedOperations(port, { held: true, fail })),
      });
      await opened.harness.item('File 01.mp4');
      await opened.harness.choose('File 01.mp4');
      await opened.harness.press('a', { ctrlKey: true });
      return opened;
    };
    const line = (harness: MediaLibraryHarness): string =>
      harness.all('.operation')[0]?.textContent.replace(/\s+/g, ' ').trim() ?? '';

    it('shows how far deleting is, and offers to undo it at the end', async () => {
      const { harness, element, session } = await begin();
      await harness.press('Delete');
      await operations.advance(4);
      await harness.until(() => line(harness).includes('Deleting 12 files 4 of 12'), 'the progress');
      expect(harness.get('.operation [role="progressbar"]').getAttribute('aria-valuenow')).to.equal('4');
      expect(await violations(element)).to.deep.equal([]);
      await operations.advance();
      await harness.until(() => line(harness) === '', 'the end');
      await harness.until(() => harness.notices.some((notice) => notice.includes('12 files were deleted')));
      await harness.undo();
      await harness.until(() => line(harness).includes('Restoring 12 files'));
      await operations.advance();
      await harness.item('File 12.mp4');
      expect((await session.reliableBackend.assets.list({})).total).to.equal(12);
    });

    it('stops when it is told to: what is gone is gone, the rest comes back', async () => {
      const { harness } = await begin();
      await harness.press('Delete');
      await operations.advance(5);
      await harness.until(() => line(harness).includes('5 of 12'));
      await harness.click('Stop: Deleting 12 files');
      await harness.item('File 12.mp4');
      expect(harness.names).to.have.length(7);
      await harness.until(() => harness.notices.some((notice) => notice.includes('5 files were deleted')));
    });

    it('names what it failed for and why, in one place, until that is put away', async () => {
      const { harness, element } = await begin({ 'file-3': 'in-use', 'file-4': 'forbidden' });
      await harness.press('Delete');
      await operations.advance();
      await harness.until(() => line(harness).includes('10 files deleted 2 failed'), 'the failures');
      await harness.click('Show why');
      await harness.until(() => line(harness).includes('“File 03.mp4” is in use'), 'the reason');
      expect(line(harness)).to.include('You aren’t allowed to do this');
      expect(await violations(element)).to.deep.equal([]);
      expect(harness.notices.some((notice) => notice.includes('didn’t work'))).to.equal(false);
      harness.button('Remove from the list').focus();
      await harness.click('Remove from the list');
      await harness.until(() => line(harness) === '');
      await harness.shows('File 03.mp4', 'File 04.mp4');
    });

    it('tags all that is selected, and takes that back', async () => {
      const { harness, session } = await begin();
      const tagsOf = async (id: string): Promise<readonly string[]> =>
        (await session.reliableBackend.assets.get(id)).tags;
      await session.reliableBackend.assets.update('file-1', { tags: ['week 1'] });
      await harness.click('Tag…');
      const field = await harness.until(
        () => harness.element.shadowRoot?.querySelector<HTMLInputElement>('dialog[open] input'),
        'the field',
      );
      expect(harness.element.shadowRoot?.activeElement === field).to.equal(true);
      field.value = 'week 1, exam';
      field.form?.requestSubmit();
      await harness.until(() => line(harness).includes('Tagging 12 files'));
      await operations.advance();
      await harness.until(() => harness.notices.some((notice) => notice.includes('12 files were tagged')));
      expect(await tagsOf('file-2')).to.deep.equal(['week 1', 'exam']);
      await harness.undo();
      for (const left of [11, 12]) {
        await harness.until(() => line(harness).includes(`Removing tags from ${String(left)} files`));
        await operations.advance();
      }
      await harness.until(() => line(harness) === '');
      expect(await tagsOf('file-1')).to.deep.equal(['week 1']);
      expect(await tagsOf('file-2')).to.deep.equal([]);
    });
  });

  describe('using', () => {
    it('asks the page to open the selection in a studio', async () => {
      const { harness, element } = await open();
      await harness.choose('Intro.mp4');
      await harness.choose('Song.mp3', { ctrlKey: true });
      const asked = once<AssetsDetail>(element, 'lectern-open-in-studio-request');
      await harness.click('Open in studio');
      expect((await asked).detail.assetIds).to.deep.equal(['intro', 'song']);
    });

    it('adds to a course that is made on the way', async () => {
      const { harness, session } = await open();
      await harness.pickFromMenu('Final.mp4', 'Add to course');
      const dialog = await harness.until(() => harness.attachDialog?.open && harness.attachDialog, 'the dialog');
      await harness.until(() => dialog.querySelector('[name="course-title"]'), 'the field of a new course');
      for (const [name, value] of [
        ['course-title', 'Calculus'],
        ['chapter-title', 'Limits'],
      ] as const)
        (dialog.querySelector(`[name="${name}"]`) as HTMLInputElement).value = value;
      expect(dialog.querySelector<HTMLInputElement>('[name="item-title"]')?.value).to.equal('Final');
      dialog.querySelector('form')?.requestSubmit();
      await harness.until(() => harness.attachDialog === null, 'the dialog to close');
      const [course] = await session.reliableBackend.courses.list();
      const outline = await session.reliableBackend.courses.outline(course?.id ?? '');
      expect(outline.chapters.map((chapter) => [chapter.title, chapter.items.map((item) => item.title)])).to.deep.equal(
        [['Limits', ['Final']]],
      );
    });

    it('leaves adding to a course to the page when the page wants it', async () => {
      const { harness, element } = await open();
      element.addEventListener('lectern-attach-request', (event) => {
        event.preventDefault();
      });
      const asked = once<AttachRequestDetail>(element, 'lectern-attach-request');
      await harness.pickFromMenu('Intro.mp4', 'Add to course');
      expect((await asked).detail).to.deep.equal({
        target: { kind: 'asset', assetId: 'intro' },
        title: 'Intro',
        chapterId: null,
      });
      expect(harness.attachDialog).to.equal(null);
    });
  });

  describe('long lists', () => {
    it('has only what is in sight in the document, and reads on when that changes', async () => {
      const many = Array.from({ length: 1200 }, (_, index) => ({
        ...createNewAsset({ id: `a${String(index)}`, kind: 'audio' as const }),
        name: `Sound ${String(index).padStart(4, '0')}.mp3`,
      }));
      const { harness } = await open({ assets: many }, { sort: 'name' });
      await harness.item('Sound 0000.mp3');
      expect(harness.get('.heading .count').textContent).to.equal('1,200 files');
      expect(harness.cells.length).to.be.lessThan(80);
      await harness.focusItem('Sound 0000.mp3');
      await harness.press('End');
      await harness.until(() => harness.focusedName === 'Sound 1199.mp3', 'the last one');
      expect(harness.cells.length).to.be.lessThan(80);
    });
  });

  describe('when things go wrong', () => {
    it('says that it is loading', async () => {
      const { harness } = await open({ assets, hang: ['assets.list'] });
      expect(harness.get('.skeletons').getAttribute('aria-label')).to.equal('Loading…');
    });

    it('says what failed and tries again', async () => {
      const { harness, session } = await open({ assets, fail: { 'assets.list': 'forbidden' } });
      await harness.until(() => harness.all('.state[role="alert"]').length === 1, 'the error');
      session.setFaults({});
      await harness.click('Try again');
      await harness.item('Intro.mp4');
    });
  });

  it('fits into 320 pixels', async () => {
    const { harness, element } = await open({ assets }, {}, 320);
    await harness.item('Intro.mp4');
    expect(element.scrollWidth).to.be.at.most(320);
    expect(harness.get('.scroller').scrollWidth).to.be.at.most(harness.get('.scroller').clientWidth);
    expect(harness.get('.bar').scrollWidth).to.be.at.most(harness.get('.bar').clientWidth);
  });
});
