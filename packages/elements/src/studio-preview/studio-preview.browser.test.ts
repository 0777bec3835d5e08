import { expect } from 'chai';
import { LecternError, type Preview, type PreviewState } from '@lectern/ports';
import type { ProjectSession } from '@lectern/core';
import { getProperty, type ClipId } from '@lectern/timeline';
import { createProjectDocument, createTestSession, type TestSession } from '@lectern/testing';
import '../define/studio-preview.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { StudioPreviewElement } from './studio-preview.js';
import { StudioPreviewHarness } from './studio-preview.harness.js';
import { violations } from '../test-support/accessibility.js';

const lecture = { id: 'lecture', title: 'Lecture', document: createProjectDocument() };
let sessions: TestSession[] = [];
let projects: ProjectSession[] = [];

async function open(
  projectId: string | null = 'lecture',
  width = 800,
): Promise<{ harness: StudioPreviewHarness; element: StudioPreviewElement; project: ProjectSession }> {
  const session = createTestSession({ projects: [lecture] });
  sessions.push(session);
  const project = await session.openProject(projectId);
  projects.push(project);
  const element = Object.assign(document.createElement('studio-preview'), {
    lectern: session,
    projectSession: project,
  });
  await mount(element, width, 500);
  const harness = new StudioPreviewHarness(element);
  await harness.settled();
  return { harness, element, project };
}

