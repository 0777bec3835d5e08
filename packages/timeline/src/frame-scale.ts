import type { ClipRecord, SettingsRecord } from './records.js';

/** Frames of two documents beside each other: equal as they are, or less than a frame apart where the rates differ. */
export class FrameScale {
  readonly #factor: number;

  constructor({ frameRate: from }: SettingsRecord, { frameRate: to }: SettingsRecord) {
    this.#factor = (to.num * from.den) / (to.den * from.num);
  }

  get changes(): boolean {
    return this.#factor !== 1;
  }

  same(from: number, to: number): boolean {
    return this.#factor === 1 ? from === to : Math.abs(from * this.#factor - to) <= 1;
  }

  /** How far a clip went, in frames of the later document. */
  distance(from: ClipRecord, to: ClipRecord): number {
    return to.startFrame - Math.round(from.startFrame * this.#factor);
  }
}
