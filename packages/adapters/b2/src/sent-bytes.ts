/** Counts what the store has, and what is on its way there. */
export class SentBytes {
  readonly #onProgress: ((storedBytes: number) => void) | undefined;
  readonly #onTheirWay = new Map<number, number>();
  #stored = 0;
  #told = -1;

  constructor(onProgress: ((storedBytes: number) => void) | undefined) {
    this.#onProgress = onProgress;
  }

  /** What the store says it has; nothing is on its way. */
  begin(storedBytes: number): void {
    this.#stored = storedBytes;
    this.#onTheirWay.clear();
    this.#tell();
  }

  moved(part: number, sentBytes: number): void {
    this.#onTheirWay.set(part, sentBytes);
    this.#tell();
  }

  failed(part: number): void {
    this.#onTheirWay.delete(part);
    this.#tell();
  }

  arrived(part: number, sizeBytes: number): void {
    this.#onTheirWay.delete(part);
    this.#stored += sizeBytes;
    this.#tell();
  }

  #tell(): void {
    let sum = this.#stored;
    for (const bytes of this.#onTheirWay.values()) sum += bytes;
    if (sum === this.#told) return;
    this.#told = sum;
    this.#onProgress?.(sum);
  }
}
