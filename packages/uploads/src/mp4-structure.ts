import { LecternError } from '@lectern/ports';
import { readBytes, textAt, viewOf } from './file-bytes.js';

const mostBoxes = 10_000;

/**
 * Walks the boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2) by their headers alone. One that ends before its
 * boxes do, or that has no `moov`, was cut off on its way and can't be played. A fragmented file can be, up to the cut.
 *
 * @throws `file-truncated`
 */
export async function assertWholeMp4(file: Blob): Promise<void> {
  let hasIndex = false;
  for (let offset = 0, n = 0; offset + 8 <= file.size && n < mostBoxes; n++) {
    const head = await readBytes(file, offset, 16);
    const type = textAt(head, 4, 4);
    if (type === 'moof' && hasIndex) return;
    const view = viewOf(head);
    const short = view.getUint32(0);
    if (short === 1 && head.length < 16) throw truncated(type, offset + 16, file.size);
    const size = short === 1 ? Number(view.getBigUint64(8)) : short === 0 ? file.size - offset : short;
    // Padding and other junk behind the last box hurts nobody.
    if (size < 8 || !/^[\u0020-\u007e\u00a9]{4}$/.test(type)) break;
    if (offset + size > file.size) throw truncated(type, offset + size, file.size);
    if (type === 'moov') hasIndex = true;
    offset += size;
  }
  if (!hasIndex) throw truncated('moov', null, file.size);
}

function truncated(box: string, expectedBytes: number | null, sizeBytes: number): LecternError {
  return new LecternError('file-truncated', {
    message: `The file ends before its ${box}`,
    details: { box, sizeBytes, ...(expectedBytes === null ? {} : { expectedBytes }) },
  });
}
