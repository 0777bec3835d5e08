import { sendMouse } from '@web/test-runner-commands';
import { expect } from 'chai';
import { createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import type { ProjectSession } from '@lectern/core';
import '../define/asset-browser.js';
import type { AssetDragDetail } from '../foundation/asset-drag.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { AssetBrowserElement, AssetInsertDetail } from './asset-browser.js';
import { AssetBrowserHarness } from './asset-browser.harness.js';
import { violations } from '../test-support/accessibility.js';

const assets = [
  { id: 'take', name: 'Take.webm', sourceType: 'recording' as const },
  { id: 'slide', name: 'Slide.png', kind: 'image' as const },
  { id: 'song', name: 'Song.mp3', kind: 'audio' as const },
  { id: 'intro', name: 'Intro.mp4' },
];

let sessions: TestSession[] = [];
let projects: ProjectSession[] = [];

async function open(
  options: TestSessionOptions = { assets },
  attributes: Partial<AssetBrowserElement> = {},
): Promise<{ harness: AssetBrowserHarness; session: TestSession; element: AssetBrowserElement }> {
  const session = createTestSession(options);
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement('asset-browser'), { lectern: session, ...attributes });
  await mount(element, 300, 600);
  return { harness: new AssetBrowserHarness(element), session, element };
}

async function openProject(session: TestSession, element: AssetBrowserElement): Promise<ProjectSession> {
  const project = await session.openProject(null);
  projects.push(project);
  element.projectSession = project;
  await element.updateComplete;
  return project;
}

