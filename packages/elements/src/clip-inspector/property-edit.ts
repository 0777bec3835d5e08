import type { Editor, EditorGesture } from '@lectern/core';
import type { ClipId, PropertyKey, PropertyValue } from '@lectern/timeline';

/**
 * Changes a property of clips so that one movement is one step of the history: a slider that is dragged previews until
 * it is let go, keys and typed numbers that follow each other closely are one step too.
 */
export class PropertyEdit {
  #gesture: EditorGesture<'property'> | null = null;
  #about = '';
  #dragging = false;

  /** The pointer went down on the slider of a property. */
  press(): void {
    this.#dragging = true;
  }

  /** A value on its way. */
  input(editor: Editor, clipIds: readonly ClipId[], key: PropertyKey, value: PropertyValue): void {
    if (!this.#dragging) {
      this.set(editor, clipIds, key, value);
      return;
    }
    const about = `${key}:${clipIds.join()}`;
    if (!this.#gesture?.active || about !== this.#about) {
      this.#gesture?.cancel();
      this.#gesture = editor.begin('property', { clipIds, key });
      this.#about = about;
    }
    this.#gesture?.preview({ value });
  }

  /** The slider was let go. */
  release(): void {
    this.#dragging = false;
    const gesture = this.#gesture;
    this.#gesture = null;
    if (gesture?.active) gesture.commit();
  }

  cancel(): void {
    this.#dragging = false;
    this.#gesture?.cancel();
    this.#gesture = null;
  }

  /** A value that stands; quick repeats are one step of the history. */
  set(editor: Editor, clipIds: readonly ClipId[], key: PropertyKey, value: PropertyValue): boolean {
    return editor.runMerged(`property:${key}:${clipIds.join()}`, 'clip.setProperty', { clipIds, key, value });
  }
}
