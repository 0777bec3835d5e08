import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import type { ClipId } from '@lectern/timeline';
import { createProjectDocument } from '../../../testing/src/builders.js';
import { createTestSession } from '../../../testing/src/create-test-session.js';
import type { ProjectSession } from '../project-session.js';
import { studioCommand, studioCommands, type StudioCommandId } from './studio-commands.js';

const session = createTestSession({
  projects: [{ id: 'lecture', title: 'Limits', document: createProjectDocument() }],
  session: { autosave: { debounceMs: 60_000, closeMs: 20 } },
});
after(() => session.dispose());

let project: ProjectSession;
beforeEach(async () => {
  // A project of its own for each test: the same lecture, loaded anew.
  project = await session.openProject(null);
  project.editor.load(createProjectDocument());
});

const run = (id: StudioCommandId): boolean => studioCommand(id).run(project);
const enabled = (id: StudioCommandId): boolean => studioCommand(id).isEnabled(project);
const playhead = (): number => project.editor.store.getState().playheadFrame;
const clip = (id: string) => project.editor.document.clips.get(id as ClipId);

describe('studio commands', () => {
  it('have an id and keys of their own', () => {
    const ids = studioCommands.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const keys = studioCommands.flatMap((command) => command.keys);
    assert.equal(new Set(keys).size, keys.length, 'a key stands for one command');
    assert.throws(() => studioCommand('fly' as StudioCommandId), RangeError);
  });

  it('have the keys that people know', () => {
    const expected: Readonly<Partial<Record<StudioCommandId, readonly string[]>>> = {
      playPause: ['Space'],
      pause: ['k'],
      slowForward: ['k+l'],
      shuttleBackward: ['j'],
      shuttleForward: ['l'],
      previousFrame: ['ArrowLeft'],
      forward10Frames: ['Shift+ArrowRight'],
      previousEditPoint: ['ArrowUp'],
      goToEnd: ['End'],
      setIn: ['i'],
      setOut: ['o'],
      split: ['s'],
      delete: ['Delete'],
      rippleDelete: ['Shift+Delete'],
      undo: ['$mod+z'],
      redo: ['$mod+Shift+z'],
      addMarker: ['m'],
      toggleSnapping: ['n'],
      zoomToFit: ['Shift+z'],
      trimStart: ['['],
      trimEnd: [']'],
      fullScreen: ['f'],
      help: ['?'],
      escape: ['Escape'],
    };
    for (const [id, keys] of Object.entries(expected)) {
      for (const key of keys) assert.ok(studioCommand(id as StudioCommandId).keys.includes(key), `${id}: ${key}`);
    }
  });

  it('do nothing where they are not enabled, and nothing is enabled by chance', async () => {
    const empty = await session.openProject(null);
    for (const command of studioCommands) {
      if (command.isEnabled(empty)) continue;
      const before = empty.editor.store.getState();
      assert.equal(command.run(empty), false, command.id);
      assert.equal(empty.editor.store.getState(), before, command.id);
    }
    for (const id of ['split', 'delete', 'undo', 'redo', 'paste', 'copy', 'fullScreen', 'export'] as const) {
      assert.equal(studioCommand(id).isEnabled(empty), false, id);
    }
  });

  it('go by frames, by ten, by edit points, and to the ends', () => {
    project.editor.seek(100);
    run('nextFrame');
    assert.equal(playhead(), 101);
    run('back10Frames');
    assert.equal(playhead(), 91);
    run('nextEditPoint');
    assert.equal(playhead(), 150);
    run('previousEditPoint');
    assert.equal(playhead(), 0);
    run('goToEnd');
    assert.equal(playhead(), project.editor.document.totalFrames);
    run('goToStart');
    assert.equal(playhead(), 0);
  });

  it('shuttle faster each time, and stand still', () => {
    const rate = (): number => project.editor.store.getState().shuttleRate;
    run('shuttleForward');
    assert.equal(rate(), 1);
    run('shuttleForward');
    run('shuttleForward');
    assert.equal(rate(), 4);
    assert.equal(project.preview.state().status, 'playing');
    run('pause');
    assert.equal(rate(), 0);
    assert.equal(project.preview.state().status, 'paused');
    project.editor.seek(100);
    run('shuttleBackward');
    assert.equal(rate(), -1);
    run('playPause');
    assert.equal(project.preview.state().status, 'paused');
  });

  it('play slowly while a key is held, and stand still once it isn’t', () => {
    const rate = (): number => project.editor.store.getState().shuttleRate;
    project.editor.seek(100);
    assert.equal(studioCommand('slowForward').held, 'hold');
    run('slowForward');
    assert.equal(playhead(), 101);
    run('slowBackward');
    assert.equal(playhead(), 100);
    const end = studioCommand('slowBackward').begin(project);
    assert.equal(rate(), -0.5);
    assert.equal(project.preview.state().status, 'playing');
    end();
    assert.equal(rate(), 0);
    assert.equal(project.preview.state().status, 'paused');
  });

  it('are not repeated by a key that stays down where that would run away', () => {
    for (const id of ['playPause', 'pause', 'shuttleForward', 'shuttleBackward'] as const) {
      assert.equal(studioCommand(id).held, 'once', id);
    }
    assert.equal(studioCommand('nextFrame').held, 'again');
  });

  it('stop playing when a person moves the playhead', () => {
    run('playPause');
    run('nextFrame');
    assert.equal(project.preview.state().status, 'paused');
  });

  it('cut, trim and mark at the playhead', () => {
    project.editor.seek(60);
    assert.ok(run('split'));
    assert.equal(clip('clip-1')?.durationFrames, 60);
    project.editor.seek(200);
    project.editor.select(['clip-2' as ClipId]);
    assert.ok(run('trimEnd'));
    assert.equal(clip('clip-2')?.durationFrames, 50);
    assert.ok(run('addMarker'));
    assert.equal(project.editor.document.markers[0]?.frame, 200);
    run('setIn');
    run('setOut');
    const { inFrame, outFrame } = project.editor.document.settings;
    assert.deepEqual([inFrame, outFrame], [200, 201], 'the frame at the playhead is in the range');
    while (enabled('undo')) run('undo');
    assert.equal(clip('clip-1')?.durationFrames, 150);
    assert.equal(project.editor.document.markers.length, 0);
  });

  it('delete, copy and paste what is chosen', () => {
    project.editor.select(['clip-4' as ClipId]);
    assert.ok(run('copy'));
    assert.ok(run('delete'));
    assert.equal(clip('clip-4'), undefined);
    project.editor.seek(400);
    assert.ok(run('paste'));
    const pasted = [...project.editor.document.clips.values()].find(({ source }) => source.kind === 'text');
    assert.equal(pasted?.startFrame, 400);
  });

  it('ask the element that shows the project for what only it can do', () => {
    assert.equal(enabled('help'), false);
    const asked: string[] = [];
    const stop = project.onRequest((request) => {
      asked.push(request);
      return request !== 'escape';
    });
    run('help');
    run('fullScreen');
    run('export');
    assert.deepEqual(asked, ['help', 'full-screen', 'export']);
    stop();
  });

  it('leave one mode after the other by Escape', () => {
    project.editor.setTool('razor');
    project.editor.select(['clip-1' as ClipId]);
    const drag = project.editor.begin('move', { clipIds: ['clip-4' as ClipId] });
    drag?.preview({ deltaFrames: 30 });
    assert.ok(run('escape'));
    assert.equal(clip('clip-4')?.startFrame, 165);
    assert.equal(drag?.active, false);
    assert.ok(run('escape'));
    assert.equal(project.editor.store.getState().tool, 'select');
    assert.ok(run('escape'));
    assert.deepEqual(project.editor.store.getState().state.selection.clipIds, []);
    assert.equal(run('escape'), false, 'there is nothing left to leave');
  });

  it('change nothing of a read-only project', () => {
    project.editor.select(['clip-1' as ClipId]);
    project.editor.setReadOnly(true);
    const before = project.editor.document;
    for (const id of ['delete', 'split', 'duplicate', 'addTitle', 'setIn', 'addVideoTrack', 'cut'] as const) {
      assert.equal(enabled(id), false, id);
      assert.equal(run(id), false, id);
    }
    assert.equal(project.editor.document, before);
    assert.ok(run('copy'));
  });
});
