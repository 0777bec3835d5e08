import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** What a drag inside one element does. Positions are client coordinates in CSS pixels. */
export interface PointerDragHandlers {
  /** The pointer moved past the threshold. Return false to let the press be a click. */
  readonly start: (event: PointerEvent) => boolean | undefined;
  /** At most once per animation frame. */
  readonly move: (event: PointerEvent) => void;
  readonly end: (event: PointerEvent) => void;
  /** Escape, a lost pointer, or the host left the page. */
  readonly cancel: () => void;
}

/** One drag at a time inside its host, with mouse, pen or finger; Escape cancels. */
export class PointerDragController implements ReactiveController {
  #stop: (() => void) | null = null;

  constructor(host: ReactiveControllerHost) {
    host.addController(this);
  }

  get active(): boolean {
    return this.#stop !== null;
  }

  /** Call it from `pointerdown`. `threshold` in CSS pixels; 0 starts at once. */
  begin(event: PointerEvent, handlers: PointerDragHandlers, threshold = 3): void {
    if (event.button !== 0 || !event.isPrimary) return;
    this.#stop?.();
    const target = event.currentTarget as HTMLElement;
    const { pointerId, clientX, clientY } = event;
    let started = false;
    let frame = 0;
    let last = event;

    const cleanUp = (): void => {
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', onCancel);
      window.removeEventListener('keydown', onKey, true);
      if (frame) cancelAnimationFrame(frame);
      frame = 0;
      this.#stop = null;
    };
    const start = (at: PointerEvent): void => {
      if (handlers.start(at) === false) {
        cleanUp();
        return;
      }
      started = true;
      if (target.isConnected) target.setPointerCapture(pointerId);
    };
    const onMove = (move: PointerEvent): void => {
      if (move.pointerId !== pointerId) return;
      last = move;
      if (!started) {
        if (Math.hypot(move.clientX - clientX, move.clientY - clientY) < threshold) return;
        start(event);
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- start() sets it
        if (!started) return;
      }
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        handlers.move(last);
      });
    };
    const onUp = (up: PointerEvent): void => {
      if (up.pointerId !== pointerId) return;
      const wasStarted = started;
      cleanUp();
      if (!wasStarted) return;
      handlers.move(up);
      handlers.end(up);
    };
    const cancel = (): void => {
      const wasStarted = started;
      cleanUp();
      if (wasStarted) handlers.cancel();
    };
    const onCancel = (lost: PointerEvent): void => {
      if (lost.pointerId === pointerId) cancel();
    };
    const onKey = (key: KeyboardEvent): void => {
      if (key.key !== 'Escape') return;
      key.preventDefault();
      key.stopPropagation();
      cancel();
    };
    this.#stop = cancel;
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', onCancel);
    window.addEventListener('keydown', onKey, true);
    if (threshold === 0) start(event);
  }

  hostDisconnected(): void {
    this.#stop?.();
  }
}
