import {
  type AssetKind,
  type AssetsPort,
  LecternError,
  type ProbeFacts,
  type RenderEngine,
  type RunAttempt,
  toLecternError,
} from '@lectern/ports';
import { assertGoing } from './aborting.js';
import { checkFile, type FileLimits, type MediaType } from './check-file.js';
import { fingerprintOf } from './fingerprint.js';

export interface PrepareOptions {
  readonly assets: Pick<AssetsPort, 'get'>;
  readonly probe: RenderEngine['probe'];
  readonly limits: FileLimits;
  /** The asset that gets a version, or null for a new one. */
  readonly replaceAssetId: string | null;
  readonly run: RunAttempt;
  readonly signal: AbortSignal;
}

/** What is known of a file before a byte of it is sent. */
export interface PreparedFile {
  readonly kind: AssetKind;
  readonly mimeType: string;
  readonly facts: ProbeFacts | null;
  readonly poster: Blob | null;
  /** Names the codec that this browser lacks. */
  readonly undecodable: string | null;
  readonly fingerprint: string | null;
}

/** Checks, probe and fingerprint, cheapest first. @throws what `checkFile` and the probe throw, `aborted` */
export async function prepareFile(file: Blob, options: PrepareOptions): Promise<PreparedFile> {
  const { signal, replaceAssetId } = options;
  const type = await checkFile(file, options.limits);
  assertGoing(signal);
  const { facts, poster, undecodable } = await probeFile(file, type, options);
  const kind = facts?.kind ?? type.kind;
  if (replaceAssetId !== null) await assertReplaceable(replaceAssetId, kind, options);
  assertGoing(signal);
  const mimeType = kind === 'audio' ? type.mimeType.replace(/^video\//, 'audio/') : type.mimeType;
  return { kind, mimeType, facts, poster, undecodable, fingerprint: await fingerprintOf(file) };
}

/** A picture in the place of a video would break every timeline that it is on. @throws `file-type-unsupported`, `not-found` */
export async function assertReplaceable(
  id: string,
  kind: AssetKind,
  { assets, run }: Pick<PrepareOptions, 'assets' | 'run'>,
): Promise<void> {
  const asset = await run(({ signal }) => assets.get(id, { signal }));
  if (asset.kind === kind) return;
  throw new LecternError('file-type-unsupported', {
    message: `A ${kind} can't replace the ${asset.kind} ${id}`,
    details: { type: kind, expected: asset.kind },
  });
}

async function probeFile(
  file: Blob,
  type: MediaType,
  { probe, signal }: PrepareOptions,
): Promise<Pick<PreparedFile, 'facts' | 'poster' | 'undecodable'>> {
  try {
    const { facts, poster } = await probe(file, { signal });
    const codec = facts.videoCodec ?? facts.audioCodec ?? type.name;
    return { facts, poster, undecodable: facts.decodable ? null : codec };
  } catch (error) {
    const { code, details } = toLecternError(error);
    const codec = details['codec'];
    if (code === 'undecodable')
      return { facts: null, poster: null, undecodable: typeof codec === 'string' ? codec : type.name };
    // Its first bytes say what it is; this browser has no reader for it.
    if (code === 'file-type-unknown' || code === 'file-type-unsupported')
      return { facts: null, poster: null, undecodable: type.name };
    throw error;
  }
}

export function undecodableError(codec: string): LecternError {
  return new LecternError('undecodable', { message: `This browser has no decoder for ${codec}`, details: { codec } });
}
