import {
  LecternError,
  type ConversionForecast,
  type ConversionProgress,
  type MediaConverter,
  type PreparedConversion,
} from '@lectern/ports';

export interface FakeConverterOptions {
  readonly forecast?: Partial<ConversionForecast>;
  /** What looking at a file, or converting it, ends with. */
  readonly refusal?: LecternError;
  readonly failure?: LecternError;
  /** Stays there until it is ended. */
  readonly staysAt?: 'looking' | 'converting';
  /** How far it is when it stays at converting. */
  readonly progress?: ConversionProgress;
  /** The largest file that it takes, in bytes. */
  readonly maxBytes?: number;
  readonly kind?: 'video' | 'audio';
}

export interface FakeConverter extends MediaConverter {
  /** Files that were looked at and not let go of since. */
  readonly held: number;
  /** Results that weren't released. */
  readonly results: number;
}

const usual: ConversionForecast = {
  kind: 'video',
  videoCodec: 'mpeg2video',
  audioCodec: 'ac3',
  durationSeconds: 1500,
  keepsPictures: false,
  sizeBytes: 640_000_000,
  freeBytes: 20_000_000_000,
  seconds: 720,
};

/** Ends with the signal, and with nothing else. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => {
      reject(new LecternError('aborted'));
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** The boxes of an MP4 file without anything in them, which is enough for whoever looks at signatures. */
function emptyMp4(kind: 'video' | 'audio'): Uint8Array<ArrayBuffer> {
  const box = (name: string, content = ''): string =>
    `\0\0\0${String.fromCharCode(8 + content.length)}${name}${content}`;
  const brand = kind === 'video' ? 'isom' : 'M4A ';
  const text = box('ftyp', `${brand}\0\0\0\0`) + box('moov') + box('mdat');
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A converter that converts nothing: what comes out is an empty file. */
export function createFakeConverter(options: FakeConverterOptions = {}): FakeConverter {
  const { refusal, failure, staysAt, progress = { fraction: 0.34, secondsLeft: 475 }, kind = 'video' } = options;
  const held = new Set<object>();
  const results = new Set<object>();
  return {
    maxBytes: options.maxBytes ?? 4 * 1024 ** 3,
    get held() {
      return held.size;
    },
    get results() {
      return results.size;
    },
    async prepare(_file, { signal = new AbortController().signal } = {}): Promise<PreparedConversion> {
      if (staysAt === 'looking') await untilAborted(signal);
      if (refusal) throw refusal;
      const end = new AbortController();
      const prepared: PreparedConversion = {
        forecast: { ...usual, kind, ...options.forecast },
        async convert({ signal: stop = end.signal, onProgress } = {}) {
          onProgress?.(progress);
          if (staysAt === 'converting') await untilAborted(AbortSignal.any([stop, end.signal]));
          if (failure) throw failure;
          const result = {};
          results.add(result);
          return {
            file: new Blob([emptyMp4(kind)], { type: `${kind}/mp4` }),
            kind,
            mimeType: `${kind}/mp4`,
            extension: kind === 'video' ? 'mp4' : 'm4a',
            release: () => {
              results.delete(result);
              return Promise.resolve();
            },
          };
        },
        dispose: () => {
          held.delete(prepared);
          end.abort();
        },
      };
      held.add(prepared);
      return prepared;
    },
  };
}
