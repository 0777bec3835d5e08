import type { Editor, EditorState, Messages, ProjectSession } from '@lectern/core';
import type { ClipId, ClipRecord, TimelineDocument, TrackId } from '@lectern/timeline';
import { endFrame } from '@lectern/timeline';
import { clipAtFrame, shortTimecode, type PixelWindow, type Row } from './timeline-geometry.js';

/** What the parts of the timeline are drawn from: made once per update, never kept. */
export interface TimelineView {
  readonly project: ProjectSession;
  readonly editor: Editor;
  readonly state: EditorState;
  readonly document: TimelineDocument;
  readonly rows: readonly Row[];
  readonly zoom: number;
  /** The drawn part of the lanes. */
  readonly window: PixelWindow;
  /** The drawn rows. */
  readonly rowWindow: PixelWindow;
  readonly messages: Messages;
  readonly direction: 'ltr' | 'rtl';
  readonly selected: ReadonlySet<ClipId>;
  /** Where the tab stop of the grid is: a clip, or with null the header of the track. */
  readonly active: { readonly trackId: TrackId | null; readonly clipId: ClipId | null };
  /** The clips that are being dragged or carried by keys. */
  readonly dragged: ReadonlySet<ClipId>;
  readonly grabbedClipId: ClipId | null;
  readonly renamingTrackId: TrackId | null;
  /** Width of the whole element in CSS pixels. */
  readonly width: number;
  /** Why an asset can't be shown, or null. */
  readonly assetFailure: (assetId: string) => unknown;
}

/** What a clip is called: its own name, a title's words, or what it is. */
export function clipName(clip: ClipRecord, messages: Messages): string {
  if (clip.source.kind === 'text')
    return firstOf(clip.source.text.trim().split('\n')[0], clip.name, messages.t('timeline.textClip'));
  return firstOf(clip.name, messages.t(clip.source.kind === 'colour' ? 'timeline.colourClip' : 'common.untitled'));
}

function firstOf(...texts: readonly (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== '') ?? '';
}

/** What stands on a clip: its name, and what is wrong with its media. */
export function clipCaption(view: TimelineView, clip: ClipRecord): string {
  const name = clipName(clip, view.messages);
  if (!isMissing(view, clip)) return name;
  const code =
    'assetId' in clip.source ? (view.assetFailure(clip.source.assetId) as { code?: unknown } | null)?.code : null;
  const isGone = code === undefined || code === null || code === 'source-missing';
  return `${name} · ${view.messages.t(isGone ? 'timeline.missing' : 'timeline.undecodable')}`;
}

/** `Clip 3 of 8, intro.webm, 0:12 to 0:25, Video 1, selected` */
export function clipLabel(view: TimelineView, row: Row, clip: ClipRecord, index: number): string {
  const { messages, document } = view;
  const rate = document.settings.frameRate;
  const extras = [
    view.selected.has(clip.id) && messages.t('timeline.clipSelected'),
    clip.linkId !== null && messages.t('timeline.clipLinked'),
    row.track.muted && messages.t('timeline.clipMuted'),
    row.track.hidden && messages.t('timeline.clipHidden'),
    row.track.locked && messages.t('timeline.clipLocked'),
    view.grabbedClipId === clip.id && messages.t('timeline.clipGrabbed'),
  ].filter((extra) => extra !== false);
  const label = messages.t('timeline.clip', {
    position: index + 1,
    count: row.clips.length,
    // As it is written on the clip, so that speech input finds it by what is seen.
    name: clipCaption(view, clip),
    start: shortTimecode(clip.startFrame, rate),
    end: shortTimecode(endFrame(clip), rate),
    track: row.track.name,
  });
  return [label, ...extras].join(', ');
}

export function isMissing(view: TimelineView, clip: ClipRecord): boolean {
  if (!('assetId' in clip.source)) return false;
  const { assetId } = clip.source;
  return !view.document.assets.has(assetId) || view.assetFailure(assetId) !== null;
}

/** Names of the clips under a frame, topmost first. */
export function clipsUnder(view: Pick<TimelineView, 'rows' | 'messages'>, frame: number): readonly string[] {
  return view.rows.flatMap(({ clips }) => {
    const clip = clipAtFrame(clips, frame);
    return clip ? [clipName(clip, view.messages)] : [];
  });
}
