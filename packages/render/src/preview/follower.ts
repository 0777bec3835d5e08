import { type FrameGraph, type ImageLayer, type TimelineDocument, type VideoLayer, evaluate } from '@lectern/timeline';
import { DropCounter, type Pace, dueFrame, untilNext } from './frame-pace.js';
import type { PictureSupply } from './picture-supply.js';
import type { FrameView } from './seeker.js';

/** Clips are opened this long before they show, in seconds. */
const warmSeconds = 0.5;
const retryMilliseconds = 50;

export interface FollowerView extends FrameView {
  readonly document: () => TimelineDocument;
  /** A look at the clock was taken; frames with a fraction. */
  readonly ticked: (frame: number) => void;
}

/** Shows the frame that is due by a clock that somebody else keeps; what comes too late is passed over and counted. */
export class Follower {
  readonly #supply: Pick<PictureSupply, 'following' | 'backwards' | 'warm' | 'focusOn'>;
  readonly #view: FollowerView;
  readonly #drops = new DropCounter();
  #pace: Pace | null = null;
  #rate = 1;
  #suspended = false;
  #shown = -1;
  #warmed = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;

  constructor(supply: Pick<PictureSupply, 'following' | 'backwards' | 'warm' | 'focusOn'>, view: FollowerView) {
    this.#supply = supply;
    this.#view = view;
  }

  get isPlaying(): boolean {
    return this.#pace !== null;
  }

  get droppedFrames(): number {
    return this.#drops.count;
  }

  /** @param anew it begins, or goes on from elsewhere */
  follow(pace: Pace, rate: number, anew: boolean): void {
    this.#pace = pace;
    this.#rate = rate;
    if (anew) {
      this.#drops.begin();
      this.#shown = -1;
      this.#warmed = -1;
    }
    if (!this.#suspended && !this.#busy) this.#schedule(0);
  }

  stop(): void {
    this.#pace = null;
    clearTimeout(this.#timer);
  }

  /** Nobody looks: nothing is drawn, and nothing that isn't drawn is dropped. */
  suspend(): void {
    this.#suspended = true;
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.#suspended = false;
    this.#drops.begin();
    this.#shown = -1;
    if (this.#pace && !this.#busy) this.#schedule(0);
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#busy = true;
      this.#tick().then(
        () => {
          this.#busy = false;
          if (this.#pace && !this.#suspended) this.#schedule(this.#untilNext(this.#pace));
        },
        (error: unknown) => {
          this.#busy = false;
          this.#view.fail(error);
          if (this.#pace && !this.#suspended) this.#schedule(retryMilliseconds);
        },
      );
    }, milliseconds);
  }

  /** Milliseconds until there is something to show: none when the next frame began while this one was drawn. */
  #untilNext(pace: Pace): number {
    const now = this.#now();
    return this.#due(pace, now).frame === this.#shown ? untilNext(pace, now) : 0;
  }

  #due(pace: Pace, now: number): FrameGraph {
    return this.#view.graph(Math.max(0, dueFrame(pace, now)));
  }

  async #tick(): Promise<void> {
    const pace = this.#pace;
    if (!pace) return;
    const graph = this.#due(pace, this.#now());
    if (graph.frame !== this.#shown) {
      this.#supply.focusOn(graph, pace.speed < 0 ? -1 : 1);
      this.#warm(graph.frame, pace);
      const set = await (pace.speed < 0
        ? this.#supply.backwards(graph, Math.abs(this.#rate))
        : this.#supply.following(graph));
      try {
        // It may have stopped, or gone elsewhere, while the picture was decoded.
        if (!this.#isWanted(graph, pace)) return;
        this.#view.show(graph, set, set.lag === 0);
        this.#shown = graph.frame;
        this.#drops.shown(graph.frame, Math.abs(this.#rate));
      } finally {
        set.close();
      }
    }
    this.#view.ticked(dueFrame(this.#pace ?? pace, this.#now()));
  }

  #isWanted({ frame }: FrameGraph, begun: Pace): boolean {
    const pace = this.#pace;
    if (!pace || this.#suspended) return false;
    if (pace === begun) return true;
    // A correction of the clock leaves it where it was, within a few frames; another place doesn't.
    const moved = Math.abs(dueFrame(pace, this.#now()) - dueFrame(begun, this.#now()));
    return Math.sign(pace.speed) === Math.sign(begun.speed) && moved < 3 && frame >= 0;
  }

  /** Opens what comes next, half a second before. */
  #warm(frame: number, { speed }: Pace): void {
    const ahead = Math.round(frame + warmSeconds * 1000 * speed);
    if (Math.abs(ahead - this.#warmed) < 5 || ahead < 0) return;
    this.#warmed = ahead;
    const document = this.#view.document();
    const layers = this.#view.graph(ahead).layers.flatMap((layer): readonly (VideoLayer | ImageLayer)[] => {
      if (layer.kind === 'image') return [layer];
      if (layer.kind !== 'video') return [];
      const clip = document.clips.get(layer.clipId);
      if (!clip) return [];
      const edge = speed < 0 ? clip.startFrame + clip.durationFrames - 1 : clip.startFrame;
      const first = evaluate(document, edge).layers.find(({ clipId }) => clipId === layer.clipId);
      return first?.kind === 'video' ? [first] : [layer];
    });
    this.#supply.warm(layers);
  }

  #now(): number {
    return performance.timeOrigin + performance.now();
  }
}
