/**
 * Dragging assets across components by pointer events (the browser's own drag and drop fires nothing useful inside
 * shadow roots and does not exist on touch). The source calls `startAssetDrag` from a `pointerdown`; the deepest element
 * under the pointer gets composed, bubbling events, so a target listens on itself and the source knows no target:
 *
 * - `lectern-asset-drag-over` (cancelable: `preventDefault()` accepts), `lectern-asset-drag-leave`, `lectern-asset-drop`.
 *
 * Every drag has an alternative that doesn't drag: the same assets go through *Add to timeline*.
 */
export interface AssetDragDetail {
  readonly assetIds: readonly string[];
  /** Client coordinates in CSS pixels. */
  readonly clientX: number;
  readonly clientY: number;
}

export interface AssetDragOptions {
  readonly assetIds: readonly string[];
  /** What follows the pointer; it is put into the source's shadow root and removed at the end. */
  readonly ghost: HTMLElement;
  /** Called once the pointer has moved far enough that this is a drag and not a click. */
  readonly onStart?: () => void;
  readonly onEnd?: (dropped: boolean) => void;
}

const startDistance = 5;

/** The deepest element under a point, through open shadow roots. */
export function deepElementFromPoint(clientX: number, clientY: number): Element | null {
  let element = document.elementFromPoint(clientX, clientY);
  for (;;) {
    const inner = element?.shadowRoot?.elementFromPoint(clientX, clientY) ?? null;
    if (!inner || inner === element) return element;
    element = inner;
  }
}

/** Begins a drag at a `pointerdown`; Escape or a lost pointer cancels it. */
export function startAssetDrag(event: PointerEvent, options: AssetDragOptions): void {
  if (event.button !== 0 || !event.isPrimary) return;
  const source = event.currentTarget as HTMLElement;
  const { pointerId, clientX: startX, clientY: startY } = event;
  let active = false;
  let over: Element | null = null;
  let accepted = false;
  let frame = 0;
  let last: PointerEvent = event;

  const detail = (at: PointerEvent): AssetDragDetail => ({
    assetIds: options.assetIds,
    clientX: at.clientX,
    clientY: at.clientY,
  });
  const send = (target: Element, type: string, at: PointerEvent): boolean =>
    !target.dispatchEvent(
      new CustomEvent(type, { detail: detail(at), bubbles: true, composed: true, cancelable: true }),
    );

  const track = (): void => {
    frame = 0;
    options.ghost.style.transform = `translate(${String(last.clientX + 12)}px, ${String(last.clientY + 12)}px)`;
    const target = deepElementFromPoint(last.clientX, last.clientY);
    if (over && over !== target) send(over, 'lectern-asset-drag-leave', last);
    over = target;
    accepted = target ? send(target, 'lectern-asset-drag-over', last) : false;
    options.ghost.toggleAttribute('data-accepted', accepted);
  };
  const onMove = (move: PointerEvent): void => {
    if (move.pointerId !== pointerId) return;
    last = move;
    if (!active) {
      if (Math.hypot(move.clientX - startX, move.clientY - startY) < startDistance) return;
      active = true;
      source.setPointerCapture(pointerId);
      (source.getRootNode() as ShadowRoot | Document).appendChild(options.ghost);
      options.onStart?.();
    }
    move.preventDefault();
    if (!frame) frame = requestAnimationFrame(track);
  };
  const finish = (dropped: boolean, at: PointerEvent): void => {
    source.removeEventListener('pointercancel', onCancel);
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('pointermove', onMove);
    window.removeEventListener('pointerup', onUp);
    if (frame) cancelAnimationFrame(frame);
    options.ghost.remove();
    if (!active) return;
    if (over) send(over, dropped ? 'lectern-asset-drop' : 'lectern-asset-drag-leave', at);
    options.onEnd?.(dropped);
  };
  const onUp = (up: PointerEvent): void => {
    if (up.pointerId !== pointerId) return;
    if (active) {
      last = up;
      track();
    }
    finish(active && accepted, up);
  };
  const onCancel = (cancel: PointerEvent): void => {
    if (cancel.pointerId === pointerId) finish(false, cancel);
  };
  const onKey = (key: KeyboardEvent): void => {
    if (key.key !== 'Escape' || !active) return;
    key.preventDefault();
    key.stopPropagation();
    finish(false, last);
  };
  window.addEventListener('pointermove', onMove);
  window.addEventListener('pointerup', onUp);
  source.addEventListener('pointercancel', onCancel);
  window.addEventListener('keydown', onKey, true);
}
