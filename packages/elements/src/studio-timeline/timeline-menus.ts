import { endFrame, type ClipRecord, type MarkerRecord, type TrackRecord } from '@lectern/timeline';
import { highestRow } from './gestures/track-drags.js';
import { commandItem, type KeyNames, type MenuEntry } from './menu-items.js';
import { lowestRow, type Row } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';
import { trackFlags, type TrackFlag } from './track-header.js';

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

const flagWords = {
  muted: ['timeline.menuMute', 'volume'],
  solo: ['timeline.menuSolo', 'headphones'],
  hidden: ['timeline.menuHide', 'hidden'],
  locked: ['timeline.menuLock', 'lock'],
} as const satisfies Readonly<Record<TrackFlag, readonly [string, string]>>;

export function trackMenu(view: TimelineView, row: Row, actions: MenuActions): readonly MenuEntry[] {
  const { messages, editor } = view;
  const { track } = row;
  const trackId = track.id;
  // Over the next one up is after it in the document's order; under the next one down is after the one below that.
  const above = view.rows[row.index - 1]?.track.id;
  const under = view.rows[row.index + 2]?.track.id ?? null;
  const resize = (height: number): void => {
    editor.run('track.set', { trackId, height: Math.min(highestRow, Math.max(lowestRow, height)) });
  };
  return [
    {
      label: messages.t('timeline.rename'),
      icon: 'edit',
      disabled: view.state.readOnly,
      run: () => {
        actions.renameTrack(track);
      },
    },
    ...trackFlags(track.kind).map((flag): MenuEntry => ({
      label: messages.t(flagWords[flag][0]),
      icon: flagWords[flag][1],
      checked: track[flag],
      disabled: view.state.readOnly,
      run: () => {
        editor.run('track.set', { trackId, [flag]: !track[flag] });
      },
    })),
    'separator',
    {
      label: messages.t('timeline.trackUp'),
      icon: 'up',
      disabled: above === undefined || view.state.readOnly,
      run: () => {
        if (above) editor.run('track.reorder', { trackId, afterId: above });
      },
    },
    {
      label: messages.t('timeline.trackDown'),
      icon: 'down',
      disabled: row.index === view.rows.length - 1 || view.state.readOnly,
      run: () => {
        editor.run('track.reorder', { trackId, afterId: under });
      },
    },
    {
      label: messages.t('timeline.trackHigher'),
      icon: 'expand',
      disabled: row.height >= highestRow || view.state.readOnly,
      run: () => {
        resize(row.height + 24);
      },
    },
    {
      label: messages.t('timeline.trackLower'),
      icon: 'shrink',
      disabled: row.height <= lowestRow || view.state.readOnly,
      run: () => {
        resize(row.height - 24);
      },
    },
    'separator',
    {
      label: messages.t('timeline.selectTrackClips'),
      icon: 'check',
      disabled: row.clips.length === 0,
      run: () => {
        editor.select(row.clips.map(({ id }) => id));
      },
    },
    {
      label: messages.t('timeline.removeTrack'),
      icon: 'delete',
      tone: 'danger',
      disabled: !editor.can('track.remove', { trackId }),
      run: () => {
        editor.run('track.remove', { trackId });
      },
    },
  ];
}

export function addTrackMenu(view: TimelineView, names: KeyNames): readonly MenuEntry[] {
  const { project, messages } = view;
  return [
    commandItem(project, names, 'addVideoTrack', 'film', { label: messages.t('timeline.addVideoTrack') }),
    commandItem(project, names, 'addAudioTrack', 'audio', { label: messages.t('timeline.addAudioTrack') }),
    commandItem(project, names, 'addTextTrack', 'text', { label: messages.t('timeline.addTextTrack') }),
  ];
}

export function markerMenu(
  view: TimelineView,
  marker: MarkerRecord,
  frame: number,
  actions: MenuActions,
): readonly MenuEntry[] {
  const { messages, editor } = view;
  return [
    {
      label: messages.t('timeline.seekHere'),
      icon: 'play',
      run: () => {
        editor.seek(frame);
      },
    },
    {
      label: messages.t('timeline.rename'),
      icon: 'edit',
      disabled: view.state.readOnly,
      run: () => {
        actions.renameMarker(marker);
      },
    },
    {
      label: messages.t('timeline.markerToPlayhead'),
      icon: 'move',
      disabled: marker.clipId !== null || view.state.readOnly,
      run: () => {
        editor.run('marker.update', { markerId: marker.id, frame: view.state.playheadFrame });
      },
    },
    'separator',
    {
      label: messages.t('timeline.deleteMarker'),
      icon: 'delete',
      tone: 'danger',
      disabled: view.state.readOnly,
      run: () => {
        editor.run('marker.remove', { markerId: marker.id });
      },
    },
  ];
}
