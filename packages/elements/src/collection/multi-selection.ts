/** What a press means for a selection: this one only, this one too or not, from the anchor to here, and that added. */
export type SelectMode = 'only' | 'toggle' | 'range' | 'add-range';

export interface MultiSelection {
  /** In the order of choosing. */
  readonly ids: readonly string[];
  /** Where a range begins. */
  readonly anchorId: string | null;
}

export const emptySelection: MultiSelection = { ids: [], anchorId: null };

/** What the modifier keys of a press or a key mean; Ctrl and ⌘ are one. */
export function selectModeOf(event: MouseEvent | KeyboardEvent): SelectMode {
  const add = event.ctrlKey || event.metaKey;
  if (event.shiftKey) return add ? 'add-range' : 'range';
  return add ? 'toggle' : 'only';
}

/** The selection after `id` of the list `order` was chosen in a mode. */
export function selectId(
  order: readonly string[],
  selection: MultiSelection,
  id: string,
  mode: SelectMode,
): MultiSelection {
  if (mode === 'only') return { ids: [id], anchorId: id };
  if (mode === 'toggle') {
    const ids = selection.ids.includes(id) ? selection.ids.filter((other) => other !== id) : [...selection.ids, id];
    return { ids, anchorId: id };
  }
  const to = order.indexOf(id);
  const from = selection.anchorId === null ? to : order.indexOf(selection.anchorId);
  if (to < 0 || from < 0) return { ids: [id], anchorId: id };
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  const kept = mode === 'add-range' ? selection.ids : [];
  return { ids: [...new Set([...kept, ...range])], anchorId: selection.anchorId ?? id };
}

/** Forgets what is no longer there. The same object when nothing is gone. */
export function keepSelected(selection: MultiSelection, exists: (id: string) => boolean): MultiSelection {
  if (selection.ids.every(exists)) return selection;
  const ids = selection.ids.filter(exists);
  return { ids, anchorId: selection.anchorId !== null && exists(selection.anchorId) ? selection.anchorId : null };
}
