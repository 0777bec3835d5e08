const storageKey = 'lectern.preview.proxies';
let here: boolean | null = null;

/** Whether proxies are shown where there are any; a person switches to the originals at the picture, for this browser. */
export function readProxySetting(): boolean {
  if (here !== null) return here;
  try {
    here = localStorage.getItem(storageKey) !== 'off';
  } catch {
    here = true;
  }
  return here;
}

export function writeProxySetting(on: boolean): void {
  here = on;
  try {
    if (on) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, 'off');
  } catch {
    // Denied: it then holds for this page.
  }
}
