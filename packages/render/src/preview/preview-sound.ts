import { type TimelineDocument, applyChange, documentFromRecords, soundSpans } from '@lectern/timeline';
import { SpanSounds } from '../export/span-sounds.js';
import type { MediaLibrary } from '../media/media-library.js';
import type { PreviewOrder, PreviewSoundRequest, SoundBlock } from '../worker/protocol.js';
import { ShuttleSound } from './shuttle-sound.js';

/** The sound of a preview: the export's own mixer, read block after block as the page needs it. */
export class PreviewSound {
  readonly #library: MediaLibrary;
  #document: TimelineDocument = documentFromRecords([]);
  #sounds: SpanSounds | null = null;
  #run: ShuttleSound | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(library: MediaLibrary) {
    this.#library = library;
  }

  obey(order: PreviewOrder): void {
    if (order.order === 'close') this.close();
    if (order.order !== 'document' && order.order !== 'change') return;
    this.#document =
      order.order === 'document' ? documentFromRecords(order.records) : applyChange(this.#document, order.change);
    this.#library.keepOnly(new Set(this.#document.assets.keys()));
    this.#run = null;
  }

  close(): void {
    this.#run = null;
    this.#sounds?.closeAll();
    this.#sounds = null;
    this.#library.close();
  }

  mix(request: PreviewSoundRequest): Promise<SoundBlock> {
    const turn = this.#turn.then(() => this.#mix(request));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #mix({ from, length, sampleRate, rate }: PreviewSoundRequest): Promise<SoundBlock> {
    if (from !== null) this.#run = this.#begin(from, sampleRate, rate);
    // The document has changed under it: the page asks again from where it is.
    if (!this.#run) return { left: new Float32Array(length), right: new Float32Array(length) };
    const { left, right } = await this.#run.next(length);
    return { left: left as Float32Array<ArrayBuffer>, right: right as Float32Array<ArrayBuffer> };
  }

  #begin(from: number, sampleRate: number, rate: number): ShuttleSound {
    const document = this.#document;
    this.#sounds?.closeAll();
    const sounds = new SpanSounds(document, this.#library);
    this.#sounds = sounds;
    const settings = {
      spans: soundSpans(document),
      frameRate: document.settings.frameRate,
      sampleRate,
      // A clip whose sound is missing is silent here; the export will say so.
      sourceOf: (span: Parameters<SpanSounds['of']>[0]) => sounds.of(span).catch(() => null),
    };
    return new ShuttleSound(settings, from, rate);
  }
}
