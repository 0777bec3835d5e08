import type { UploadItem } from '@lectern/ports';
import { uploadStanding, uploadStatement, type Messages, type UploadStanding } from '@lectern/core';

export interface UploadNewsOptions {
  readonly messages: () => Messages;
  readonly now: () => Date;
  readonly say: (text: string) => void;
  readonly completed: (item: UploadItem) => void;
  readonly failed: (item: UploadItem) => void;
}

/** How long news are gathered, so that a batch is told in one sentence and not in a hundred. */
const gatherMs = 1200;

/**
 * Notices what became of uploads: tells the page of each, and says it once to who can't see it. Neither percentages nor
 * tries are said; what was there in the beginning is no news.
 */
export class UploadNews {
  readonly #options: UploadNewsOptions;
  #known: ReadonlyMap<string, UploadStanding> | null = null;
  readonly #fresh: Map<string, UploadItem> = new Map();
  #begun = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: UploadNewsOptions) {
    this.#options = options;
  }

  take(items: readonly UploadItem[]): void {
    const known = this.#known;
    this.#known = new Map(items.map((item) => [item.id, uploadStanding(item)]));
    if (known === null) return;
    for (const item of items) {
      const standing = uploadStanding(item);
      const before = known.get(item.id);
      if (before === undefined && standing === 'busy') this.#gather(null);
      if (before === standing) continue;
      if (standing === 'done') this.#options.completed(item);
      if (standing === 'failed') this.#options.failed(item);
      if (standing === 'done' || standing === 'failed' || standing === 'attention') this.#gather(item);
      else this.#fresh.delete(item.id);
    }
  }

  /** What comes next is the beginning of something else. */
  reset(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#known = null;
    this.#fresh.clear();
    this.#begun = 0;
  }

  #gather(item: UploadItem | null): void {
    if (item) this.#fresh.set(item.id, item);
    else this.#begun += 1;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#tell();
    }, gatherMs);
  }

  #tell(): void {
    const { messages: read, now, say } = this.#options;
    const messages = read();
    const fresh = [...this.#fresh.values()];
    const of = (...wanted: readonly UploadStanding[]): readonly UploadItem[] =>
      fresh.filter((item) => wanted.includes(uploadStanding(item)));
    const done = of('done');
    const failed = of('failed');
    const waiting = of('attention');
    const sentences: string[] = [];
    if (this.#begun > 0 && fresh.length === 0) sentences.push(messages.t('uploads.active', { count: this.#begun }));
    const [added] = done;
    if (done.length === 1 && added) sentences.push(messages.t('uploads.addedNamed', { name: added.fileName }));
    else if (done.length > 1) sentences.push(messages.t('uploads.finished', { count: done.length }));
    const [broken] = failed;
    if (failed.length === 1 && broken) {
      const { state, error } = uploadStatement(broken, messages, now());
      sentences.push(messages.t('uploads.failedNamed', { name: broken.fileName, reason: error?.title ?? state }));
    } else if (failed.length > 1) sentences.push(messages.t('uploads.failedCount', { count: failed.length }));
    const [first] = waiting;
    if (waiting.length === 1 && first) {
      const { state } = uploadStatement(first, messages, now());
      sentences.push(messages.t('uploads.needsYouNamed', { name: first.fileName, reason: state }));
    } else if (waiting.length > 1) sentences.push(messages.t('uploads.needYou', { count: waiting.length }));
    this.#fresh.clear();
    this.#begun = 0;
    if (sentences.length > 0) say(sentences.join('. '));
  }
}
