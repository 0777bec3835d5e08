import type { Editor, EditorGesture, GestureArgs, GestureKind, GesturePreview } from '@lectern/core';

/** A gesture of the editor that can also be led back to where it began. */
export interface ResettableGesture<Kind extends GestureKind> {
  readonly active: boolean;
  preview(args: GesturePreview<Kind>): boolean;
  /** Shows the document as it was; the gesture goes on. */
  reset(): void;
  commit(): boolean;
  cancel(): void;
}

/** Begins one; null when nothing may be edited. */
export function beginResettable<Kind extends GestureKind>(
  editor: Editor,
  kind: Kind,
  args: GestureArgs<Kind>,
): ResettableGesture<Kind> | null {
  let gesture: EditorGesture<Kind> | null = editor.begin(kind, args);
  let moved = false;
  if (!gesture) return null;
  return {
    get active() {
      return gesture?.active === true;
    },
    preview(preview) {
      const done = gesture?.preview(preview) ?? false;
      moved ||= done;
      return done;
    },
    reset() {
      if (!moved || gesture?.active !== true) return;
      moved = false;
      gesture.cancel();
      gesture = editor.begin(kind, args);
    },
    commit: () => gesture?.commit() ?? false,
    cancel() {
      gesture?.cancel();
    },
  };
}
