import { applyWrite, checkEpoch, emptyImage, isUnsaved } from './journal-image.js';
import type { Journal, JournalImage } from './journal.js';

/** A journal that is gone with the page: the last resort, and for tests. Sessions that share it see the same. */
export function memoryJournal(): Journal {
  const images = new Map<string, JournalImage>();
  return {
    kind: 'memory',
    read: (projectId) => Promise.resolve(images.get(projectId) ?? null),
    claim(projectId, initial) {
      const image = images.get(projectId) ?? emptyImage(projectId, initial);
      const claimed = { ...image, meta: { ...image.meta, epoch: image.meta.epoch + 1 } };
      images.set(projectId, claimed);
      return Promise.resolve(claimed);
    },
    async write(projectId, epoch, write) {
      await Promise.resolve();
      const image = images.get(projectId);
      checkEpoch(image?.meta, epoch);
      if (image !== undefined) images.set(projectId, applyWrite(image, epoch, write));
    },
    unsaved: () => Promise.resolve([...images.values()].map((image) => image.meta).filter(isUnsaved)),
    close() {
      /* nothing is held */
    },
  };
}