/** A project whose preview is in a state that only a real engine gets into. */
function withPreviewState(project: ProjectSession, state: Partial<PreviewState>): ProjectSession {
  const { preview } = project;
  const stuck: Preview = new Proxy(preview, {
    get(target, name): unknown {
      if (name === 'state') return () => ({ ...target.state(), ...state });
      if (name === 'subscribe') return () => () => undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  return new Proxy(project, {
    get: (target, name) => (name === 'preview' ? stuck : (Reflect.get(target, name, target) as unknown)),
  });
}

describe('studio-preview', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(projects.map((project) => project.close()));
    await Promise.all(sessions.map((session) => session.dispose()));
    projects = [];
    sessions = [];
  });

  it('has no accessibility violations with a project, an empty one, and none', async () => {
    const { element } = await open();
    expect(await violations(element)).to.deep.equal([]);
    unmountAll();
    const empty = await open(null);
    expect(await violations(empty.element)).to.deep.equal([]);
    unmountAll();
    const alone = document.createElement('studio-preview');
    await mount(alone);
    expect(await violations(alone)).to.deep.equal([]);
  });

  describe('the picture', () => {
    it('is letterboxed at the project’s aspect and drawn in device pixels', async () => {
      const { harness } = await open();
      const box = await harness.until(() => {
        const rect = harness.canvas.getBoundingClientRect();
        return rect.width > 0 && rect;
      });
      expect(box.width / box.height).to.be.closeTo(16 / 9, 0.02);
      const stage = harness.get('.stage').getBoundingClientRect();
      expect(box.width).to.be.at.most(stage.width);
      expect(box.height).to.be.at.most(stage.height);
    });

    it('gets a fresh canvas when the element comes back to the page', async () => {
      const { harness, element } = await open();
      const before = harness.canvas;
      const parent = element.parentElement as HTMLElement;
      element.remove();
      parent.append(element);
      const after = await harness.until(() => harness.all<HTMLCanvasElement>('canvas')[0]);
      expect(after).to.not.equal(before);
      expect(harness.all('canvas')).to.have.length(1);
    });

    it('says which clip is being loaded', async () => {
      const { harness, element, project } = await open();
      element.projectSession = withPreviewState(project, { status: 'loading', frame: 200 });
      await harness.settled();
      expect(harness.get('.chip').textContent).to.contain('The question');
    });

    it('says what is wrong with a clip that can’t be played, and tries again when asked', async () => {
      const { harness, element, project } = await open();
      const error = new LecternError('source-missing', { details: { clip: 'The question' } });
      element.projectSession = withPreviewState(project, {
        status: 'failed',
        error: { code: error.code, message: '', details: error.details },
      });
      await harness.settled();
      expect(harness.get('[role="alert"]').textContent).to.contain('The question');
      expect(harness.button('Try again')).to.be.instanceOf(HTMLButtonElement);
    });
  });

  it('says that a proxy shows, switches to the original, and remembers it', async () => {
    const { harness, element, project } = await open();
    const asked: boolean[] = [];
    const shown = withPreviewState(project, { proxy: 'shown' });
    const preview = new Proxy(shown.preview, {
      get: (target, name) =>
        name === 'useProxies' ? (use: boolean) => asked.push(use) : (Reflect.get(target, name, target) as unknown),
    });
    element.projectSession = new Proxy(shown, {
      get: (target, name) => (name === 'preview' ? preview : (Reflect.get(target, name, target) as unknown)),
    });
    await harness.settled();
    expect(harness.get('.proxy').textContent).to.contain('Proxy');
    expect(await violations(element)).to.deep.equal([]);
    harness.get('.proxy').click();
    expect(asked).to.deep.equal([true, false]);
    expect(localStorage.getItem('lectern.preview.proxies')).to.equal('off');
    element.projectSession = withPreviewState(project, { proxy: 'ready' });
    await harness.settled();
    expect(harness.get('.proxy').textContent).to.contain('Original');
    harness.get('.proxy').click();
    expect(localStorage.getItem('lectern.preview.proxies')).to.equal(null);
  });

  it('names a clip that can’t be shown while the rest of the picture is', async () => {
    const { harness, element, project } = await open();
    const error = { code: 'source-missing', message: '', details: { clip: 'The question' } } as const;
    element.projectSession = withPreviewState(project, { status: 'paused', error });
    await harness.settled();
    expect(harness.get('.missing').textContent).to.contain('The question');
    expect(harness.get('canvas')).to.be.instanceOf(HTMLCanvasElement);
    expect(await violations(element)).to.deep.equal([]);
  });

  describe('the playhead', () => {
    it('is shown in timecode and moves with what is typed', async () => {
      const { harness } = await open();
      expect(harness.time).to.equal('00:00:00:00');
      await harness.goTo('00:00:04:15');
      expect(harness.frame).to.equal(135);
      await harness.goTo('1:00');
      expect(harness.frame).to.equal(30);
    });

    it('stays where it is, and says so, when what is typed is no time', async () => {
      const { harness } = await open();
      await harness.goTo('00:00:02:00');
      await harness.goTo('soon');
      expect(harness.frame).to.equal(60);
      expect(harness.get('.times input').getAttribute('aria-invalid')).to.equal('true');
    });

    it('follows the scrub bar, whose value is said as a time', async () => {
      const { harness } = await open();
      await harness.scrub(90);
      expect(harness.frame).to.equal(90);
      expect(harness.time).to.equal('00:00:03:00');
      expect(harness.get('.scrub input').getAttribute('aria-valuetext')).to.contain('00:00:03:00');
    });

    it('is moved by the keys of the player, but not while a time is typed', async () => {
      const { harness, element } = await open();
      element.tabIndex = 0;
      element.focus();
      await harness.press('ArrowRight');
      await harness.press('ArrowRight', { shiftKey: true });
      expect(harness.frame).to.equal(11);
      await harness.press('Home');
      expect(harness.frame).to.equal(0);
      harness.get('.times input').focus();
      await harness.press('ArrowRight');
      expect(harness.frame).to.equal(0);
    });

    it('goes a frame by K with L or J, and slowly for as long as both are held', async () => {
      const { harness, element, project } = await open();
      element.tabIndex = 0;
      element.focus();
      project.editor.seek(100);
      const rate = (): number => project.editor.store.getState().shuttleRate;
      const key = (type: 'keydown' | 'keyup', letter: string, repeat = false): void => {
        const code = `Key${letter.toUpperCase()}`;
        element.dispatchEvent(
          new KeyboardEvent(type, { key: letter, code, repeat, bubbles: true, composed: true, cancelable: true }),
        );
      };
      key('keydown', 'k');
      key('keydown', 'l');
      key('keyup', 'l');
      expect(harness.frame).to.equal(101);
      key('keydown', 'j');
      expect(harness.frame).to.equal(100);
      key('keydown', 'j', true);
      key('keydown', 'j', true);
      expect(rate()).to.equal(-0.5);
      expect(project.preview.state().status).to.equal('playing');
      key('keyup', 'j');
      expect(rate()).to.equal(0);
      expect(project.preview.state().status).to.equal('paused');
      key('keyup', 'k');
      key('keydown', 'l');
      expect(rate()).to.equal(1);
    });

    it('goes faster with each press of L, and not by holding it', async () => {
      const { harness, element, project } = await open();
      element.tabIndex = 0;
      element.focus();
      const rate = (): number => project.editor.store.getState().shuttleRate;
      const press = (repeat: boolean): void => {
        element.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'l', code: 'KeyL', repeat, bubbles: true, cancelable: true }),
        );
      };
      press(false);
      press(true);
      press(true);
      expect(rate()).to.equal(1);
      press(false);
      expect(rate()).to.equal(2);
      await harness.settled();
      expect(harness.get('.rate').textContent).to.contain('2× speed');
      await harness.press('k');
      expect(rate()).to.equal(0);
      expect(project.preview.state().status).to.equal('paused');
    });

    it('goes by the buttons', async () => {
      const { harness, project } = await open();
      await harness.click('Go to the end');
      expect(harness.frame).to.equal(project.editor.document.totalFrames);
      await harness.click('One frame back');
      expect(harness.frame).to.equal(project.editor.document.totalFrames - 1);
      await harness.click('Go to the start');
      expect(harness.frame).to.equal(0);
    });
  });

  describe('playback', () => {
    it('plays, moves the playhead, tells the page, and pauses where it is', async () => {
      const { harness, element } = await open();
      const told: string[] = [];
      element.addEventListener('lectern-play', () => told.push('play'));
      element.addEventListener('lectern-pause', () => told.push('pause'));
      await harness.click('Play');
      await harness.until(() => harness.frame > 4);
      expect(harness.isPlaying).to.equal(true);
      await harness.click('Pause');
      const { frame } = harness;
      await new Promise((resolve) => setTimeout(resolve, 120));
      expect(harness.frame).to.equal(frame);
      expect(told).to.deep.equal(['play', 'pause']);
    });

    it('begins again at the end when it loops', async () => {
      const { harness, element, project } = await open();
      element.loop = true;
      project.editor.seek(project.editor.document.totalFrames - 4);
      await harness.click('Play');
      await harness.until(() => harness.frame > 0 && harness.frame < 60, 'the second round');
      expect(harness.isPlaying).to.equal(true);
      await harness.click('Pause');
    });

    it('mutes and comes back to the volume that it had', async () => {
      const { harness, element } = await open();
      element.volume = 0.4;
      await harness.settled();
      await harness.click('Mute');
      expect(element.muted).to.equal(true);
      await harness.click('Unmute');
      expect(element.muted).to.equal(false);
      expect(element.volume).to.equal(0.4);
    });
  });

  describe('the box around a clip', () => {
    it('comes with a press on the picture and goes with a press beside it', async () => {
      const { harness, project } = await open();
      project.editor.run('clip.setProperty', { clipIds: ['clip-1' as ClipId], key: 'scale', value: 0.5 });
      await harness.dragOnPicture([0.5, 0.5], [0.5, 0.5]);
      expect(project.editor.store.getState().state.selection.clipIds).to.deep.equal(['clip-1']);
      await harness.until(() => harness.all('.handles').length === 1);
      await harness.dragOnPicture([0.02, 0.02], [0.02, 0.02]);
      expect(harness.all('.handles')).to.have.length(0);
    });

    it('lies around the words of a title, so that what is behind it can be pressed', async () => {
      const { harness, project } = await open();
      project.editor.seek(200);
      await harness.dragOnPicture([0.5, 0.5], [0.5, 0.5]);
      expect(project.editor.store.getState().state.selection.clipIds).to.deep.equal(['clip-4']);
      const box = await harness.until(() => harness.all('.handles')[0]?.getBoundingClientRect());
      expect(box.height).to.be.lessThan(harness.get('.picture').getBoundingClientRect().height / 3);
      await harness.dragOnPicture([0.5, 0.2], [0.5, 0.2]);
      expect(project.editor.store.getState().state.selection.clipIds).to.deep.equal(['clip-2']);
    });

    it('moves the clip in both directions as one step of the history', async () => {
      const { harness, project } = await open();
      project.editor.select(['clip-1' as ClipId]);
      await harness.until(() => harness.all('.handles').length === 1);
      await harness.dragOnPicture([0.5, 0.5], [0.7, 0.4], '.handles');
      const clip = project.editor.document.clips.get('clip-1' as ClipId);
      if (!clip) throw new Error('the clip is gone');
      expect(getProperty(clip, 'positionX')).to.be.closeTo(0.2, 0.01);
      expect(getProperty(clip, 'positionY')).to.be.closeTo(-0.1, 0.01);
      project.editor.undo();
      expect(project.editor.document.clips.get('clip-1' as ClipId)?.props).to.deep.equal({});
    });

    it('sizes the clip at a corner', async () => {
      const { harness, project } = await open();
      project.editor.select(['clip-1' as ClipId]);
      await harness.until(() => harness.all('.handle').length === 4);
      await harness.dragOnPicture([1, 1], [0.75, 0.75], '.handle[data-corner="end-bottom"]');
      const clip = project.editor.document.clips.get('clip-1' as ClipId);
      if (!clip) throw new Error('the clip is gone');
      expect(getProperty(clip, 'scale')).to.be.closeTo(0.5, 0.02);
    });
  });
});