describe('asset-browser', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(projects.map((project) => project.close()));
    projects = [];
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('has no accessibility violations as a panel, with a selection, and as a picker', async () => {
    const { harness, element } = await open();
    await harness.choose('Intro.mp4');
    expect(await violations(element)).to.deep.equal([]);
    element.mode = 'picker';
    void element.open();
    await harness.choose('Song.mp3');
    expect(await violations(element)).to.deep.equal([]);
  });

  describe('as a panel', () => {
    it('shows all media, and only recordings in their tab, by arrow key too', async () => {
      const { harness } = await open();
      await harness.shows('Intro.mp4', 'Song.mp3', 'Slide.png', 'Take.webm');
      harness.button('Media').focus();
      await harness.press('ArrowRight');
      expect(harness.tab).to.equal('Recordings');
      await harness.shows('Take.webm');
    });

    it('searches and filters', async () => {
      const { harness } = await open();
      await harness.item('Intro.mp4');
      await harness.filter('kind', 'Picture');
      await harness.shows('Slide.png');
      await harness.filter('kind', 'All kinds');
      await harness.search('son');
      await harness.shows('Song.mp3');
    });

    it('puts assets on the timeline with Enter, all that are chosen at once', async () => {
      const { harness, session, element } = await open();
      const project = await openProject(session, element);
      await harness.focusItem('Intro.mp4');
      await harness.press('Enter');
      await harness.until(() => project.editor.store.getState().state.document.clips.size === 1, 'one clip');
      await harness.choose('Song.mp3');
      await harness.choose('Slide.png', { ctrlKey: true });
      await harness.click('Add 2 to timeline');
      await harness.until(() => project.editor.store.getState().state.document.clips.size === 3, 'three clips');
      expect(project.editor.undo()).to.equal(true);
      expect(project.editor.store.getState().state.document.clips.size).to.equal(1);
    });

    it('asks the page first and lets it do it', async () => {
      const { harness, session, element } = await open();
      const project = await openProject(session, element);
      const asked: AssetInsertDetail[] = [];
      element.addEventListener('lectern-asset-insert-request', (event) => {
        event.preventDefault();
        asked.push(event.detail);
      });
      await harness.doubleClick('Intro.mp4');
      expect(asked).to.deep.equal([{ assetIds: ['intro'] }]);
      await harness.settled();
      expect(project.editor.store.getState().state.document.clips.size).to.equal(0);
    });

    it('drags assets to what takes them, and lets the selection be', async () => {
      const { harness, element } = await open();
      const target = document.createElement('div');
      target.style.cssText = 'position: fixed; inset: 10px 10px auto auto; inline-size: 200px; block-size: 200px';
      element.after(target);
      const heard: string[] = [];
      const dropped: AssetDragDetail[] = [];
      target.addEventListener('lectern-asset-drag-over', (event) => {
        event.preventDefault();
        if (heard.at(-1) !== 'over') heard.push('over');
      });
      target.addEventListener('lectern-asset-drop', (event) => {
        heard.push('drop');
        dropped.push((event as CustomEvent<AssetDragDetail>).detail);
      });
      await harness.choose('Intro.mp4');
      await harness.choose('Slide.png', { ctrlKey: true });
      const from = (await harness.item('Slide.png')).querySelector('.thumb')?.getBoundingClientRect();
      const to = target.getBoundingClientRect();
      if (!from) throw new Error('no thumbnail');
      await sendMouse({ type: 'move', position: [Math.round(from.x + 20), Math.round(from.y + 20)] });
      await sendMouse({ type: 'down' });
      await sendMouse({ type: 'move', position: [Math.round(from.x + 60), Math.round(from.y + 40)] });
      await sendMouse({ type: 'move', position: [Math.round(to.x + 100), Math.round(to.y + 100)] });
      await harness.until(() => element.shadowRoot?.querySelector('.ghost[data-accepted]'), 'the ghost to be accepted');
      await sendMouse({ type: 'up' });
      await harness.until(() => dropped.length === 1, 'the drop');
      expect(heard).to.deep.equal(['over', 'drop']);
      expect(dropped[0]?.assetIds).to.deep.equal(['intro', 'slide']);
      await harness.settled();
      expect(element.selectedIds).to.deep.equal(['intro', 'slide']);
      expect(element.shadowRoot?.querySelector('.ghost')).to.equal(null);
    });

    it('takes dropped files', async () => {
      const { harness } = await open({});
      const bytes = await (await fetch('/fixtures/count-h264-30.mp4')).blob();
      await harness.drop(new File([bytes], 'New.mp4'));
      await harness.item('New.mp4');
    });

    it('renames and deletes by key', async () => {
      const { harness } = await open();
      await harness.focusItem('Song.mp3');
      await harness.press('F2');
      await harness.rename('Theme.mp3');
      await harness.item('Theme.mp3');
      await harness.focusItem('Slide.png');
      await harness.press('Delete');
      await harness.shows('Intro.mp4', 'Theme.mp3', 'Take.webm');
      await harness.undo();
      await harness.item('Slide.png');
    });
  });

  describe('as a picker', () => {
    it('is a list box that says how many there are and gives the chosen ones in their order', async () => {
      const { harness, element } = await open({ assets }, { mode: 'picker' });
      expect(harness.dialog).to.equal(null);
      const answer = element.open();
      await harness.item('Intro.mp4');
      const [first] = harness.cells;
      expect(harness.get('.collection').getAttribute('role')).to.equal('listbox');
      expect([
        first?.getAttribute('role'),
        first?.getAttribute('aria-posinset'),
        first?.getAttribute('aria-setsize'),
      ]).to.deep.equal(['option', '1', '4']);
      const picked: AssetInsertDetail[] = [];
      element.addEventListener('lectern-asset-pick', (event) => picked.push(event.detail));
      await harness.choose('Slide.png');
      await harness.choose('Intro.mp4');
      await harness.choose('Song.mp3');
      await harness.choose('Song.mp3');
      await harness.click('Choose 2 files');
      expect(await answer).to.deep.equal(['slide', 'intro']);
      expect(picked).to.deep.equal([{ assetIds: ['slide', 'intro'] }]);
      expect(harness.dialog).to.equal(null);
    });

    it('keeps what is chosen while searching on', async () => {
      const { harness, element } = await open({ assets }, { mode: 'picker' });
      const answer = element.open();
      await harness.choose('Slide.png');
      await harness.search('intro');
      await harness.shows('Intro.mp4');
      await harness.choose('Intro.mp4');
      await harness.click('Choose 2 files');
      expect(await answer).to.deep.equal(['slide', 'intro']);
    });

    it('takes one with Enter when only one is wanted', async () => {
      const { harness, element } = await open({ assets }, { mode: 'picker', single: true });
      const answer = element.open();
      await harness.focusItem('Song.mp3');
      await harness.press('Enter');
      expect(await answer).to.deep.equal(['song']);
    });

    it('gives nothing when it is closed', async () => {
      const { harness, element } = await open({ assets }, { mode: 'picker' });
      const answer = element.open();
      await harness.choose('Song.mp3');
      harness.dialog?.dispatchEvent(new Event('cancel', { cancelable: true }));
      expect(await answer).to.equal(null);
      const again = element.open();
      await harness.item('Song.mp3');
      expect(element.selectedIds).to.deep.equal([]);
      element.close();
      expect(await again).to.equal(null);
    });
  });

  it('says what failed and tries again', async () => {
    const { harness, session } = await open({ assets, fail: { 'assets.list': 'forbidden' } });
    await harness.until(() => harness.all('.state[role="alert"]').length === 1, 'the error');
    session.setFaults({});
    await harness.click('Try again');
    await harness.item('Intro.mp4');
  });
});
