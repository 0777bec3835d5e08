import type { PreviewState } from '@lectern/ports';

/** Frames after which a share of dropped ones means something. */
const enoughFrames = 60;
const worthTelling = 0.1;

/** Watches a run of playback for frames that were skipped. One run lasts from play to pause. */
export class PlaybackWatch {
  #startFrame = 0;
  #startDropped = 0;
  #playing = false;
  #share: number | null = null;

  /** The share of skipped frames of this run, 0…1, or null while there is nothing to tell. */
  get droppedShare(): number | null {
    return this.#share;
  }

  observe(state: PreviewState): void {
    const playing = state.status === 'playing';
    if (playing && !this.#playing) {
      this.#startFrame = state.frame;
      this.#startDropped = state.droppedFrames;
      this.#share = null;
    }
    this.#playing = playing;
    if (!playing) {
      this.#share = null;
      return;
    }
    const frames = Math.abs(state.frame - this.#startFrame);
    if (frames < enoughFrames) return;
    const share = Math.min(1, (state.droppedFrames - this.#startDropped) / frames);
    // Whole percents: a hint that changes with every frame can't be read.
    this.#share = share >= worthTelling ? Math.round(share * 100) / 100 : null;
  }

  reset(): void {
    this.#playing = false;
    this.#share = null;
  }
}
