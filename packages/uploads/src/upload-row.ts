import type {
  AssetKind,
  AssetSourceType,
  Json,
  ProbeFacts,
  SerialisedError,
  Transfer,
  UploadDuplicate,
} from '@lectern/ports';

export const rowSchema = 1;

/** Where an upload is, as far as another page has to know. `cancelling`: its bytes are still to be taken away. */
export type RowStatus = 'open' | 'paused' | 'duplicate' | 'failed' | 'cancelling';

/**
 * One upload as it is written down: everything that another page needs to go on with it, and nothing that would let
 * anybody in: no token, no key, no presigned URL.
 */
export interface UploadRow {
  readonly schema: typeof rowSchema;
  readonly id: string;
  readonly namespace: string;
  /** Whose it is; nobody else sees it. */
  readonly userId: string;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly status: RowStatus;
  readonly error: SerialisedError | null;
  readonly file: {
    readonly name: string;
    readonly sizeBytes: number;
    /** Milliseconds since 1970; null for bytes that never were a file. */
    readonly lastModified: number | null;
    readonly fingerprint: string | null;
  };
  readonly asset: {
    readonly id: string;
    /** A version is added to it instead of making it. */
    readonly replaces: boolean;
    readonly kind: AssetKind;
    readonly mimeType: string;
    readonly sourceType: AssetSourceType;
    readonly studioMetadata: Readonly<Record<string, Json>>;
    readonly tags: readonly string[];
    readonly probe: ProbeFacts | null;
    /** Names the codec that the browser lacks. */
    readonly undecodable: string | null;
  };
  readonly blobKey: string;
  /** Keys of earlier reservations, whose bytes may have become the asset although nobody heard of it. */
  readonly formerKeys: readonly string[];
  readonly transferId: string;
  /** Whether the store was asked for this transfer; its answer may have been lost. */
  readonly asked: boolean;
  readonly transfer: Transfer | null;
  /** The transfer was given up and isn't taken away yet. */
  readonly spoilt: boolean;
  /** Where another page finds the bytes. */
  readonly held: 'snapshot' | 'handle' | 'nothing';
  /** What the store had when this was written; it is asked again. */
  readonly sentBytes: number;
  readonly duplicates: readonly UploadDuplicate[];
}

/** The row, `newer` when a later version of this code wrote it, `corrupt` when nobody can make sense of it. */
export function readUploadRow(value: unknown): UploadRow | 'newer' | 'corrupt' {
  if (!isObject(value)) return 'corrupt';
  const { schema } = value as { readonly schema?: unknown };
  if (typeof schema === 'number' && schema > rowSchema) return 'newer';
  return schema === rowSchema && fits(value, rowShape) ? (value as unknown as UploadRow) : 'corrupt';
}

/** What may be written down of a transfer: its own fields and nothing that an adapter hung onto it. */
export function plainTransfer({ id, key, sizeBytes, mimeType, resume }: Transfer): Transfer {
  return { id, key, sizeBytes, mimeType, resume };
}

/** What may be written down of an error: texts of adapters may name addresses that let somebody in. */
export function plainError(error: SerialisedError): SerialisedError {
  const harmless = Object.entries(error.details).filter(
    ([, value]) => typeof value === 'number' || typeof value === 'boolean' || isShortWord(value),
  );
  return { code: error.code, message: error.code, details: Object.fromEntries(harmless) };
}

function isShortWord(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 128 && !/[:?&=]/.test(value);
}

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === 'string';
const word: Check = (value) => typeof value === 'string' && value !== '';
const flag: Check = (value) => typeof value === 'boolean';
const size: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

type Shape = Readonly<Record<string, Check>>;
const fits = (value: unknown, shape: Shape): boolean =>
  isObject(value) && Object.entries(shape).every(([name, check]) => check(value[name]));
const shaped =
  (shape: Shape): Check =>
  (value) =>
    fits(value, shape);

const rowShape: Shape = {
  id: word,
  namespace: text,
  userId: word,
  createdAt: word,
  status: oneOf('open', 'paused', 'duplicate', 'failed', 'cancelling'),
  error: orNull(shaped({ code: word, message: text, details: isObject })),
  file: shaped({ name: text, sizeBytes: size, lastModified: orNull(Number.isFinite), fingerprint: orNull(word) }),
  asset: shaped({
    id: word,
    replaces: flag,
    kind: oneOf('video', 'audio', 'image'),
    mimeType: text,
    sourceType: oneOf('upload', 'recording', 'export'),
    studioMetadata: isObject,
    tags: listOf(text),
    probe: orNull(isObject),
    undecodable: orNull(text),
  }),
  blobKey: word,
  formerKeys: listOf(word),
  transferId: word,
  asked: flag,
  transfer: orNull(shaped({ id: word, key: word, sizeBytes: size, mimeType: text, resume: orNull(text) })),
  spoilt: flag,
  held: oneOf('snapshot', 'handle', 'nothing'),
  sentBytes: size,
  duplicates: listOf(shaped({ assetId: word, name: text, certain: flag })),
};
