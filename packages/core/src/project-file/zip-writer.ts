/** A file that goes into a zip as it is. */
export interface ZipPart {
  /** With `/` between steps. */
  readonly name: string;
  readonly data: Blob;
  /** Of `data`, unsigned. */
  readonly crc32: number;
}

const encoder: TextEncoder = new TextEncoder();
const max16 = 0xffff;
const max32 = 0xffffffff;
/** Names are UTF-8. */
const flags = 0x0800;
const versionPlain = 20;
const versionZip64 = 45;
/** 1 January 1980, the first day of the format: the same project gives the same bytes. */
const dosDate = 0x0021;

/** Little-endian fields in a row: `[bytes, value]`. */
type Field = readonly [bytes: 1 | 2 | 4 | 8, value: number];

function fields(...list: readonly Field[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(list.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of list) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return bytes;
}

interface PlacedPart extends ZipPart {
  readonly rawName: Uint8Array<ArrayBuffer>;
  readonly offset: number;
}

/**
 * A zip of files that are stored as they are (APPNOTE 6.3.10, with Zip64 where sizes or counts need it). The zip is a
 * blob of the blobs given with a few bytes between: nothing is copied and nothing is held in memory, whatever their size.
 */
export function zipOf(parts: readonly ZipPart[], mimeType: string): Blob {
  return new Blob([...zipPieces(parts)], { type: mimeType });
}

/** @internal The pieces that the zip is made of, in order. */
export function zipPieces(parts: readonly ZipPart[]): readonly (Blob | Uint8Array<ArrayBuffer>)[] {
  const pieces: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  const placed: PlacedPart[] = [];
  let at = 0;
  const push = (piece: Blob | Uint8Array<ArrayBuffer>): void => {
    pieces.push(piece);
    at += 'size' in piece ? piece.size : piece.byteLength;
  };
  for (const part of parts) {
    const rawName = encoder.encode(part.name);
    placed.push({ ...part, rawName, offset: at });
    for (const piece of localHeader(part, rawName)) push(piece);
    push(part.data);
  }
  const directoryAt = at;
  for (const part of placed) for (const piece of directoryRecord(part)) push(piece);
  for (const piece of endOfDirectory(placed.length, directoryAt, at - directoryAt)) push(piece);
  return pieces;
}

type Pieces = readonly Uint8Array<ArrayBuffer>[];

function localHeader({ data, crc32 }: ZipPart, rawName: Uint8Array<ArrayBuffer>): Pieces {
  const large = data.size >= max32;
  const extra: Pieces = large ? [fields([2, 1], [2, 16], [8, data.size], [8, data.size])] : [];
  const size = large ? max32 : data.size;
  return [
    fields(
      [4, 0x04034b50],
      [2, large ? versionZip64 : versionPlain],
      [2, flags],
      [2, 0], // Stored.
      [2, 0],
      [2, dosDate],
      [4, crc32],
      [4, size],
      [4, size],
      [2, rawName.byteLength],
      [2, lengthOf(extra)],
    ),
    rawName,
    ...extra,
  ];
}

function directoryRecord({ data, crc32, rawName, offset }: PlacedPart): Pieces {
  const large = data.size >= max32;
  const far = offset >= max32;
  const values: Field[] = [];
  if (large) values.push([8, data.size], [8, data.size]);
  if (far) values.push([8, offset]);
  const extra: Pieces = values.length === 0 ? [] : [fields([2, 1], [2, values.length * 8], ...values)];
  const size = large ? max32 : data.size;
  const version = values.length === 0 ? versionPlain : versionZip64;
  return [
    fields(
      [4, 0x02014b50],
      [2, version],
      [2, version],
      [2, flags],
      [2, 0],
      [2, 0],
      [2, dosDate],
      [4, crc32],
      [4, size],
      [4, size],
      [2, rawName.byteLength],
      [2, lengthOf(extra)],
      [2, 0], // No comment,
      [2, 0], // on the first disk,
      [2, 0], // binary,
      [4, 0], // without attributes.
      [4, far ? max32 : offset],
    ),
    rawName,
    ...extra,
  ];
}

function endOfDirectory(count: number, directoryAt: number, directoryBytes: number): Pieces {
  const zip64 = count >= max16 || directoryAt >= max32 || directoryBytes >= max32;
  const large: Pieces = zip64
    ? [
        fields(
          [4, 0x06064b50],
          [8, 44], // The rest of this record.
          [2, versionZip64],
          [2, versionZip64],
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
          [8, directoryBytes],
          [8, directoryAt],
        ),
        fields([4, 0x07064b50], [4, 0], [8, directoryAt + directoryBytes], [4, 1]),
      ]
    : [];
  return [
    ...large,
    fields(
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, Math.min(count, max16)],
      [2, Math.min(count, max16)],
      [4, Math.min(directoryBytes, max32)],
      [4, Math.min(directoryAt, max32)],
      [2, 0],
    ),
  ];
}

function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
