import type { EditorGesture } from '@lectern/core';
import { nextEditPoint, nominalFrameRate, previousEditPoint, type ClipId, type ClipRecord } from '@lectern/timeline';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { moveMode } from './gestures/move-drag.js';
import { shortTimecode } from './timeline-geometry.js';
import { clipName, type TimelineView } from './timeline-view.js';

/**
 * Moves a clip without dragging: M grabs it, arrows carry it by frames (Shift: ten, Control: to the next cut, Page keys:
 * a second) and over tracks, Enter drops it, Escape puts it back. It is the same gesture as the pointer's.
 */
export class GrabController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #view: () => TimelineView | null;
  readonly #say: (text: string) => void;
  readonly #carried: (clip: ClipRecord) => void;
  #held: {
    readonly gesture: EditorGesture<'move'>;
    readonly clipId: ClipId;
    readonly startFrame: number;
    deltaFrames: number;
    rowIndex: number;
    readonly fromRow: number;
  } | null = null;

  constructor(
    host: ReactiveControllerHost,
    view: () => TimelineView | null,
    say: (text: string) => void,
    carried: (clip: ClipRecord) => void,
  ) {
    this.#host = host;
    this.#view = view;
    this.#say = say;
    this.#carried = carried;
    host.addController(this);
  }

  get clipId(): ClipId | null {
    return this.#held?.gesture.active === true ? this.#held.clipId : null;
  }

  hostDisconnected(): void {
    this.cancel();
  }

  /** @returns whether it could be grabbed */
  grab(clip: ClipRecord): boolean {
    const view = this.#view();
    if (!view || view.state.readOnly || view.document.track(clip.trackId)?.locked === true) return false;
    const { clipIds } = view.state.state.selection;
    const others = clipIds.includes(clip.id) ? clipIds.filter((id) => id !== clip.id) : [];
    if (others.length === 0) view.editor.select([clip.id]);
    const gesture = view.editor.begin('move', { clipIds: [clip.id, ...others] });
    if (!gesture) return false;
    const rowIndex = view.rows.findIndex(({ track }) => track.id === clip.trackId);
    this.#held = { gesture, clipId: clip.id, startFrame: clip.startFrame, deltaFrames: 0, rowIndex, fromRow: rowIndex };
    this.#say(view.messages.t('timeline.saidGrabbed', { name: clipName(clip, view.messages) }));
    this.#host.requestUpdate();
    return true;
  }

  /** @returns whether the key was used: while something is held, all but Tab are */
  handleKey(event: KeyboardEvent): boolean {
    const held = this.#held;
    if (!held || this.clipId === null) return false;
    const view = this.#view();
    if (!view) return false;
    const second = nominalFrameRate(view.document.settings.frameRate);
    const step = event.shiftKey ? 10 : 1;
    switch (event.key) {
      case 'ArrowRight':
        this.#carry(
          view,
          event.ctrlKey || event.metaKey ? this.#toCut(view, 1) : held.deltaFrames + step,
          held.rowIndex,
        );
        return true;
      case 'ArrowLeft':
        this.#carry(
          view,
          event.ctrlKey || event.metaKey ? this.#toCut(view, -1) : held.deltaFrames - step,
          held.rowIndex,
        );
        return true;
      case 'PageUp':
        this.#carry(view, held.deltaFrames - second, held.rowIndex);
        return true;
      case 'PageDown':
        this.#carry(view, held.deltaFrames + second, held.rowIndex);
        return true;
      case 'ArrowUp':
        this.#toRow(view, -1);
        return true;
      case 'ArrowDown':
        this.#toRow(view, 1);
        return true;
      case 'Enter':
      case 'm':
      case 'M':
        this.drop();
        return true;
      case 'Escape':
        this.cancel();
        return true;
      case 'Tab':
        this.cancel();
        return false;
      default:
        return true;
    }
  }

  drop(): void {
    const held = this.#held;
    this.#held = null;
    if (held?.gesture.active === true && !held.gesture.commit()) this.#sayCancelled();
    this.#host.requestUpdate();
  }

  cancel(): void {
    const held = this.#held;
    this.#held = null;
    if (held?.gesture.active !== true) return;
    held.gesture.cancel();
    this.#sayCancelled();
    this.#host.requestUpdate();
  }

  #sayCancelled(): void {
    const view = this.#view();
    if (view) this.#say(view.messages.t('timeline.saidGrabCancelled'));
  }

  #toCut(view: TimelineView, direction: 1 | -1): number {
    const held = this.#held;
    if (!held) return 0;
    // Cuts of the document as it was, or the carried clip's own edges would be in the way.
    const at = held.startFrame + held.deltaFrames;
    const cut = direction > 0 ? nextEditPoint(view.editor.document, at) : previousEditPoint(view.editor.document, at);
    return (cut ?? at) - held.startFrame;
  }

  /** Over tracks that don't take the clip to the next that does. */
  #toRow(view: TimelineView, direction: 1 | -1): void {
    const held = this.#held;
    if (!held) return;
    for (let index = held.rowIndex + direction; index >= 0 && index < view.rows.length; index += direction)
      if (this.#carry(view, held.deltaFrames, index)) return;
    this.#say(view.messages.t('timeline.doesNotFit'));
  }

  #carry(view: TimelineView, deltaFrames: number, rowIndex: number): boolean {
    const held = this.#held;
    const goal = view.rows[rowIndex];
    if (!held || !goal) return false;
    const delta = Math.max(-held.startFrame, deltaFrames);
    const track = rowIndex === held.fromRow ? {} : { trackId: goal.track.id };
    const done = held.gesture.preview({ deltaFrames: delta, ...track, mode: moveMode(goal, false) });
    if (!done && rowIndex !== held.rowIndex && rowIndex !== held.fromRow) {
      // It doesn't fit there: back to where it was carried last.
      this.#carry(view, held.deltaFrames, held.rowIndex);
      return false;
    }
    held.deltaFrames = delta;
    held.rowIndex = rowIndex;
    const clip = view.editor.store.getState().state.document.clips.get(held.clipId);
    if (clip) {
      this.#say(
        view.messages.t('timeline.saidGrabMoved', {
          time: shortTimecode(clip.startFrame, view.document.settings.frameRate),
          track: goal.track.name,
        }),
      );
      this.#carried(clip);
    }
    return true;
  }
}
