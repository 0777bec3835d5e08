import type { FrameGraph } from '@lectern/timeline';
import type { PictureSet } from './picture-set.js';
import type { PictureSupply } from './picture-supply.js';

/** While the pointer moves, exact pictures wait until it rests this long. */
const restMilliseconds = 120;
/** An exact picture that takes longer than this has a near one before it. */
const patienceMilliseconds = 90;
/** What a standing frame may need next is prepared once it has stood this long. */
const settleMilliseconds = 150;

/** What a seeker shows its frames on. */
export interface FrameView {
  readonly graph: (frame: number) => FrameGraph;
  /** Draws it; `set` is closed afterwards. */
  readonly show: (graph: FrameGraph, set: PictureSet, exact: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** What a seeker needs of a supply. */
export type SeekSupply = Pick<
  PictureSupply,
  'atHand' | 'nearest' | 'roughly' | 'exactly' | 'settle' | 'cancel' | 'focusOn'
>;

/**
 * Shows a frame that stands still. While it is dragged, what is at hand or the key frame before shows at once, and the
 * exact frame when the pointer rests. Whatever comes late for an older seek is never shown as exact, nor over the exact
 * picture of a later one.
 */
export class Seeker {
  readonly #supply: SeekSupply;
  readonly #view: FrameView;
  /** Counts seeks: what was begun for an older one is given up. */
  #turn = 0;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The frame that a near picture is wanted of; the newest only. */
  #roughWanted: FrameGraph | null = null;
  #isRough = false;
  #searching = false;

  constructor(supply: SeekSupply, view: FrameView) {
    this.#supply = supply;
    this.#view = view;
  }

  seek(frame: number, scrubbing: boolean): void {
    this.stop();
    const turn = this.#turn;
    const graph = this.#view.graph(frame);
    this.#supply.focusOn(graph, graph.frame < this.#last ? -1 : 1);
    this.#last = graph.frame;
    const atHand = this.#supply.atHand(graph);
    if (atHand) {
      this.#show(graph, atHand, true);
      this.#settleLater(graph, turn);
      return;
    }
    if (scrubbing) {
      this.#showRoughly(graph);
      this.#after(restMilliseconds, () => this.#showExactly(graph, turn));
    } else {
      this.#guard(this.#showExactly(graph, turn));
      this.#after(patienceMilliseconds, () => {
        this.#showRoughly(graph);
        return Promise.resolve();
      });
    }
  }

  /** Gives up what is being looked for. */
  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#roughWanted = null;
    if (this.#searching) this.#supply.cancel();
    this.#searching = false;
  }

  async #showExactly(graph: FrameGraph, turn: number): Promise<void> {
    this.#searching = true;
    const set = await this.#supply.exactly(graph);
    if (turn !== this.#turn) {
      set?.close();
      return;
    }
    this.#searching = false;
    this.#roughWanted = null;
    clearTimeout(this.#timer);
    if (!set) return;
    this.#show(graph, set, true);
    this.#settleLater(graph, turn);
  }

  #settleLater(graph: FrameGraph, turn: number): void {
    this.#after(settleMilliseconds, async () => {
      if (turn !== this.#turn) return;
      this.#searching = true;
      await this.#supply.settle(graph);
      if (turn === this.#turn) this.#searching = false;
    });
  }

  /** One near picture is looked for at a time; seeks that come in the meantime leave only the newest to be next. */
  #showRoughly(graph: FrameGraph): void {
    this.#roughWanted = graph;
    if (this.#isRough) {
      // Something now, however far off, rather than nothing until the one under way is there.
      const nearest = this.#supply.nearest(graph);
      if (nearest) this.#show(graph, nearest, false);
      return;
    }
    this.#isRough = true;
    this.#guard(
      this.#roughLoop().finally(() => {
        this.#isRough = false;
      }),
    );
  }

  async #roughLoop(): Promise<void> {
    for (let graph = this.#roughWanted; graph !== null; graph = this.#roughWanted) {
      const set = await this.#supply.roughly(graph);
      const wanted = this.#newestWanted();
      if (wanted === null) {
        set.close();
        return;
      }
      // A later seek that still waits for its own picture is better served by this one than by none.
      this.#show(graph, set, false);
      if (wanted === graph) this.#roughWanted = null;
    }
  }

  /** Asked for after a wait, in which it may have changed. */
  #newestWanted(): FrameGraph | null {
    return this.#roughWanted;
  }

  #show(graph: FrameGraph, set: PictureSet, exact: boolean): void {
    try {
      this.#view.show(graph, set, exact);
    } finally {
      set.close();
    }
  }

  #after(milliseconds: number, act: () => Promise<void>): void {
    this.#timer = setTimeout(() => {
      this.#guard(act());
    }, milliseconds);
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#view.fail(error);
    });
  }
}
