/** What ffmpeg doesn't write: containers and tags as other programs leave them. */

/** A box of ISO/IEC 14496-12. */
function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

function fullBox(type: string, ...content: readonly Buffer[]): Buffer {
  return box(type, Buffer.alloc(4), ...content);
}

/**
 * Adds the tag in which iTunes tells of priming and padding to an MP4 file whose index is its last box.
 *
 * @throws RangeError when the index isn't last
 */
export function withITunesGaps(file: Buffer, priming: number, padding: number, samples: number): Buffer {
  let at = 0;
  let moov = -1;
  while (at + 8 <= file.length) {
    if (file.toString('latin1', at + 4, at + 8) === 'moov') moov = at;
    at += file.readUInt32BE(at);
  }
  const size = moov < 0 ? 0 : file.readUInt32BE(moov);
  if (moov < 0 || moov + size !== file.length) throw new RangeError('the index has to be the last box');
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
  const zeros = ` ${hex(0, 8)}`.repeat(8);
  const text = ` ${hex(0, 8)} ${hex(priming, 8)} ${hex(padding, 8)} ${hex(samples, 16)}${zeros}`;
  const kind = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]);
  const tag = box(
    '----',
    fullBox('mean', Buffer.from('com.apple.iTunes')),
    fullBox('name', Buffer.from('iTunSMPB')),
    box('data', kind, Buffer.from(text)),
  );
  const handler = Buffer.alloc(21);
  handler.write('mdirappl', 4, 'latin1');
  const meta = fullBox('meta', fullBox('hdlr', handler), box('ilst', tag));
  const udta = box('udta', meta);
  const out = Buffer.concat([file, udta]);
  out.writeUInt32BE(size + udta.length, moov);
  return out;
}

/** An ID3v2.3 tag of about that many bytes: a comment that nobody reads. */
export function id3Tag(bytes: number): Buffer {
  const frame = Buffer.alloc(10);
  frame.write('COMM', 0, 'latin1');
  frame.writeUInt32BE(bytes - 20, 4);
  const head = Buffer.from('ID3\x03\x00\x00\x00\x00\x00\x00', 'latin1');
  const size = bytes - 10;
  for (let n = 0; n < 4; n += 1) head[9 - n] = (size >> (7 * n)) & 0x7f;
  const text = Buffer.alloc(bytes - 20, 'lecture ');
  // The text's encoding and language come first.
  text.write('\x00eng\x00', 0, 'latin1');
  return Buffer.concat([head, frame, text]);
}

/** An element of Matroska: its id as it is written, and its content. */
function element(id: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(body.length));
  size[0] = 0x01;
  return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.from(value, 'latin1');

/** One access unit with its start codes. */
export interface AccessUnit {
  readonly data: Buffer;
  /** Milliseconds. */
  readonly time: number;
  readonly key: boolean;
}

/**
 * A Matroska file with H.264 in Annex B form, without a private description: what some recorders and old muxers write.
 * Like them it has no index and doesn't say how long it is.
 */
export function annexBMatroska(units: readonly AccessUnit[], width: number, height: number): Buffer {
  const header = element(
    '1a45dfa3',
    element('4286', number(1)),
    element('42f7', number(1)),
    element('42f2', number(4)),
    element('42f3', number(8)),
    element('4282', text('matroska')),
    element('4287', number(2)),
    element('4285', number(2)),
  );
  const info = element(
    '1549a966',
    element('2ad7b1', number(1_000_000)),
    element('4d80', text('conformance')),
    element('5741', text('conformance')),
  );
  const track = element(
    '1654ae6b',
    element(
      'ae',
      element('d7', number(1)),
      element('73c5', number(1)),
      element('83', number(1)),
      element('86', text('V_MPEG4/ISO/AVC')),
      element('e0', element('b0', number(width)), element('ba', number(height))),
    ),
  );
  const clusters: Buffer[] = [];
  let blocks: Buffer[] = [];
  let start = 0;
  const flush = (): void => {
    if (blocks.length > 0) clusters.push(element('1f43b675', element('e7', number(start)), ...blocks));
    blocks = [];
  };
  for (const { data, time, key } of units) {
    if (key) {
      flush();
      start = time;
    }
    const head = Buffer.alloc(4);
    head[0] = 0x81;
    head.writeInt16BE(time - start, 1);
    head[3] = key ? 0x80 : 0;
    blocks.push(element('a3', head, data));
  }
  flush();
  const segment = Buffer.from('1853806701ffffffffffffff', 'hex');
  return Buffer.concat([header, segment, info, track, ...clusters]);
}

/** Cuts a raw H.264 stream at its access unit delimiters. */
export function accessUnits(stream: Buffer): readonly Buffer[] {
  const starts: number[] = [];
  for (let at = 0; at + 4 < stream.length; at += 1) {
    if (stream[at] !== 0 || stream[at + 1] !== 0) continue;
    const long = stream[at + 2] === 0 && stream[at + 3] === 1;
    if (!long && stream[at + 2] !== 1) continue;
    const type = (stream[at + (long ? 4 : 3)] ?? 0) & 31;
    if (type === 9) starts.push(at);
    at += long ? 3 : 2;
  }
  return starts.map((start, index) => stream.subarray(start, starts[index + 1] ?? stream.length));
}
