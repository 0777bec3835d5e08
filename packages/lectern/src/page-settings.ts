import { LecternError, parseInput } from '@lectern/ports';
import * as z from 'zod';
import type { CreateLecternOptions } from './create-lectern.js';

interface PageSettings {
  readonly url: string;
  readonly publishableKey: string;
  readonly signerUrl?: string | undefined;
  readonly placeName?: string | undefined;
  readonly maxBytes?: number | undefined;
}

const longest = 20_000;
const schema: z.ZodType<PageSettings> = z
  .object({
    url: z.url({ protocol: /^https?$/ }).max(2000),
    publishableKey: z.string().min(1).max(4000),
    signerUrl: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional(),
    placeName: z.string().min(1).max(200).optional(),
    maxBytes: z.number().int().min(1).optional(),
  })
  .strict();

/**
 * What a page without code says: `{"url", "publishableKey", "signerUrl"?, "placeName"?, "maxBytes"?}`. Words that can't be
 * followed count as none, with a warning for whoever made the page: people's work is kept in their browser then.
 */
export function supabaseFromSettings(text: string): CreateLecternOptions {
  try {
    if (text === '' || text.length > longest) {
      throw new LecternError('invalid-input', { message: 'there is no <script type="application/json"> in the tag' });
    }
    const { url, publishableKey, signerUrl, placeName, maxBytes } = parseInput(schema, JSON.parse(text));
    return {
      supabase: { url, publishableKey },
      ...(signerUrl === undefined ? {} : { b2: { signerUrl } }),
      ...(placeName === undefined ? {} : { placeName }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    };
  } catch (error) {
    console.warn(
      `Lectern: backend="supabase" isn't configured: ${error instanceof Error ? error.message : String(error)}`,
    );
    return { supabase: null };
  }
}
