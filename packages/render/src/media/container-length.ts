/**
 * How many bytes a container says that the file has, at least: found by walking its outermost boxes, without reading
 * what is in them. Null when the container doesn't say. A file shorter than that was cut off on its way.
 */
export async function declaredLength(blob: Blob): Promise<number | null> {
  const head = await view(blob, 0, 16);
  if (head.byteLength < 8) return null;
  if (head.getUint32(0) === 0x1a45dfa3) return matroskaLength(blob);
  const type = fourCharacters(head, 4);
  return /^(ftyp|moov|mdat|wide|free|skip|pnot)$/.test(type) ? isoLength(blob) : null;
}

async function view(blob: Blob, start: number, length: number): Promise<DataView> {
  return new DataView(await blob.slice(start, start + length).arrayBuffer());
}

function fourCharacters(data: DataView, at: number): string {
  return String.fromCharCode(data.getUint8(at), data.getUint8(at + 1), data.getUint8(at + 2), data.getUint8(at + 3));
}

/** ISO/IEC 14496-12, 4.2: size, type, and a 64-bit size where the first is 1; 0 reaches to the end of the file. */
async function isoLength(blob: Blob): Promise<number | null> {
  let at = 0;
  // Fragmented files have thousands of boxes; the walk is only worth it while it is short.
  for (let boxes = 0; boxes < 4096 && at + 8 <= blob.size; boxes += 1) {
    const head = await view(blob, at, 16);
    let size = head.getUint32(0);
    if (size === 1 && head.byteLength >= 16) size = Number(head.getBigUint64(8));
    if (size === 0) return blob.size;
    if (size < 8) return null;
    at += size;
  }
  return at;
}

/** RFC 8794: the EBML header, then the Segment with its size; all ones mean unknown, as live recorders write it. */
async function matroskaLength(blob: Blob): Promise<number | null> {
  const header = await view(blob, 4, 8);
  const headerSize = variableInteger(header, 0);
  const headerBytes = headerSize?.value ?? null;
  if (!headerSize || headerBytes === null) return null;
  const segment = 4 + headerSize.length + headerBytes;
  const data = await view(blob, segment, 12);
  if (data.byteLength < 12 || data.getUint32(0) !== 0x18538067) return null;
  const size = variableInteger(data, 4);
  const bytes = size?.value ?? null;
  return size && bytes !== null ? segment + 4 + size.length + bytes : null;
}

function variableInteger(data: DataView, at: number): { length: number; value: number | null } | null {
  const first = data.byteLength > at ? data.getUint8(at) : 0;
  const length = Math.clz32(first) - 23;
  if (first === 0 || data.byteLength < at + length) return null;
  let value = first & (0xff >> length);
  let known = value !== 0xff >> length;
  for (let n = 1; n < length; n += 1) {
    const byte = data.getUint8(at + n);
    value = value * 256 + byte;
    known ||= byte !== 0xff;
  }
  return { length, value: known ? value : null };
}
