import type { AssetsPort, UploadDuplicate } from '@lectern/ports';
import { contentHash } from './content-hash.js';

/**
 * Assets with the same bytes, or likely so. The file is read as a whole only when the store has verified the hash of a
 * likely one: without that, nothing could be certain anyway. A library that doesn't answer has no duplicates to tell of.
 */
export async function findDuplicates(
  file: Blob,
  fingerprint: string,
  assets: Pick<AssetsPort, 'findByFingerprint'>,
  signal: AbortSignal,
): Promise<readonly UploadDuplicate[]> {
  const found = await assets.findByFingerprint(fingerprint, { signal }).catch(() => []);
  const likely = found.filter(({ sizeBytes, deletedAt }) => sizeBytes === file.size && deletedAt === null);
  const hash = likely.some(({ verifiedSha256 }) => verifiedSha256 !== null)
    ? await contentHash(file, { signal })
    : null;
  return likely
    .filter(({ verifiedSha256 }) => verifiedSha256 === null || verifiedSha256 === hash)
    .map(({ id, name, verifiedSha256 }) => ({ assetId: id, name, certain: verifiedSha256 !== null }));
}
