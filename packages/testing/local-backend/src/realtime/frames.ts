/** Frames of Phoenix' protocol, version 2: arrays as text, and broadcasts as bytes. */

/** A message of a channel. */
export interface Frame {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

/** What somebody says to everybody on a topic; the content is passed on as it came. */
export interface Broadcast {
  readonly event: string;
  /** Whether the content is JSON, or bytes. */
  readonly isJson: boolean;
  readonly content: Buffer;
}

const PUSH = 3;
const DELIVERY = 4;

export function encodeFrame({ joinRef, ref, topic, event, payload }: Frame): string {
  return JSON.stringify([joinRef, ref, topic, event, payload]);
}

/** @throws TypeError for anything that isn't a frame */
export function decodeFrame(text: string): Frame {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || value.length !== 5) throw new TypeError('A frame has five parts');
  const [joinRef, ref, topic, event, payload] = value as readonly unknown[];
  const isRef = (part: unknown): part is string | null => part === null || typeof part === 'string';
  if (!isRef(joinRef) || !isRef(ref) || typeof topic !== 'string' || typeof event !== 'string') {
    throw new TypeError('A frame is [join_ref, ref, topic, event, payload]');
  }
  return { joinRef, ref, topic, event, payload };
}

/** Seven bytes: kind, five lengths, encoding; then the five texts and the content. @throws RangeError when it ends early */
export function decodePush(bytes: Buffer): Frame & { readonly payload: Broadcast } {
  if (bytes.readUInt8(0) !== PUSH) throw new TypeError(`Frames of kind ${bytes.readUInt8(0)} aren't known`);
  let offset = 7;
  const text = (at: number): string => {
    const end = offset + bytes.readUInt8(at);
    if (end > bytes.length) throw new RangeError(`A frame of ${bytes.length} bytes ends before ${end}`);
    const found = bytes.toString('utf8', offset, end);
    offset = end;
    return found;
  };
  const joinRef = text(1);
  const ref = text(2);
  const topic = text(3);
  const event = text(4);
  // Asks for storing the message, which isn't offered; see the hub.
  const metadata = text(5);
  if (metadata !== '') throw new TypeError(`Metadata of broadcasts aren't known: ${metadata}`);
  const payload = { event, isJson: bytes.readUInt8(6) === 1, content: bytes.subarray(offset) };
  return { joinRef, ref, topic, event: 'broadcast', payload };
}

export function encodeDelivery(topic: string, { event, isJson, content }: Broadcast): Buffer {
  const [topicBytes, eventBytes] = [Buffer.from(topic), Buffer.from(event)];
  const head = Buffer.from([DELIVERY, topicBytes.length, eventBytes.length, 0, isJson ? 1 : 0]);
  return Buffer.concat([head, topicBytes, eventBytes, content]);
}
