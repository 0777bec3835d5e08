import type { FrameRate } from '@lectern/timeline';
import { type PlaybackClock, soundClock } from './playback-clock.js';
import { isHeardAt } from './shuttle-sound.js';
import { type MixSound, SoundPlayer } from './sound-player.js';

interface OpenAudio {
  readonly context: AudioContext;
  readonly gain: GainNode;
  readonly player: SoundPlayer;
}

/** A start that is heard, or would be if there were anything: `time` of the sound card's clock. */
export interface SoundStart {
  readonly clock: PlaybackClock;
  readonly time: number;
}

/** The sound card of a preview: its clock, which is playback's, and what is heard. */
export class PreviewAudio {
  readonly #mix: MixSound;
  readonly #onInterrupted: () => void;
  #open: OpenAudio | null = null;
  #volume = 1;

  /** @param onInterrupted hears when the sound card stops in the middle: a call comes in, the device is unplugged */
  constructor(mix: MixSound, onInterrupted: () => void) {
    this.#mix = mix;
    this.#onInterrupted = onInterrupted;
  }

  setVolume(volume: number): void {
    this.#volume = Math.max(0, Math.min(1, volume));
    // A jump would click.
    this.#open?.gain.gain.setTargetAtTime(this.#volume, this.#open.context.currentTime, 0.015);
  }

  /**
   * Starts at a frame. Null where there is no sound card, or the page may not use it.
   *
   * @param isCurrent whether somebody still wants it, asked after each wait
   */
  async start(
    frame: number,
    endFrame: number,
    frameRate: FrameRate,
    rate: number,
    isCurrent: () => boolean,
  ): Promise<SoundStart | null> {
    const open = this.#context();
    if (!open) return null;
    const clock = await soundClock(open.context);
    if (!clock || !isCurrent()) return null;
    // What is too fast to be understood is silent; the clock stays the same.
    if (!isHeardAt(rate)) return { clock, time: clock.now() };
    const time = await open.player.start(frame, endFrame, frameRate, rate).catch(() => null);
    return time === null ? { clock, time: clock.now() } : { clock, time };
  }

  /** The document is another: what isn't heard yet is mixed anew. */
  refresh(endFrame: number, frameRate: FrameRate): void {
    this.#open?.player.refresh(endFrame, frameRate);
  }

  stop(): void {
    this.#open?.player.stop();
  }

  dispose(): void {
    this.stop();
    void this.#open?.context.close().catch(() => undefined);
    this.#open = null;
  }

  #context(): OpenAudio | null {
    if (this.#open) return this.#open;
    try {
      const context = new AudioContext({ latencyHint: 'interactive' });
      const gain = context.createGain();
      gain.gain.value = this.#volume;
      gain.connect(context.destination);
      // Silence that never ends: a card with nothing to play may be put to sleep, and its clock with it.
      const silence = context.createConstantSource();
      silence.offset.value = 0;
      silence.connect(context.destination);
      silence.start();
      context.addEventListener('statechange', () => {
        if (context.state !== 'running' && context.state !== 'closed') this.#onInterrupted();
      });
      this.#open = { context, gain, player: new SoundPlayer(context, gain, this.#mix) };
    } catch {
      // No sound card, or too many contexts: it plays without sound.
      this.#open = null;
    }
    return this.#open;
  }
}
