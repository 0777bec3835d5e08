/** How close to an edge of the view a drag scrolls it, in CSS pixels. */
const edge = 36;
/** The fastest scroll, in CSS pixels per frame of the screen. */
const fastest = 22;

/** Scrolls a box while something is dragged at its edges, faster the nearer the pointer is to them or past them. */
export class EdgeScroller {
  readonly #box: () => DOMRect | null;
  readonly #scrollBy: (x: number, y: number) => void;
  readonly #onScroll: () => void;
  #frame = 0;
  #x = 0;
  #y = 0;

  /**
   * @param box the part of the view that shows the dragged things, in client coordinates
   * @param onScroll called after each step, so that the drag follows
   */
  constructor(box: () => DOMRect | null, scrollBy: (x: number, y: number) => void, onScroll: () => void) {
    this.#box = box;
    this.#scrollBy = scrollBy;
    this.#onScroll = onScroll;
  }

  /** Where the pointer is now, in client coordinates. */
  update(clientX: number, clientY: number): void {
    const box = this.#box();
    if (!box) return;
    this.#x = push(clientX, box.left, box.right);
    this.#y = push(clientY, box.top, box.bottom);
    if ((this.#x !== 0 || this.#y !== 0) && this.#frame === 0) this.#frame = requestAnimationFrame(this.#step);
  }

  stop(): void {
    if (this.#frame !== 0) cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#x = 0;
    this.#y = 0;
  }

  readonly #step = (): void => {
    this.#frame = 0;
    if (this.#x === 0 && this.#y === 0) return;
    this.#scrollBy(this.#x, this.#y);
    this.#onScroll();
    this.#frame ||= requestAnimationFrame(this.#step);
  };
}

function push(position: number, from: number, to: number): number {
  // A view smaller than its own edges would scroll both ways at once.
  if (to - from < edge * 3) return 0;
  const before = position - (from + edge);
  const after = position - (to - edge);
  const depth = before < 0 ? Math.max(-1, before / edge) : after > 0 ? Math.min(1, after / edge) : 0;
  return Math.round(depth * Math.abs(depth) * fastest) || Math.sign(depth);
}
