import { type TimelineDocument, applyChange, documentFromRecords, soundSpans } from '@lectern/timeline';
import { SpanSounds } from '../export/export-sound.js';
import type { MediaLibrary } from '../media/media-library.js';
import { MixStream } from '../sound/mixer.js';
import type { JobInput, PreviewOrder, SoundBlock } from '../worker/protocol.js';

/** The sound of a preview: the export's own mixer, read block after block as the page needs it. */
export class PreviewSound {
  readonly #library: MediaLibrary;
  #document: TimelineDocument = documentFromRecords([]);
  #sounds: SpanSounds | null = null;
  #stream: MixStream | null = null;
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
    this.#stream = null;
  }

  close(): void {
    this.#stream = null;
    this.#sounds?.closeAll();
    this.#sounds = null;
  }

  mix(input: JobInput<'mixForPreview'>): Promise<SoundBlock> {
    const turn = this.#turn.then(() => this.#mix(input));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #mix({ startSample, length, sampleRate, restart }: JobInput<'mixForPreview'>): Promise<SoundBlock> {
    let stream = this.#stream;
    if (!stream || restart || stream.position !== startSample) {
      const document = this.#document;
      this.#sounds?.closeAll();
      const sounds = new SpanSounds(document, this.#library);
      this.#sounds = sounds;
      stream = new MixStream(
        {
          spans: soundSpans(document),
          frameRate: document.settings.frameRate,
          sampleRate,
          // A clip whose sound is missing is silent here; the export will say so.
          sourceOf: (span) => sounds.of(span).catch(() => null),
        },
        startSample,
      );
      this.#stream = stream;
    }
    const { left, right } = await stream.next(length);
    return { left: left as Float32Array<ArrayBuffer>, right: right as Float32Array<ArrayBuffer> };
  }
}
