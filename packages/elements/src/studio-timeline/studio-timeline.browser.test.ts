import { expect } from 'chai';
import type { ProjectSession } from '@lectern/core';
import { LecternError } from '@lectern/ports';
import { createEmptyProject, getProperty, type ClipId, type ClipRecord } from '@lectern/timeline';
import { countingIds, createProjectDocument, createTestSession, type TestSession } from '@lectern/testing';
import '../define/studio-timeline.js';
import { mount, unmountAll } from '../foundation/harness.js';
import { StudioTimelineHarness } from './studio-timeline.harness.js';
import { violations } from '../test-support/accessibility.js';

interface Opened {
  readonly harness: StudioTimelineHarness;
  readonly session: TestSession;
  readonly project: ProjectSession;
}

let sessions: TestSession[] = [];
let projects: ProjectSession[] = [];

async function open(
  document = createProjectDocument(),
  width = 780,
  prepare?: (session: TestSession) => void,
): Promise<Opened> {
  const session = createTestSession({
    assets: 6,
    projects: [{ id: 'lecture', title: 'Lecture', document }],
    session: { checkInvariants: document.clips.size < 100 },
  });
  sessions.push(session);
  prepare?.(session);
  const project = await session.openProject('lecture');
  projects.push(project);
  const element = Object.assign(window.document.createElement('studio-timeline'), {
    lectern: session,
    projectSession: project,
  });
  await mount(element, width, 420);
  const harness = new StudioTimelineHarness(element);
  if (document.clips.size > 0) await harness.ready();
  return { harness, session, project };
}

function clip({ project }: Pick<Opened, 'project'>, id: string): ClipRecord {
  const found = project.editor.document.clips.get(id as ClipId);
  if (!found) throw new Error(`no clip ${id}`);
  return found;
}

function zoom({ project }: Pick<Opened, 'project'>): number {
  return project.editor.store.getState().zoom;
}

