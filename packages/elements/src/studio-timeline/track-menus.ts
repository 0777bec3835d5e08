import type { MarkerRecord } from '@lectern/timeline';
import { highestRow } from './gestures/track-drags.js';
import { commandItem, type KeyNames, type MenuEntry } from './menu-items.js';
import { lowestRow, type Row } from './timeline-geometry.js';
import type { MenuActions } from './timeline-menus.js';
import type { TimelineView } from './timeline-view.js';
import { trackFlags, type TrackFlag } from './track-header.js';

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
