import type { Editor } from '@lectern/core';
import { getProperty, type ClipRecord } from '@lectern/timeline';
import type { PointerDragController } from '../foundation/pointer-drag-controller.js';
import type { HandleKind } from './transform-handles.js';

interface TransformTarget {
  readonly editor: Editor;
  readonly clip: ClipRecord;
  /** Where the picture lies on the screen. */
  readonly picture: DOMRect;
}

/** Near the middle of the picture a moved clip sticks to it: this far, in fractions of the picture; Alt moves freely. */
const centreSnap = 0.012;

/** Moves and sizes a clip on the picture by hand; however many moves, one step of the history, and Escape takes it back. */
export class TransformDrag {
  readonly #drag: PointerDragController;

  constructor(drag: PointerDragController) {
    this.#drag = drag;
  }

  begin(event: PointerEvent, kind: HandleKind, target: TransformTarget): void {
    if (kind === 'move') this.#move(event, target);
    else this.#scale(event, target);
  }

  #move(event: PointerEvent, { editor, clip, picture }: TransformTarget): void {
    const fromX = getProperty(clip, 'positionX');
    const fromY = getProperty(clip, 'positionY');
    let gesture: ReturnType<typeof editor.begin<'property'>> = null;
    this.#drag.begin(event, {
      start: () => {
        gesture = editor.begin('property', { clipIds: [clip.id], key: 'positionX' });
        return gesture !== null;
      },
      move: (at) => {
        const settle = (value: number): number =>
          !at.altKey && Math.abs(value) < centreSnap ? 0 : Math.round(value * 1000) / 1000;
        gesture?.preview({
          value: settle(fromX + (at.clientX - event.clientX) / picture.width),
          also: { positionY: settle(fromY + (at.clientY - event.clientY) / picture.height) },
        });
      },
      end: () => {
        gesture?.commit();
      },
      cancel: () => {
        gesture?.cancel();
      },
    });
  }

  #scale(event: PointerEvent, { editor, clip, picture }: TransformTarget): void {
    const from = getProperty(clip, 'scale');
    const centreX = picture.left + picture.width * (0.5 + getProperty(clip, 'positionX'));
    const centreY = picture.top + picture.height * (0.5 + getProperty(clip, 'positionY'));
    const distance = (at: PointerEvent): number => Math.hypot(at.clientX - centreX, at.clientY - centreY);
    const start = Math.max(1, distance(event));
    let gesture: ReturnType<typeof editor.begin<'property'>> = null;
    this.#drag.begin(event, {
      start: () => {
        gesture = editor.begin('property', { clipIds: [clip.id], key: 'scale' });
        return gesture !== null;
      },
      move: (at) => {
        gesture?.preview({
          value: Math.round(Math.min(20, Math.max(0.01, (from * distance(at)) / start)) * 100) / 100,
        });
      },
      end: () => {
        gesture?.commit();
      },
      cancel: () => {
        gesture?.cancel();
      },
    });
  }
}
