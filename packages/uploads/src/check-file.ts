import { type AssetKind, LecternError } from '@lectern/ports';
import { type FileType, identifyFile } from './file-signatures.js';
import { assertWholeMp4 } from './mp4-structure.js';
import { readPictureSize } from './picture-size.js';

export interface FileLimits {
  readonly maxBytes: number;
  readonly maxPixels: number;
}

export type MediaType = FileType & { readonly kind: AssetKind };

/** Checks that need no decoder, cheapest first. @throws `file-empty`, `file-too-large`, `file-type-unknown`,
 * `file-type-unsupported`, `image-too-large`, `file-truncated` */
export async function checkFile(file: Blob, limits: FileLimits): Promise<MediaType> {
  if (file.size === 0) throw new LecternError('file-empty');
  if (file.size > limits.maxBytes) {
    throw new LecternError('file-too-large', { details: { sizeBytes: file.size, limit: limits.maxBytes } });
  }
  const type = await identifyFile(file);
  if (!type) throw new LecternError('file-type-unknown');
  const { kind } = type;
  if (kind === null) throw new LecternError('file-type-unsupported', { details: { type: type.name } });
  if (kind === 'image') await assertReasonablePicture(file, type, limits.maxPixels);
  if (type.name === 'mp4' || type.name === 'mov' || type.name === 'm4a') await assertWholeMp4(file);
  return { ...type, kind };
}

async function assertReasonablePicture(file: Blob, type: FileType, limit: number): Promise<void> {
  const size = await readPictureSize(file, type);
  if (!size || size.width * size.height <= limit) return;
  throw new LecternError('image-too-large', { details: { width: size.width, height: size.height, limit } });
}