describe('studio-timeline', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(projects.map((project) => project.close()));
    await Promise.all(sessions.map((session) => session.dispose()));
    projects = [];
    sessions = [];
  });

  it('has no accessibility violations as graphics, with a picked clip, and as a table', async () => {
    const { harness, project } = await open();
    expect(await violations(harness.element)).to.deep.equal([]);
    project.editor.select(['clip-2' as ClipId]);
    project.editor.run('marker.add', { frame: 30, name: 'Start' });
    await harness.settled();
    expect(await violations(harness.element)).to.deep.equal([]);
    harness.element.view = 'table';
    await harness.settled();
    expect(await violations(harness.element)).to.deep.equal([]);
  });

  it('has no accessibility violations when it is empty, narrow, without a project, or failing', async () => {
    const empty = await open(createEmptyProject(countingIds()), 340);
    expect(await violations(empty.harness.element)).to.deep.equal([]);
    const lone = await mount(document.createElement('studio-timeline'));
    expect(await violations(lone)).to.deep.equal([]);
    empty.session.setFaults({ fail: { 'projects.open': 'offline' } });
    Object.assign(lone, { lectern: empty.session, project: 'other' });
    const failing = new StudioTimelineHarness(lone);
    await failing.until(() => failing.all('[role="alert"]').length > 0, 'the failure');
    expect(await violations(lone)).to.deep.equal([]);
    expect(failing.button('Try again')).to.exist;
  });

  it('labels each clip with its place, name, times, track and state', async () => {
    const opened = await open();
    opened.project.editor.select(['clip-2' as ClipId]);
    await opened.harness.settled();
    expect(opened.harness.clip('clip-2').ariaLabel).to.equal(
      'Clip 2 of 3, The question, 0:05:00 to 0:13:00, Video 1, selected',
    );
    expect(opened.harness.row('Audio 1').querySelector('.header')?.ariaLabel).to.equal('Audio 1, sound track, 1 clip');
  });

  describe('by keyboard', () => {
    it('has one tab stop in the grid and moves it with arrows, picking what it reaches', async () => {
      const opened = await open();
      const { harness, project } = opened;
      harness.clip('clip-1').focus();
      await harness.press('ArrowRight');
      expect(harness.focused).to.contain('The question');
      expect(project.editor.store.getState().state.selection.clipIds).to.deep.equal(['clip-2']);
      await harness.press('ArrowUp');
      expect(harness.focused).to.contain('What is a limit?');
      await harness.press('ArrowDown');
      await harness.press('ArrowDown');
      expect(harness.focused).to.contain('Theme');
      await harness.press('ArrowLeft');
      expect(harness.focused).to.contain('Audio 1, sound track');
      const stops = harness
        .all('.rows [tabindex="0"]')
        .filter((cell) => cell.matches('[role="gridcell"], [role="rowheader"]'));
      expect(stops).to.have.lengthOf(1);
    });

    it('picks on top with Shift and walks without picking with Control', async () => {
      const { harness, project } = await open();
      harness.clip('clip-1').focus();
      project.editor.select(['clip-1' as ClipId]);
      await harness.press('ArrowRight', { shiftKey: true });
      expect(project.editor.store.getState().state.selection.clipIds).to.deep.equal(['clip-1', 'clip-2']);
      await harness.press('ArrowRight', { ctrlKey: true });
      expect(harness.focused).to.contain('Summary');
      expect(project.editor.store.getState().state.selection.clipIds).to.deep.equal(['clip-1', 'clip-2']);
      await harness.press(' ', { ctrlKey: true });
      expect(project.editor.store.getState().state.selection.clipIds).to.deep.equal(['clip-1', 'clip-2', 'clip-3']);
    });

    it('takes a clip up with M, carries it with arrows and drops it with Enter as one step', async () => {
      const opened = await open();
      const { harness, project } = opened;
      harness.clip('clip-4').focus();
      await harness.press('m');
      expect(harness.said).to.contain('taken up');
      await harness.press('ArrowRight');
      await harness.press('ArrowRight', { shiftKey: true });
      expect(project.editor.document.clips.get('clip-4' as ClipId)?.startFrame, 'not before it is dropped').to.equal(
        165,
      );
      await harness.press('Enter');
      expect(clip(opened, 'clip-4').startFrame).to.equal(176);
      expect(harness.focused).to.contain('What is a limit?');
      project.editor.undo();
      expect(clip(opened, 'clip-4').startFrame).to.equal(165);
    });

    it('puts a carried clip back with Escape', async () => {
      const opened = await open();
      opened.harness.clip('clip-4').focus();
      await opened.harness.press('m');
      await opened.harness.press('ArrowRight', { shiftKey: true });
      await opened.harness.press('Escape');
      expect(clip(opened, 'clip-4').startFrame).to.equal(165);
      expect(opened.project.editor.store.getState().canUndo).to.equal(false);
    });

    it('carries a clip to another track that takes it, and over those that do not', async () => {
      const opened = await open();
      opened.project.editor.run('track.add', { kind: 'video' });
      await opened.harness.settled();
      opened.harness.clip('clip-3').focus();
      await opened.harness.press('m');
      await opened.harness.press('ArrowUp');
      await opened.harness.press('Enter');
      const { document } = opened.project.editor;
      expect(document.track(clip(opened, 'clip-3').trackId)?.name).to.equal('Video 2');
    });

    it('sets a marker with M when no clip has the focus', async () => {
      const { harness, project } = await open();
      harness.playhead.focus();
      await harness.press('m');
      expect(project.editor.document.markers).to.have.lengthOf(1);
    });

    it('asks for the properties of a clip with Enter', async () => {
      const { harness } = await open();
      let asked = '';
      harness.element.addEventListener('lectern-clip-inspect', (event) => {
        asked = event.detail.clipId;
      });
      harness.clip('clip-3').focus();
      await harness.press('Enter');
      expect(asked).to.equal('clip-3');
    });

    it('trims with the arrow keys on the handles of the picked clip, and says so', async () => {
      const opened = await open();
      const { harness, project } = opened;
      expect(harness.all('.trim'), 'no clip is picked').to.have.lengthOf(0);
      project.editor.select(['clip-5' as ClipId]);
      await harness.settled();
      harness.handle('clip-5', 'end').focus();
      await harness.press('ArrowLeft', { shiftKey: true });
      await harness.press('ArrowLeft');
      expect(clip(opened, 'clip-5').durationFrames).to.equal(529);
      expect(harness.handle('clip-5', 'end').ariaValueText).to.equal('0:17:19');
      await harness.until(() => harness.said === 'Clip 1 trimmed to 0:17:19', 'the announcement');
      project.editor.undo();
      expect(clip(opened, 'clip-5').durationFrames, 'both are one step').to.equal(540);
    });

    it('lengthens a fade with the arrow keys on its handle', async () => {
      const opened = await open();
      opened.project.editor.select(['clip-5' as ClipId]);
      await opened.harness.settled();
      opened.harness.fade('clip-5', 'in').focus();
      await opened.harness.press('ArrowRight', { shiftKey: true });
      expect(getProperty(clip(opened, 'clip-5'), 'fadeInFrames')).to.equal(40);
    });

    it('moves the playhead, which names the time and the clips under it', async () => {
      const { harness, project } = await open();
      harness.playhead.focus();
      await harness.press('ArrowRight', { shiftKey: true });
      await harness.press('ArrowRight');
      expect(project.editor.store.getState().playheadFrame).to.equal(11);
      expect(harness.playhead.ariaValueText).to.equal('0:00:11, Welcome and Theme');
      await harness.press('ArrowDown');
      expect(project.editor.store.getState().playheadFrame, 'the next cut').to.equal(150);
    });

    it('runs the commands of the studio on the element, but not while somebody types', async () => {
      const opened = await open();
      const { harness, project } = opened;
      project.editor.seek(60);
      harness.playhead.focus();
      await harness.press('s');
      expect(project.editor.document.clipsOf(clip(opened, 'clip-1').trackId)).to.have.lengthOf(4);
      harness.element.view = 'table';
      await harness.settled();
      harness.cell('clip-2', 'name').focus();
      await harness.press('n');
      expect(project.editor.store.getState().snapping).to.equal(true);
    });

    it('leaves single keys alone with shortcuts="off", other than on what has the focus', async () => {
      const { harness, project } = await open();
      harness.element.setAttribute('shortcuts', 'off');
      harness.playhead.focus();
      await harness.press('n');
      expect(project.editor.store.getState().snapping).to.equal(true);
      await harness.press('a', { ctrlKey: true });
      expect(project.editor.store.getState().state.selection.clipIds).to.have.lengthOf(5);
      harness.clip('clip-4').focus();
      await harness.press('m');
      expect(harness.all('.clip[data-dragged], .clip[aria-label*="being moved"]')).to.have.lengthOf(1);
      await harness.press('Escape');
    });

    it('reaches the controls of a track with Enter and comes back with Escape', async () => {
      const { harness, project } = await open();
      harness.row('Audio 1').querySelector<HTMLElement>('.header')?.focus();
      await harness.press('Enter');
      expect(harness.focused).to.contain('Audio 1');
      await harness.press('ArrowRight');
      await harness.press('ArrowRight');
      expect(harness.focused).to.equal('Mute “Audio 1”');
      (harness.element.shadowRoot?.activeElement as HTMLElement).click();
      await harness.settled();
      expect(project.editor.document.tracks.find(({ name }) => name === 'Audio 1')?.muted).to.equal(true);
      await harness.press('Escape');
      expect(harness.focused).to.equal('Audio 1, sound track, 1 clip, muted');
    });

    it('keeps the focus when the focused clip is deleted', async () => {
      const { harness } = await open();
      harness.clip('clip-2').focus();
      await harness.press('ArrowRight');
      await harness.press('Delete');
      expect(harness.focused).to.contain('The question');
    });
  });

  describe('by mouse', () => {
    it('picks with a click, adds with Control, and picks by a rectangle', async () => {
      const { harness, project } = await open();
      const picked = (): readonly string[] => project.editor.store.getState().state.selection.clipIds;
      await harness.mouseClick(harness.clip('clip-1'), { at: { x: 20, y: 8 } });
      expect(picked()).to.deep.equal(['clip-1']);
      await harness.mouseClick(harness.clip('clip-3'), { at: { x: 20, y: 8 }, holding: ['Control'] });
      expect(picked()).to.deep.equal(['clip-1', 'clip-3']);
      const lane = harness.row('Titles').querySelector<HTMLElement>('.lane') as HTMLElement;
      await harness.drag(lane, -290, 60, { at: { x: 470, y: 20 } });
      expect([...picked()].sort()).to.deep.equal(['clip-2', 'clip-3', 'clip-4']);
    });

    it('drags a clip to the nearest edge, draws where it snapped, and makes one step of it', async () => {
      const opened = await open();
      const { harness, project } = opened;
      const byFrames = (390 - 165 + 2) * zoom(opened);
      await harness.drag(harness.clip('clip-4'), byFrames, 0, { at: { x: 10, y: 10 } });
      expect(clip(opened, 'clip-4').startFrame, 'the cut at 390').to.equal(390);
      project.editor.undo();
      expect(clip(opened, 'clip-4').startFrame).to.equal(165);
    });

    it('drags freely when snapping is off, and puts back what Escape cancels', async () => {
      const opened = await open();
      opened.project.editor.setSnapping(false);
      const by = Math.round(227 * zoom(opened));
      await opened.harness.drag(opened.harness.clip('clip-4'), by, 0, { at: { x: 10, y: 10 } });
      expect(clip(opened, 'clip-4').startFrame).to.be.closeTo(392, 2);
      const before = clip(opened, 'clip-4').startFrame;
      await opened.harness.drag(opened.harness.clip('clip-4'), -80, 0, { at: { x: 10, y: 10 }, escape: true });
      expect(clip(opened, 'clip-4').startFrame).to.equal(before);
    });

    it('puts a clip between others on the main track', async () => {
      const opened = await open();
      const { harness, project } = opened;
      const to =
        harness.clip('clip-1').getBoundingClientRect().left - harness.clip('clip-3').getBoundingClientRect().left;
      await harness.drag(harness.clip('clip-3'), to + 4, 0, { at: { x: 10, y: 8 } });
      const { mainTrack } = project.editor.document;
      expect(mainTrack && project.editor.document.clipsOf(mainTrack.id).map(({ id }) => id)).to.deep.equal([
        'clip-3',
        'clip-1',
        'clip-2',
      ]);
    });

    it('trims at handles of at least 24 pixels', async () => {
      const opened = await open();
      const { harness, project } = opened;
      project.editor.setSnapping(false);
      project.editor.select(['clip-5' as ClipId]);
      await harness.settled();
      const handle = harness.handle('clip-5', 'end');
      expect(handle.getBoundingClientRect().width).to.be.at.least(24);
      await harness.drag(handle, -Math.round(90 * zoom(opened)), 0);
      expect(clip(opened, 'clip-5').durationFrames).to.be.closeTo(450, 2);
      expect(clip(opened, 'clip-3').startFrame, 'other tracks stay').to.equal(390);
    });

    it('ripples on the main track and, with Shift, does not', async () => {
      const opened = await open();
      const { harness, project } = opened;
      project.editor.setSnapping(false);
      const shorten = async (holding: readonly string[]): Promise<void> => {
        project.editor.select(['clip-1' as ClipId]);
        await harness.settled();
        await harness.drag(harness.handle('clip-1', 'end'), -Math.round(60 * zoom(opened)), 0, { holding });
      };
      await shorten([]);
      const { durationFrames } = clip(opened, 'clip-1');
      expect(durationFrames).to.be.closeTo(90, 2);
      expect(clip(opened, 'clip-2').startFrame).to.equal(durationFrames);
      project.editor.undo();
      await shorten(['Shift']);
      expect(clip(opened, 'clip-1').durationFrames).to.be.closeTo(90, 2);
      expect(clip(opened, 'clip-2').startFrame).to.equal(150);
    });

    it('drags the end of a fade', async () => {
      const opened = await open();
      opened.project.editor.select(['clip-5' as ClipId]);
      await opened.harness.settled();
      await opened.harness.drag(opened.harness.fade('clip-5', 'in'), Math.round(60 * zoom(opened)), 0);
      expect(getProperty(clip(opened, 'clip-5'), 'fadeInFrames')).to.be.closeTo(90, 2);
    });

    it('cuts with the razor where it is clicked', async () => {
      const opened = await open();
      opened.project.editor.setTool('razor');
      await opened.harness.settled();
      await opened.harness.mouseClick(opened.harness.clip('clip-2'), {
        at: { x: Math.round(80 * zoom(opened)), y: 20 },
      });
      expect(clip(opened, 'clip-2').durationFrames).to.be.closeTo(80, 2);
    });

    it('scrubs on the ruler', async () => {
      const opened = await open();
      opened.project.editor.setSnapping(false);
      const ruler = opened.harness.get('.ruler');
      await opened.harness.drag(ruler, 100, 0, { at: { x: 16, y: 10 } });
      expect(opened.project.editor.store.getState().playheadFrame).to.be.closeTo(100 / zoom(opened), 2);
    });

    it('zooms at the pointer with Control and the wheel', async () => {
      const opened = await open();
      const { harness, project } = opened;
      const box = harness.clip('clip-3').getBoundingClientRect();
      const before = zoom(opened);
      const wheel = new WheelEvent('wheel', {
        deltaY: -200,
        ctrlKey: true,
        clientX: box.left,
        clientY: box.top + 5,
        bubbles: true,
        composed: true,
        cancelable: true,
      });
      harness.clip('clip-3').dispatchEvent(wheel);
      await harness.frames();
      expect(wheel.defaultPrevented).to.equal(true);
      expect(project.editor.store.getState().zoom).to.be.greaterThan(before);
      expect(harness.clip('clip-3').getBoundingClientRect().left).to.be.closeTo(box.left, 2);
    });
  });

  describe('tracks', () => {
    it('are renamed in place', async () => {
      const { harness, project } = await open();
      harness
        .row('Audio 1')
        .querySelector('.track-name')
        ?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
      const field = await harness.until(
        () => harness.element.shadowRoot?.querySelector<HTMLInputElement>('.header .input'),
        'the field',
      );
      field.value = 'Music';
      await harness.press('Enter');
      expect(project.editor.document.tracks.map(({ name }) => name)).to.include('Music');
      expect(harness.trackNames).to.include('Music');
    });

    it('are added, moved and deleted from menus', async () => {
      const { harness } = await open();
      await harness.click('Add track');
      await harness.until(() => harness.element.shadowRoot?.querySelector('.timeline-menu:popover-open'), 'the menu');
      await harness.choose('Video track');
      expect(harness.trackNames).to.deep.equal(['Titles', 'Video 2', 'Video 1', 'Audio 1']);
      const menuOf = async (name: string): Promise<void> => {
        await harness.click(`Actions for “${name}”`);
        await harness.until(() => harness.element.shadowRoot?.querySelector('.timeline-menu:popover-open'), 'the menu');
      };
      await menuOf('Video 2');
      await harness.choose('Move track up');
      expect(harness.trackNames).to.deep.equal(['Video 2', 'Titles', 'Video 1', 'Audio 1']);
      await menuOf('Video 2');
      await harness.choose('Move track down');
      expect(harness.trackNames).to.deep.equal(['Titles', 'Video 2', 'Video 1', 'Audio 1']);
      await menuOf('Video 2');
      await harness.choose('Delete track');
      expect(harness.trackNames).to.deep.equal(['Titles', 'Video 1', 'Audio 1']);
    });

    it('are carried by their grip and made higher at their lower edge', async () => {
      const { harness, project } = await open();
      const grip = harness.row('Audio 1').querySelector<HTMLElement>('.grip') as HTMLElement;
      const top = harness.row('Titles').getBoundingClientRect().top - grip.getBoundingClientRect().top;
      await harness.drag(grip, 0, top - 8);
      expect(harness.trackNames).to.deep.equal(['Audio 1', 'Titles', 'Video 1']);
      const edge = harness.row('Video 1').querySelector<HTMLElement>('.row-resize') as HTMLElement;
      await harness.drag(edge, 0, 30);
      expect(project.editor.document.mainTrack?.height).to.be.closeTo(102, 2);
    });

    it('that are locked take no edits', async () => {
      const opened = await open();
      const { harness, project } = opened;
      await harness.click('Lock “Titles”');
      await harness.drag(harness.clip('clip-4'), 80, 0, { at: { x: 10, y: 10 } });
      expect(clip(opened, 'clip-4').startFrame).to.equal(165);
      project.editor.select(['clip-4' as ClipId]);
      await harness.settled();
      expect(harness.all('.trim')).to.have.lengthOf(0);
    });
  });

  describe('as a table', () => {
    it('shows every clip and changes its times by typing', async () => {
      const opened = await open();
      const { harness } = opened;
      await harness.click('Clips as a table');
      expect(harness.all('tbody tr')).to.have.lengthOf(5);
      expect(harness.cell('clip-4', 'start').value).to.equal('00:00:05:15');
      await harness.type(harness.cell('clip-4', 'start'), '8:00');
      expect(clip(opened, 'clip-4').startFrame).to.equal(240);
      await harness.type(harness.cell('clip-4', 'duration'), '00:00:01:10');
      expect(clip(opened, 'clip-4').durationFrames).to.equal(40);
      await harness.type(harness.cell('clip-4', 'end'), '00:00:10:00');
      expect(clip(opened, 'clip-4').durationFrames).to.equal(60);
      await harness.type(harness.cell('clip-3', 'name'), 'The end');
      expect(clip(opened, 'clip-3').name).to.equal('The end');
    });

    it('says what is wrong with a time, at its field', async () => {
      const opened = await open();
      opened.harness.element.view = 'table';
      await opened.harness.settled();
      const field = opened.harness.cell('clip-4', 'start');
      await opened.harness.type(field, 'soon');
      expect(field.getAttribute('aria-invalid')).to.equal('true');
      const id = field.getAttribute('aria-describedby') ?? '';
      expect(opened.harness.get(`#${id}`).textContent).to.contain('00:01:20:00');
      expect(clip(opened, 'clip-4').startFrame).to.equal(165);
    });

    it('moves clips earlier and later, to another track, splits and deletes them', async () => {
      const opened = await open();
      const { harness, project } = opened;
      const order = (): readonly string[] => {
        const { mainTrack } = project.editor.document;
        return mainTrack ? project.editor.document.clipsOf(mainTrack.id).map(({ id }) => id) : [];
      };
      harness.element.view = 'table';
      await harness.settled();
      await harness.click('Move before the previous clip: Summary');
      expect(order()).to.deep.equal(['clip-1', 'clip-3', 'clip-2']);
      await harness.click('Move after the next clip: Summary');
      expect(order()).to.deep.equal(['clip-1', 'clip-2', 'clip-3']);
      project.editor.run('track.add', { kind: 'video' });
      await harness.settled();
      const tracks = harness.cell('clip-3', 'track') as unknown as HTMLSelectElement;
      tracks.focus();
      tracks.value = [...tracks.options].find(({ text }) => text === 'Video 2')?.value ?? '';
      tracks.dispatchEvent(new Event('change'));
      await harness.settled();
      expect(project.editor.document.track(clip(opened, 'clip-3').trackId)?.name).to.equal('Video 2');
      project.editor.seek(60);
      await harness.click('Split at playhead: Welcome');
      expect(clip(opened, 'clip-1').durationFrames).to.equal(60);
      await harness.click('Delete: What is a limit?');
      expect(project.editor.document.clips.has('clip-4' as ClipId)).to.equal(false);
    });
  });

  describe('with 10,000 clips', () => {
    it('keeps only those in the document that can be seen, and the whole in a table by pages', async () => {
      const { harness, project } = await open(createProjectDocument({ clips: 10_000 }));
      expect(harness.all('.clip').length, 'everything in view: too narrow to be told apart').to.be.below(10);
      expect(harness.all('.run').length).to.be.at.least(1);
      project.editor.setZoom(1, 150_000);
      await harness.frames(3);
      expect(harness.all('.clip').length).to.be.within(10, 120);
      harness.element.view = 'table';
      await harness.settled();
      expect(harness.all('tbody tr').length).to.equal(50);
      await harness.click('Next clips');
      expect(harness.get('tbody tr').getAttribute('aria-rowindex')).to.equal('52');
    });

    it('scrolls to a clip that the keyboard goes to', async () => {
      const { harness, project } = await open(createProjectDocument({ clips: 10_000 }));
      project.editor.setZoom(2, 0);
      await harness.frames(3);
      harness.clip('clip-1').focus();
      await harness.press('End');
      await harness.frames(3);
      expect(harness.focused).to.contain('Clip 10,000 of 10,000');
      const box = harness.clip('clip-10000').getBoundingClientRect();
      expect(box.right).to.be.within(0, 781);
    });
  });

  describe('what is dropped', () => {
    function send(target: Element, type: string, x: number, y: number, assetIds: readonly string[]): boolean {
      const detail = { assetIds, clientX: x, clientY: y };
      return !target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
    }

    it('shows where an asset lands and puts it there', async () => {
      const opened = await open();
      const { harness, project } = opened;
      await opened.session.seeded;
      const box = harness.clip('clip-2').getBoundingClientRect();
      expect(send(harness.clip('clip-2'), 'lectern-asset-drag-over', box.left + 4, box.top + 20, ['asset-1'])).to.equal(
        true,
      );
      await harness.settled();
      expect(harness.all('.ghost')).to.have.lengthOf(1);
      send(harness.clip('clip-2'), 'lectern-asset-drop', box.left + 4, box.top + 20, ['asset-1']);
      await harness.until(() => project.editor.document.clips.size === 6, 'the clip');
      const { mainTrack } = project.editor.document;
      const names = mainTrack ? project.editor.document.clipsOf(mainTrack.id).map(({ name }) => name) : [];
      expect(names[0]).to.equal('Welcome');
      expect(names[2], 'between the two, nothing is cut').to.equal('The question');
      expect(harness.all('.ghost')).to.have.lengthOf(0);
    });

    it('imports files from the desktop and adds them', async () => {
      const { harness, project } = await open(createEmptyProject(countingIds()));
      expect(harness.button('Add media')).to.exist;
      const transfer = new DataTransfer();
      const bytes = await (await fetch('/fixtures/count-h264-30.mp4')).blob();
      transfer.items.add(new File([bytes], 'intro.mp4', { type: 'video/mp4' }));
      const drop = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true });
      harness.get('.scroller').dispatchEvent(drop);
      expect(drop.defaultPrevented).to.equal(true);
      await harness.until(() => project.editor.document.clips.size === 1, 'the clip');
      await harness.ready();
      expect(harness.labels[0]).to.contain('intro');
    });
  });

  describe('pictures and sound', () => {
    it('are asked for only where they are seen, and closed when the element goes', async () => {
      let opened = 0;
      let closed = 0;
      const close = Reflect.get<ImageBitmap, 'close'>(ImageBitmap.prototype, 'close');
      ImageBitmap.prototype.close = function (this: ImageBitmap): void {
        closed += 1;
        close.call(this);
      };
      try {
        const { harness } = await open(createProjectDocument({ clips: 1000 }), 780, (session) => {
          const filmstrip = session.render.filmstrip.bind(session.render);
          Object.assign(session.render, {
            filmstrip: async function* (...args: Parameters<typeof filmstrip>) {
              for await (const picture of filmstrip(...args)) {
                opened += 1;
                yield picture;
              }
            },
          });
        });
        harness.element.activeProject?.editor.setZoom(2, 0);
        await harness.until(() => opened > 4, 'pictures');
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(opened, 'of the 1000 seconds of it').to.be.below(80);
        const closedBefore = closed;
        harness.element.remove();
        expect(closed - closedBefore).to.be.at.least(opened);
      } finally {
        ImageBitmap.prototype.close = close;
      }
    });

    it('say when a file is missing', async () => {
      const { harness } = await open(createProjectDocument(), 780, (session) => {
        Object.assign(session.render, {
          filmstrip: () => {
            throw new LecternError('source-missing');
          },
        });
      });
      await harness.until(() => harness.all('.clip[data-missing]').length === 3, 'the look of missing files');
      expect(harness.clip('clip-1').ariaLabel).to.contain('File missing');
    });
  });

  it('moves the time from left to right on pages that read from right to left', async () => {
    document.documentElement.dir = 'rtl';
    try {
      const { harness } = await open();
      const first = harness.clip('clip-1').getBoundingClientRect();
      const second = harness.clip('clip-2').getBoundingClientRect();
      expect(first.left).to.be.below(second.left);
      const header = harness.row('Video 1').querySelector('.header')?.getBoundingClientRect();
      expect(header?.left).to.be.above(second.left);
    } finally {
      document.documentElement.removeAttribute('dir');
    }
  });

  it('folds its tools into a menu when it is narrow, and never overflows', async () => {
    const { harness, project } = await open(createProjectDocument(), 330);
    const bar = harness.get('.toolbar');
    expect(bar.scrollWidth).to.be.at.most(bar.clientWidth);
    await harness.click('More tools');
    await harness.until(() => harness.element.shadowRoot?.querySelector('.timeline-menu:popover-open'), 'the menu');
    await harness.choose('Snapping');
    expect(project.editor.store.getState().snapping).to.equal(false);
  });

  it('offers what can be done to a clip in a menu', async () => {
    const opened = await open();
    const { harness } = opened;
    await harness.contextMenu(harness.clip('clip-2'));
    await harness.choose('Duplicate');
    expect(opened.project.editor.document.clips.size).to.equal(6);
  });

  it('only shows a project that is read-only', async () => {
    const opened = await open();
    opened.project.editor.setReadOnly(true);
    await opened.harness.settled();
    await opened.harness.drag(opened.harness.clip('clip-4'), 80, 0, { at: { x: 10, y: 10 } });
    expect(clip(opened, 'clip-4').startFrame).to.equal(165);
    expect(opened.harness.get('.notice').textContent).to.contain('reading only');
  });
});
