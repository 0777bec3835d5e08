import { endFrame, type ClipRecord, type MarkerRecord, type TrackRecord } from '@lectern/timeline';
import { commandItem, type KeyNames, type MenuEntry } from './menu-items.js';
import type { Row } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';

/** What menus start that is not a command. */
export interface MenuActions {
  readonly inspect: (clip: ClipRecord) => void;
  readonly renameClip: (clip: ClipRecord) => void;
  readonly grab: (clip: ClipRecord) => void;
  readonly renameTrack: (track: TrackRecord) => void;
  readonly renameMarker: (marker: MarkerRecord) => void;
}

/** The neighbour's place: a clip changes places with the one before or after it, or goes to the start of its track. */
export function neighbourDelta(row: Row, clip: ClipRecord, direction: -1 | 1): number {
  const index = row.clips.findIndex(({ id }) => id === clip.id);
  const other = row.clips[index + direction];
  if (direction > 0) return other ? endFrame(other) - clip.startFrame : 0;
  return (other?.startFrame ?? 0) - clip.startFrame;
}

/** Changes places with a neighbour; everything else makes room. */
export function moveToNeighbour(view: TimelineView, row: Row, clip: ClipRecord, direction: -1 | 1): boolean {
  const deltaFrames = neighbourDelta(row, clip, direction);
  return deltaFrames !== 0 && view.editor.run('clip.move', { clipIds: [clip.id], deltaFrames, mode: 'insert' });
}

/** The tracks that a clip could go to, topmost first. */
export function goalTracks(view: TimelineView, clip: ClipRecord): readonly TrackRecord[] {
  return view.rows
    .map(({ track }) => track)
    .filter(
      (track) =>
        track.id !== clip.trackId &&
        view.editor.can('clip.move', { clipIds: [clip.id], deltaFrames: 0, trackId: track.id, mode: 'insert' }),
    );
}

export function clipMenu(
  view: TimelineView,
  names: KeyNames,
  row: Row,
  clip: ClipRecord,
  actions: MenuActions,
): readonly MenuEntry[] {
  const { project, messages, editor } = view;
  const { playheadFrame } = view.state;
  const toPlayhead = { clipIds: [clip.id], deltaFrames: playheadFrame - clip.startFrame } as const;
  const locked = row.track.locked || view.state.readOnly;
  const neighbour = (direction: -1 | 1): boolean => !locked && neighbourDelta(row, clip, direction) !== 0;
  return [
    {
      label: messages.t('timeline.inspect'),
      icon: 'inspector',
      keys: messages.t('key.Enter'),
      run: () => {
        actions.inspect(clip);
      },
    },
    {
      label: messages.t('timeline.rename'),
      icon: 'edit',
      keys: 'F2',
      disabled: locked,
      run: () => {
        actions.renameClip(clip);
      },
    },
    'separator',
    commandItem(project, names, 'split', 'split'),
    commandItem(project, names, 'trimStart', 'step-forward'),
    commandItem(project, names, 'trimEnd', 'step-back'),
    'separator',
    {
      label: messages.t('timeline.grab'),
      icon: 'move',
      keys: 'M',
      disabled: locked,
      run: () => {
        actions.grab(clip);
      },
    },
    {
      label: messages.t('timeline.moveEarlier'),
      icon: 'previous-edit',
      disabled: !neighbour(-1),
      run: () => {
        moveToNeighbour(view, row, clip, -1);
      },
    },
    {
      label: messages.t('timeline.moveLater'),
      icon: 'next-edit',
      disabled: !neighbour(1),
      run: () => {
        moveToNeighbour(view, row, clip, 1);
      },
    },
    {
      label: messages.t('timeline.moveToPlayhead'),
      icon: 'move',
      disabled: !editor.can('clip.move', toPlayhead),
      run: () => {
        editor.run('clip.move', toPlayhead);
      },
    },
    ...goalTracks(view, clip).map((track): MenuEntry => ({
      label: messages.t('timeline.moveToTrack', { name: track.name }),
      icon: 'move',
      run: () => {
        editor.run('clip.move', { clipIds: [clip.id], deltaFrames: 0, trackId: track.id, mode: 'insert' });
      },
    })),
    'separator',
    commandItem(project, names, 'cut', 'scissors'),
    commandItem(project, names, 'copy', 'copy'),
    commandItem(project, names, 'paste', 'paste'),
    commandItem(project, names, 'duplicate', 'add'),
    'separator',
    clip.linkId === null
      ? commandItem(project, names, 'link', 'link')
      : commandItem(project, names, 'unlink', 'unlink'),
    commandItem(project, names, 'detachAudio', 'waveform'),
    'separator',
    commandItem(project, names, 'delete', 'delete', { tone: 'danger' }),
    commandItem(project, names, 'rippleDelete', 'delete', { tone: 'danger' }),
  ];
}

export function laneMenu(
  view: TimelineView,
  names: KeyNames,
  row: Row | undefined,
  frame: number,
): readonly MenuEntry[] {
  const { project, messages, editor } = view;
  const trackId = row?.track.id;
  const gap = trackId === undefined ? null : ({ trackId, frame } as const);
  const { inFrame, outFrame } = view.document.settings;
  const here = trackId === undefined ? { frame } : { frame, trackId };
  return [
    {
      label: messages.t('timeline.seekHere'),
      icon: 'play',
      run: () => {
        editor.seek(frame);
      },
    },
    {
      label: messages.t('timeline.pasteHere'),
      icon: 'paste',
      disabled: !editor.can('clip.paste', here),
      run: () => {
        editor.run('clip.paste', here);
      },
    },
    ...(row?.track.kind === 'text'
      ? [
          {
            label: messages.t('timeline.addTextHere'),
            icon: 'text',
            run: () => {
              editor.run('clip.addText', { text: messages.t('timeline.textClip'), ...here });
            },
          } as const,
        ]
      : []),
    {
      label: messages.t('timeline.closeGap'),
      icon: 'shrink',
      disabled: gap === null || !editor.can('clip.closeGap', gap),
      run: () => {
        if (gap) editor.run('clip.closeGap', gap);
      },
    },
    'separator',
    {
      label: messages.t('timeline.markerHere'),
      icon: 'marker',
      run: () => {
        editor.run('marker.add', { frame });
      },
    },
    {
      label: messages.t('timeline.setIn'),
      icon: 'go-start',
      disabled: !editor.can('range.setIn', { frame }),
      run: () => {
        editor.run('range.setIn', { frame });
      },
    },
    {
      label: messages.t('timeline.setOut'),
      icon: 'go-end',
      disabled: !editor.can('range.setOut', { frame }),
      run: () => {
        editor.run('range.setOut', { frame });
      },
    },
    ...(inFrame !== null || outFrame !== null
      ? [
          {
            label: messages.t('timeline.clearRange'),
            icon: 'close',
            run: () => {
              editor.run('range.clear', {});
            },
          } as const,
        ]
      : []),
    'separator',
    commandItem(project, names, 'selectAll', 'check'),
    commandItem(project, names, 'splitAll', 'split'),
  ];
}
