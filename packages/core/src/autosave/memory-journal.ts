import { applyWrite, byAge, checkEpoch, emptyImage, evicted, isUnsaved, quarantinedBy } from './journal-image.js';
import type { Journal, JournalImage, QuarantinedPart } from './journal.js';

/** A journal that is gone with the page: the last resort, and for tests. Sessions that share it see the same. */
export function memoryJournal(): Journal {
  const images = new Map<string, JournalImage>();
  let aside: readonly QuarantinedPart[] = [];
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
      if (image === undefined) return;
      const written = applyWrite(image, epoch, write);
      const part = quarantinedBy(image, write);
      if (part !== null) aside = [...aside, part];
      images.set(projectId, written);
    },
    quarantined: (projectId) => Promise.resolve(aside.filter((part) => part.projectId === projectId)),
    dropQuarantined(projectId) {
      aside = aside.filter((part) => part.projectId !== projectId);
      return Promise.resolve();
    },
    evict() {
      const oldest = [...images.values()]
        .sort((a, b) => byAge(a.meta, b.meta))
        .map(evicted)
        .find((image) => image !== null);
      if (oldest) images.set(oldest.meta.projectId, oldest);
      return Promise.resolve(oldest !== undefined);
    },
    unsaved: () => Promise.resolve([...images.values()].map((image) => image.meta).filter(isUnsaved)),
    close() {
      /* nothing is held */
    },
  };
}
