import { studioCommand } from '@lectern/core';
import { getProperty, endFrame, nominalFrameRate, type ClipId, type ClipRecord } from '@lectern/timeline';
import { handleStudioKey, type Keymap } from '../foundation/studio-keys.js';
import type { GrabController } from './grab-controller.js';
import type { GridController } from './grid-controller.js';
import type { TimelineView } from './timeline-view.js';

export interface KeyboardOptions {
  readonly view: () => TimelineView | null;
  readonly grid: GridController;
  readonly grab: GrabController;
  /** How the keys of commands are used; null where a studio around the element runs them. */
  readonly commands: () => { readonly keymap: Keymap | null; readonly singleKeys: boolean } | null;
  readonly inspect: (clip: ClipRecord) => void;
  readonly rename: (clip: ClipRecord, cell: HTMLElement) => void;
}

/** Keys of the whole element, from what has the focus outwards: what is carried, sliders, the grid, the commands. */
export class KeyboardController {
  readonly #options: KeyboardOptions;

  constructor(options: KeyboardOptions) {
    this.#options = options;
  }

  readonly handleKey = (event: KeyboardEvent): void => {
    const view = this.#options.view();
    const [target] = event.composedPath();
    if (!view || event.defaultPrevented || event.isComposing || !(target instanceof HTMLElement)) return;
    if (target.closest('.menu, .rename')) return;
    if (this.#options.grab.handleKey(event) || this.#slider(event, target, view) || this.#cell(event, target, view)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const commands = this.#options.commands();
    if (commands) handleStudioKey(event, view.project, commands);
  };

  #cell(event: KeyboardEvent, target: HTMLElement, view: TimelineView): boolean {
    if (!target.closest('.rows') || target instanceof HTMLInputElement) return false;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (target.matches('.clip') && plain) {
      const clip = view.document.clips.get((target.dataset['clip'] ?? '') as ClipId);
      if (!clip) return false;
      if (event.key === 'Enter') {
        this.#options.inspect(clip);
        return true;
      }
      if (event.key === 'F2') {
        this.#options.rename(clip, target);
        return true;
      }
      // On a clip M takes it up; everywhere else it sets a marker.
      if (event.key.toLowerCase() === 'm' && !event.shiftKey) return this.#options.grab.grab(clip);
    }
    return this.#options.grid.handleKey(event);
  }

  #slider(event: KeyboardEvent, target: HTMLElement, view: TimelineView): boolean {
    const part = target.dataset['part'];
    if (target.getAttribute('role') !== 'slider' || event.altKey || event.ctrlKey || event.metaKey) return false;
    const second = nominalFrameRate(view.document.settings.frameRate);
    const step = event.shiftKey ? 10 : 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: step,
      ArrowLeft: -step,
      PageUp: second,
      PageDown: -second,
      Home: -Infinity,
      End: Infinity,
    };
    // Up and down are the cuts on the playhead, and the same as right and left on an edge.
    const by = steps[event.key] ?? (part !== 'playhead' ? { ArrowUp: step, ArrowDown: -step }[event.key] : undefined);
    if (event.key === 'Escape' && part !== 'playhead') {
      target.closest<HTMLElement>('.clip')?.focus();
      return true;
    }
    if (by === undefined) return part === 'playhead' && this.#toCut(event, view);
    if (part === 'playhead') {
      view.editor.seek(clamp(view.state.playheadFrame + by, 0, view.document.totalFrames));
      return true;
    }
    const clip = view.document.clips.get((target.closest<HTMLElement>('.clip')?.dataset['clip'] ?? '') as ClipId);
    if (!clip) return false;
    if (part === 'trim') this.#trim(view, clip, target.dataset['edge'] === 'start' ? 'start' : 'end', by, target);
    else this.#fade(view, clip, target.dataset['side'] === 'in' ? 'in' : 'out', by);
    return true;
  }

  /** A focused slider keeps its arrows to itself, so those of the playhead are run from here. */
  #toCut(event: KeyboardEvent, view: TimelineView): boolean {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return false;
    const id = event.key === 'ArrowUp' ? 'previousEditPoint' : 'nextEditPoint';
    return studioCommand(id).run(view.project);
  }

  #trim(view: TimelineView, clip: ClipRecord, edge: 'start' | 'end', by: number, slider: HTMLElement): void {
    const from = edge === 'start' ? clip.startFrame : endFrame(clip);
    const frame = clamp(from + by, Number(slider.ariaValueMin), Number(slider.ariaValueMax));
    view.editor.runMerged(`trim ${edge} ${clip.id}`, 'clip.trim', { clipId: clip.id, edge, frame });
  }

  #fade(view: TimelineView, clip: ClipRecord, side: 'in' | 'out', by: number): void {
    const key = side === 'in' ? 'fadeInFrames' : 'fadeOutFrames';
    const other = getProperty(clip, side === 'in' ? 'fadeOutFrames' : 'fadeInFrames');
    const value = clamp(getProperty(clip, key) + by, 0, Math.max(0, clip.durationFrames - other));
    view.editor.runMerged(`fade ${side} ${clip.id}`, 'clip.setProperty', { clipIds: [clip.id], key, value });
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
