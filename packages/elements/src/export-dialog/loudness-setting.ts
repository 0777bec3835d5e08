const storageKey = 'lectern.export.loudness';
/** What lectures are usually brought to. */
export const usualLoudness = -16;
let here: boolean | null = null;

/** Whether a person wants the loudness of exports evened out, in this browser. */
export function readLoudness(): boolean {
  if (here !== null) return here;
  try {
    here = localStorage.getItem(storageKey) === 'on';
  } catch {
    here = false;
  }
  return here;
}

export function writeLoudness(on: boolean): void {
  here = on;
  try {
    if (on) localStorage.setItem(storageKey, 'on');
    else localStorage.removeItem(storageKey);
  } catch {
    // Denied: it then holds for this page.
  }
}
