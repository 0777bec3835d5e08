/**
 * Writes a small row again and again, and says how long each took, in milliseconds: how fast the machine's storage answers
 * somebody who does nothing else. What a page loses beyond that is the page's own doing.
 */
export {};

const pauseMs = 40;
const opening = indexedDB.open('canary', 1);
opening.onupgradeneeded = () => {
  opening.result.createObjectStore('rows');
};
opening.onsuccess = () => {
  const write = (): void => {
    const begun = Date.now();
    const transaction = opening.result.transaction('rows', 'readwrite', { durability: 'relaxed' });
    transaction.objectStore('rows').put(begun, 0);
    transaction.oncomplete = () => {
      const at = Date.now();
      postMessage({ at, ms: at - begun });
      setTimeout(write, pauseMs);
    };
  };
  write();
};
