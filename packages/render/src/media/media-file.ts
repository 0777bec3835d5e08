import { LecternError, toLecternError } from '@lectern/ports';
import { ALL_FORMATS, BlobSource, Input, type InputAudioTrack, type InputVideoTrack } from 'mediabunny';
import { type DecoderLag, decoderLagOf } from './decoder-lag.js';
import { type ImageFacts, readImageFacts } from './image-header.js';
import { readITunesGaps } from './itunes-gapless.js';
import { readMp3Gaps } from './mp3-gapless.js';
import { settleColours } from './settle-colours.js';

/** Pictures with more pixels are refused before a decoder sees them: 64 million are 256 MB once decoded. */
export const maxImagePixels = 64_000_000;

/** A file with pictures over time, or sound, or both. */
export interface TimedMedia {
  readonly kind: 'video' | 'audio';
  readonly blob: Blob;
  readonly input: Input;
  readonly video: InputVideoTrack | null;
  readonly audio: InputAudioTrack | null;
  /**
   * The time in the file, in seconds, that is the source's 0: where the first picture is shown, or the first sample
   * heard in a file without pictures. What lies before 0 in the file (audio priming, pictures that an edit list cuts
   * off) isn't presented at all.
   */
  readonly origin: number;
  /** Seconds at the end of the file that an encoder has filled up and nobody should hear. */
  readonly padding: number;
  readonly decoderLag: DecoderLag | null;
}

/** A still. */
export interface StillMedia {
  readonly kind: 'image';
  readonly blob: Blob;
  readonly facts: ImageFacts;
}

export type MediaFile = TimedMedia | StillMedia;

/**
 * Opens a file by its bytes; its name and type say nothing.
 *
 * @throws LecternError `file-empty`, `file-type-unknown`, `file-truncated`
 */
export async function openMedia(blob: Blob): Promise<MediaFile> {
  if (blob.size === 0) throw new LecternError('file-empty');
  const image = await readImageFacts(blob);
  if (image) return { kind: 'image', blob, facts: image };

  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  try {
    return await openTimed(blob, input);
  } catch (error) {
    input.dispose();
    throw error instanceof Error && error.name === 'NotReadableError'
      ? new LecternError('source-missing', { cause: error })
      : toLecternError(error, 'file-truncated');
  }
}

async function openTimed(blob: Blob, input: Input): Promise<TimedMedia> {
  if (!(await input.canRead())) throw new LecternError('file-type-unknown');
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  const first = video ?? audio;
  if (!first) throw new LecternError('file-truncated', { message: 'there is no track in it' });
  const start = await first.getFirstTimestamp();
  if (video) await settleColours(video);
  const gaps = video || !audio ? null : await readGaps(blob, audio);
  const origin = gaps ? start + gaps.before : Math.max(0, start);
  const decoderLag = await decoderLagOf(audio, await input.getFormat());
  return { kind: video ? 'video' : 'audio', blob, input, video, audio, origin, padding: gaps?.after ?? 0, decoderLag };
}

/** Seconds before and after the sound that nobody should hear, where the container's times don't have them. */
async function readGaps(blob: Blob, audio: InputAudioTrack): Promise<{ before: number; after: number } | null> {
  const codec = await audio.getCodec();
  if (codec === 'mp3') {
    const gaps = await readMp3Gaps(blob);
    return gaps && { before: gaps.delay / gaps.sampleRate, after: gaps.padding / gaps.sampleRate };
  }
  if (codec !== 'aac') return null;
  const gaps = await readITunesGaps(blob);
  const sampleRate = await audio.getSampleRate();
  return gaps && { before: gaps.priming / sampleRate, after: gaps.padding / sampleRate };
}

/** Lets go of a file's decoders and buffers. */
export function closeMedia(media: MediaFile): void {
  if (media.kind !== 'image') media.input.dispose();
}
