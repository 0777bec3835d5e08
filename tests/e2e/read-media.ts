import type { BrowserContext } from 'playwright-core';
import type { FrameCode, PictureRegion } from '../../packages/testing/src/frame-code.js';
import type { HeardTone } from '../../packages/testing/src/tone-code.js';

/** One picture of a file, in the order of presentation. */
export interface ReadPicture {
  /** Seconds. */
  readonly timestamp: number;
  readonly duration: number;
  /** Null where the strip can't be read. */
  readonly code: FrameCode | null;
  readonly flash: boolean;
  /** Mean red, green, blue (0…255) of each region that was asked for. */
  readonly colours: readonly (readonly number[])[];
}

/** A piece of sound of the length that was asked for. */
export interface ReadSound {
  /** Seconds. */
  readonly start: number;
  /** Loudest first. */
  readonly tones: readonly HeardTone[];
  /** Linear. */
  readonly peak: number;
}

/** What a media file holds. */
export interface ReadMedia {
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  readonly durationSeconds: number;
  readonly video: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly pictures: readonly ReadPicture[];
  } | null;
  readonly audio: {
    readonly codec: string;
    readonly sampleRate: number;
    readonly channels: number;
    readonly durationSeconds: number;
    readonly windows: readonly ReadSound[];
    /** When beeps start, in seconds. */
    readonly beeps: readonly number[];
  } | null;
}

/** How to read. */
export interface ReadOptions {
  /** Where the numbered picture lies in the frame; all of it when left out. */
  readonly picture?: PictureRegion;
  /** Parts of the frame whose mean colour is wanted. */
  readonly regions?: readonly PictureRegion[];
  /** Length of the pieces of sound in seconds, 0.2 when left out. */
  readonly windowSeconds?: number;
}

/** The server's folders that the reader needs. */
export const readerMounts = {
  '/reader/': 'tests/e2e/reader',
  '/reader/mediabunny/': 'node_modules/mediabunny/dist/bundles',
  '/reader/codes/': 'packages/testing/dist',
};

/** Opens a file in a page of its own and reads all of it. */
export async function readMedia(
  context: BrowserContext,
  origin: string,
  file: string,
  { picture, regions = [], windowSeconds = 0.2 }: ReadOptions = {},
): Promise<ReadMedia> {
  const page = await context.newPage();
  try {
    await page.goto(`${origin}/reader/index.html`);
    await page.setInputFiles('#file', file);
    await page.waitForFunction(() => 'readMedia' in globalThis);
    return await page.evaluate(
      (options) => {
        const [chosen] = document.querySelector<HTMLInputElement>('#file')?.files ?? [];
        const reader = globalThis as unknown as {
          readMedia(blob: File | undefined, how: unknown): Promise<ReadMedia>;
        };
        return reader.readMedia(chosen, options);
      },
      { picture, regions, windowSeconds },
    );
  } finally {
    await page.close();
  }
}
