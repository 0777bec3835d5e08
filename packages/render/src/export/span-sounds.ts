import type { LecternError } from '@lectern/ports';
import type { SoundSpan, TimelineDocument } from '@lectern/timeline';
import type { MediaLibrary } from '../media/media-library.js';
import { TrackSound } from '../media/track-sound.js';
import { namingClip } from './clip-pictures.js';

/** The sound of each span, by clip: opened when its clip begins, closed once it is over. */
export class SpanSounds {
  readonly #document: TimelineDocument;
  readonly #library: MediaLibrary;
  readonly #sounds = new Map<string, Promise<TrackSound | null>>();

  constructor(document: TimelineDocument, library: MediaLibrary) {
    this.#document = document;
    this.#library = library;
  }

  /** @throws LecternError naming the clip */
  async of(span: SoundSpan): Promise<TrackSound | null> {
    let sound = this.#sounds.get(span.clipId);
    if (!sound) {
      sound = this.#library.timed(span.assetId).then((media) => TrackSound.open(media));
      this.#sounds.set(span.clipId, sound);
    }
    try {
      const opened = await sound;
      return opened && namingReads(opened, (error) => this.#name(error, span));
    } catch (error) {
      this.#sounds.delete(span.clipId);
      throw this.#name(error, span);
    }
  }

  #name(error: unknown, span: SoundSpan): LecternError {
    const clip = this.#document.clips.get(span.clipId)?.name ?? span.clipId;
    const asset = this.#document.assets.get(span.assetId)?.name ?? span.assetId;
    return namingClip(error, clip, span.startFrame, asset);
  }

  /** Closes what ended before a frame. */
  release(spans: readonly SoundSpan[], beforeFrame: number): void {
    for (const span of spans) {
      if (span.endFrame < beforeFrame) this.#close(span.clipId);
    }
  }

  closeAll(): void {
    for (const id of [...this.#sounds.keys()]) this.#close(id);
  }

  #close(clipId: string): void {
    const sound = this.#sounds.get(clipId);
    this.#sounds.delete(clipId);
    sound?.then((opened) => opened?.close()).catch(() => undefined);
  }
}

function namingReads(sound: TrackSound, name: (error: unknown) => LecternError): TrackSound {
  const read = sound.read.bind(sound);
  sound.read = (start, length) =>
    read(start, length).catch((error: unknown) => {
      throw name(error);
    });
  return sound;
}
