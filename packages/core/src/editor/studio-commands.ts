import { nextEditPoint, previousEditPoint, type ClipId } from '@lectern/timeline';
import type { MessageKey, PlainMessageKey } from '../messages/messages.js';
import type { ProjectSession } from '../project-session.js';
import { transport } from './transport.js';

export type StudioCommandGroup = 'playback' | 'navigation' | 'editing' | 'clipboard' | 'tracks' | 'view' | 'project';

/** One thing that a person can do in the studio: toolbar, menu, key and host all run this same one. */
export interface StudioCommand {
  readonly id: StudioCommandId;
  readonly group: StudioCommandGroup;
  readonly label: PlainMessageKey;
  /**
   * In tinykeys' notation; the first is the one that is shown. `$mod` is ⌘ on a Mac and Ctrl elsewhere, `k+l` is L while K
   * is down.
   */
  readonly keys: readonly string[];
  isEnabled(project: ProjectSession): boolean;
  /** Returns false when it didn't apply, so that a key falls through to the page. */
  run(project: ProjectSession): boolean;
  /** What a key of it that stays down does: `again` and again, the same `once`, or `hold`, which then is begun and ended. */
  readonly held: 'again' | 'once' | 'hold';
  /** Begins what goes on while the key stays down; what is returned ends it. Only for `held` of `hold`. */
  begin(project: ProjectSession): () => void;
}

type CommandLabel = Extract<MessageKey, `command.${string}`>;
/** `split`, `undo` … */
export type StudioCommandId = CommandLabel extends `command.${infer Id}` ? Id : never;

function frames(project: ProjectSession): number {
  return project.editor.document.totalFrames;
}

function playhead(project: ProjectSession): number {
  return project.editor.store.getState().playheadFrame;
}

/** Moves the edge of the selected clips, or of those under the playhead, to the playhead. */
function trimToPlayhead(project: ProjectSession, edge: 'start' | 'end', dry: boolean): boolean {
  const { editor } = project;
  const { state, playheadFrame: frame } = editor.store.getState();
  const under = (id: ClipId): boolean => {
    const clip = state.document.clips.get(id);
    return clip !== undefined && clip.startFrame < frame && frame < clip.startFrame + clip.durationFrames;
  };
  const picked = state.selection.clipIds.filter(under);
  const main = state.document.mainTrack;
  const fallback = main ? state.document.clipsOf(main.id).filter((clip) => under(clip.id)) : [];
  const clipId = picked[0] ?? fallback[0]?.id;
  if (clipId === undefined) return false;
  const args = { clipId, edge, frame } as const;
  return dry ? editor.can('clip.trim', args) : editor.run('clip.trim', args);
}

function editable(project: ProjectSession): boolean {
  return !project.editor.store.getState().readOnly;
}

function hasClips(project: ProjectSession): boolean {
  return frames(project) > 0;
}

function selected(project: ProjectSession): readonly ClipId[] {
  return project.editor.store.getState().state.selection.clipIds;
}

interface CommandParts {
  readonly keys?: readonly string[];
  readonly enabled?: (project: ProjectSession) => boolean;
  /** False when it didn't apply; anything else, when it did. */
  readonly run: (project: ProjectSession) => unknown;
  /** A key that stays down doesn't do it again. */
  readonly once?: boolean;
  readonly hold?: (project: ProjectSession) => () => void;
}

function command(
  group: StudioCommandGroup,
  id: StudioCommandId,
  { keys = [], enabled, run, once = false, hold }: CommandParts,
): StudioCommand {
  const isEnabled = enabled ?? ((): boolean => true);
  return {
    id,
    group,
    label: `command.${id}` as PlainMessageKey,
    keys,
    isEnabled,
    run: (project) => isEnabled(project) && run(project) !== false,
    held: hold ? 'hold' : once ? 'once' : 'again',
    begin: (project) => (hold && isEnabled(project) ? hold(project) : (): void => undefined),
  };
}

const move = (deltaFrames: number, deltaTracks: number) => (project: ProjectSession) =>
  ({ clipIds: selected(project), deltaFrames, deltaTracks }) as const;

function moveCommand(
  id: StudioCommandId,
  keys: readonly string[],
  deltaFrames: number,
  deltaTracks: number,
): StudioCommand {
  const args = move(deltaFrames, deltaTracks);
  return command('editing', id, {
    keys,
    enabled: (project) => selected(project).length > 0 && project.editor.can('clip.move', args(project)),
    run: (project) => project.editor.run('clip.move', args(project)),
  });
}

const shuttleCommand = (id: StudioCommandId, key: string, direction: 1 | -1): StudioCommand =>
  command('playback', id, {
    keys: [key],
    enabled: hasClips,
    once: true,
    run: (project) => transport.shuttle(project, direction),
  });

/** A tap is a frame, and holding it is slow. */
const slowCommand = (id: StudioCommandId, key: string, direction: 1 | -1): StudioCommand =>
  command('playback', id, {
    keys: [key],
    enabled: hasClips,
    run: (project) => transport.step(project, direction),
    hold: (project) => transport.slow(project, direction),
  });

