const storageKey = 'lectern.studio.single-keys';
let here: boolean | null = null;

/** Whether keys without Ctrl, ⌘ or Alt work; a person switches them off in the help, for this browser. */
export function readSingleKeys(): boolean {
  if (here !== null) return here;
  try {
    here = localStorage.getItem(storageKey) !== 'off';
  } catch {
    here = true;
  }
  return here;
}

export function writeSingleKeys(on: boolean): void {
  here = on;
  try {
    if (on) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, 'off');
  } catch {
    // Denied: it then holds for this page.
  }
}