const stepCommand = (id: StudioCommandId, key: string, by: number): StudioCommand =>
  command('navigation', id, { keys: [key], enabled: hasClips, run: (project) => transport.step(project, by) });

const addTrack = (id: StudioCommandId, kind: 'video' | 'audio' | 'text'): StudioCommand =>
  command('tracks', id, {
    enabled: (project) => project.editor.can('track.add', { kind }),
    run: (project) => project.editor.run('track.add', { kind }),
  });

/** Every command, in the order of the help. */
export const studioCommands: readonly StudioCommand[] = [
  command('playback', 'playPause', {
    keys: ['Space'],
    enabled: hasClips,
    once: true,
    run: (p) => transport.playPause(p),
  }),
  command('playback', 'pause', { keys: ['k'], enabled: hasClips, once: true, run: (p) => transport.pause(p) }),
  shuttleCommand('shuttleBackward', 'j', -1),
  shuttleCommand('shuttleForward', 'l', 1),
  slowCommand('slowBackward', 'k+j', -1),
  slowCommand('slowForward', 'k+l', 1),

  stepCommand('previousFrame', 'ArrowLeft', -1),
  stepCommand('nextFrame', 'ArrowRight', 1),
  stepCommand('back10Frames', 'Shift+ArrowLeft', -10),
  stepCommand('forward10Frames', 'Shift+ArrowRight', 10),
  command('navigation', 'previousEditPoint', {
    keys: ['ArrowUp'],
    enabled: hasClips,
    run: (p) => transport.goTo(p, previousEditPoint(p.editor.document, playhead(p)) ?? 0),
  }),
  command('navigation', 'nextEditPoint', {
    keys: ['ArrowDown'],
    enabled: hasClips,
    run: (p) => transport.goTo(p, nextEditPoint(p.editor.document, playhead(p)) ?? frames(p)),
  }),
  command('navigation', 'goToStart', { keys: ['Home'], enabled: hasClips, run: (p) => transport.goTo(p, 0) }),
  command('navigation', 'goToEnd', { keys: ['End'], enabled: hasClips, run: (p) => transport.goTo(p, frames(p)) }),

  command('editing', 'split', {
    keys: ['s'],
    enabled: (p) => p.editor.can('clip.split'),
    run: (p) => p.editor.run('clip.split'),
  }),
  command('editing', 'splitAll', {
    keys: ['Shift+s'],
    enabled: (p) => p.editor.can('clip.splitAll'),
    run: (p) => p.editor.run('clip.splitAll'),
  }),
  command('editing', 'delete', {
    keys: ['Delete', 'Backspace'],
    enabled: (p) => p.editor.can('clip.delete', {}),
    run: (p) => p.editor.run('clip.delete', {}),
  }),
  command('editing', 'rippleDelete', {
    keys: ['Shift+Delete', 'Shift+Backspace'],
    enabled: (p) => p.editor.can('clip.rippleDelete', {}),
    run: (p) => p.editor.run('clip.rippleDelete', {}),
  }),
  command('editing', 'trimStart', {
    keys: ['['],
    enabled: (p) => trimToPlayhead(p, 'start', true),
    run: (p) => trimToPlayhead(p, 'start', false),
  }),
  command('editing', 'trimEnd', {
    keys: [']'],
    enabled: (p) => trimToPlayhead(p, 'end', true),
    run: (p) => trimToPlayhead(p, 'end', false),
  }),
  command('editing', 'duplicate', {
    keys: ['$mod+d'],
    enabled: (p) => p.editor.can('clip.duplicate', {}),
    run: (p) => p.editor.run('clip.duplicate', {}),
  }),
  moveCommand('moveEarlier', ['Alt+ArrowLeft'], -1, 0),
  moveCommand('moveLater', ['Alt+ArrowRight'], 1, 0),
  moveCommand('moveTrackUp', ['Alt+ArrowUp'], 0, 1),
  moveCommand('moveTrackDown', ['Alt+ArrowDown'], 0, -1),
  command('editing', 'addTitle', {
    keys: ['t'],
    enabled: (p) => p.editor.can('clip.addText', { text: 'Title' }),
    run: (p) => p.editor.run('clip.addText', { text: 'Title' }),
  }),
  command('editing', 'addMarker', {
    keys: ['m'],
    enabled: (p) => p.editor.can('marker.add', {}),
    run: (p) => p.editor.run('marker.add', {}),
  }),
  command('editing', 'setIn', {
    keys: ['i'],
    enabled: (p) => p.editor.can('range.setIn'),
    run: (p) => p.editor.run('range.setIn'),
  }),
  command('editing', 'setOut', {
    keys: ['o'],
    enabled: (p) => p.editor.can('range.setOut'),
    run: (p) => p.editor.run('range.setOut'),
  }),
  command('editing', 'clearRange', {
    keys: ['Alt+x'],
    enabled: (p) => p.editor.can('range.clear', {}),
    run: (p) => p.editor.run('range.clear', {}),
  }),
  command('editing', 'link', {
    keys: ['$mod+l'],
    enabled: (p) => p.editor.can('clip.link', { clipIds: selected(p) }),
    run: (p) => p.editor.run('clip.link', { clipIds: selected(p) }),
  }),
  command('editing', 'unlink', {
    keys: ['$mod+Shift+l'],
    enabled: (p) => p.editor.can('clip.unlink', { clipIds: selected(p) }),
    run: (p) => p.editor.run('clip.unlink', { clipIds: selected(p) }),
  }),
  command('editing', 'detachAudio', {
    enabled: (p) => {
      const [clipId] = selected(p);
      return clipId !== undefined && p.editor.can('clip.detachAudio', { clipId });
    },
    run: (p) => {
      const [clipId] = selected(p);
      return clipId !== undefined && p.editor.run('clip.detachAudio', { clipId });
    },
  }),

  command('clipboard', 'undo', {
    keys: ['$mod+z'],
    // In the middle of a drag, undo takes the drag back.
    enabled: (p) => editable(p) && (p.editor.store.getState().canUndo || p.editor.store.getState().gesture !== 'none'),
    run: (p) => p.editor.undo(),
  }),
  command('clipboard', 'redo', {
    keys: ['$mod+Shift+z', '$mod+y'],
    enabled: (p) => editable(p) && p.editor.store.getState().canRedo,
    run: (p) => p.editor.redo(),
  }),
  command('clipboard', 'cut', {
    keys: ['$mod+x'],
    enabled: (p) => p.editor.can('clip.cut', {}),
    run: (p) => p.editor.cut(),
  }),
  command('clipboard', 'copy', {
    keys: ['$mod+c'],
    enabled: (p) => selected(p).length > 0,
    run: (p) => p.editor.copy(),
  }),
  command('clipboard', 'paste', {
    keys: ['$mod+v'],
    enabled: (p) => p.editor.can('clip.paste'),
    run: (p) => p.editor.paste(),
  }),
  command('clipboard', 'selectAll', {
    keys: ['$mod+a'],
    enabled: hasClips,
    run: (p) => p.editor.run('selection.all', {}),
  }),
  command('clipboard', 'selectNone', {
    keys: ['$mod+Shift+a'],
    enabled: (p) => selected(p).length > 0,
    run: (p) => p.editor.run('selection.none', {}),
  }),

  addTrack('addVideoTrack', 'video'),
  addTrack('addAudioTrack', 'audio'),
  addTrack('addTextTrack', 'text'),

  command('view', 'toggleSnapping', {
    keys: ['n'],
    run: (p) => {
      p.editor.setSnapping(!p.editor.store.getState().snapping);
    },
  }),
  command('view', 'selectTool', {
    keys: ['v'],
    run: (p) => {
      p.editor.setTool('select');
    },
  }),
  command('view', 'razorTool', {
    keys: ['b'],
    run: (p) => {
      p.editor.setTool('razor');
    },
  }),
  command('view', 'zoomIn', {
    keys: ['+', '=', 'Shift++'],
    run: (p) => {
      p.editor.zoomIn();
    },
  }),
  command('view', 'zoomOut', {
    keys: ['-'],
    run: (p) => {
      p.editor.zoomOut();
    },
  }),
  command('view', 'zoomToFit', {
    keys: ['Shift+z'],
    enabled: hasClips,
    run: (p) => {
      p.editor.zoomToFit();
    },
  }),
  command('view', 'fullScreen', { keys: ['f'], enabled: (p) => p.hasView, run: (p) => p.request('full-screen') }),
  command('view', 'help', { keys: ['?', 'Shift+?'], enabled: (p) => p.hasView, run: (p) => p.request('help') }),
  command('view', 'escape', {
    keys: ['Escape'],
    run: (p) => {
      if (p.editor.cancelGesture() || p.request('escape')) return true;
      if (p.editor.store.getState().tool !== 'select') {
        p.editor.setTool('select');
        return true;
      }
      return p.editor.run('selection.none', {});
    },
  }),

  command('project', 'save', {
    keys: ['$mod+s'],
    run: (p) => {
      void p.autosave.saveNow().catch(() => undefined);
    },
  }),
  command('project', 'import', { keys: ['$mod+i'], enabled: (p) => p.hasView, run: (p) => p.request('import') }),
  command('project', 'export', {
    keys: ['$mod+e'],
    enabled: (p) => p.hasView && p.exportable,
    run: (p) => p.request('export'),
  }),
];

const byId: ReadonlyMap<string, StudioCommand> = new Map(studioCommands.map((each) => [each.id, each]));

/** @throws RangeError for an id that no command has */
export function studioCommand(id: StudioCommandId): StudioCommand {
  const found = byId.get(id);
  if (!found) throw new RangeError(`no studio command is called "${id}"`);
  return found;
}
