/** What may be copied, in numbers. Each has its reason beside it. */

/**
 * Shorter stretches are encoded: a joint costs an encoder's start and a key frame on its other side, and little is won.
 */
export const leastCopySeconds = 1;

/**
 * The longest way from one place that can be sought to the next. Beyond it the viewers of a copy would wait at each
 * seek; encoders of cameras and recorders stay below (x264's 250 pictures are 10.4 s at 24 a second).
 */
export const mostSeekSeconds = 12;

/**
 * How many bits a second a copy may take where a preset asks for `bitrate`. Half as much again is not worth losing
 * quality and time over; but whoever wants a file of less than a megabit wants it small, and gets nothing above.
 */
export function mostBitrate(bitrate: number): number {
  return bitrate < 1_000_000 ? bitrate : bitrate * 1.5;
}

/** Packets of a source in decode order, from a key frame on, without their bytes. */
export interface PacketTable {
  /** Seconds in the file. */
  readonly timestamps: Float64Array;
  readonly sizes: Float64Array;
  /** 1 where the file says that decoding may begin. */
  readonly keys: Uint8Array;
}

/**
 * What the bytes of a key packet say: decoding can begin there (packets follow each other without a change where the
 * configuration is the same), or it is a picture like others inside (a recovery point), or nothing of it can be copied.
 */
export type KeyPacketFacts =
  { readonly kind: 'entry'; readonly configuration: string } | { readonly kind: 'inside' } | { readonly kind: 'unfit' };

export interface CopyRules {
  readonly frameSeconds: number;
  /** Bits per second that the preset asks for. */
  readonly bitrate: number;
  /** Looks at the bytes of a key packet. */
  readonly keyPacketAt: (packet: number) => Promise<KeyPacketFacts>;
  /** The last packet from `first` to `last` of which all up to it have their bytes; `first - 1` when there is none. */
  readonly lastReadable: (first: number, last: number) => Promise<number>;
}

/** Packets `first` … `first + length - 1` of the table, in decode order, are the frames from `frame` on. */
export interface ChosenCopy {
  readonly frame: number;
  readonly length: number;
  readonly first: number;
  readonly bytes: number;
  readonly configuration: string;
  /** Pictures that are decoded before one that is shown before them, at most. */
  readonly reordered: number;
}

/**
 * Where the frames of a run are exactly the packets of a table, picture by picture, so that packets can be passed on.
 *
 * A copy begins at an entry point whose pictures all are shown after those before it, and ends where the packets so far
 * are the pictures so far: with B-frames that isn't after every packet. Each of its pictures is shown by one frame, and
 * the frames follow each other as the pictures do.
 *
 * @param times where each frame of the run is looked up, in seconds of the file, ascending
 */
export async function chooseCopies(
  table: PacketTable,
  times: Float64Array,
  rules: CopyRules,
): Promise<readonly ChosenCopy[]> {
  const order = new PictureOrder(table, times);
  const chosen: ChosenCopy[] = [];
  let at = 0;
  while (at < table.timestamps.length) {
    const found = order.isCut(at) ? await longestFrom(at, table, order, rules) : null;
    if (found && isWorthIt(found, rules)) chosen.push(found);
    at += Math.max(1, found?.length ?? 1);
  }
  return chosen;
}

function isWorthIt({ length, bytes }: ChosenCopy, { frameSeconds, bitrate }: CopyRules): boolean {
  const seconds = length * frameSeconds;
  // A whole second of 30000/1001 has 30 frames, which are a little more; 29.97 frames there aren't.
  return seconds > leastCopySeconds - frameSeconds / 2 && (bytes * 8) / seconds <= mostBitrate(bitrate);
}

async function longestFrom(
  first: number,
  table: PacketTable,
  order: PictureOrder,
  rules: CopyRules,
): Promise<ChosenCopy | null> {
  const frame = order.frameOf(first);
  if (frame < 0) return null;
  const entry = await rules.keyPacketAt(first);
  if (entry.kind !== 'entry') return null;
  const { configuration } = entry;
  let end = first;
  let highest = 0;
  let seekable = first;
  for (let at = first; at < table.timestamps.length; at += 1) {
    if (at > first && order.isCut(at)) {
      const next = await rules.keyPacketAt(at);
      if (next.kind === 'unfit' || (next.kind === 'entry' && next.configuration !== configuration)) break;
      if (next.kind === 'entry') seekable = at;
    }
    if ((at - seekable) * rules.frameSeconds >= mostSeekSeconds) {
      end = seekable;
      break;
    }
    const place = order.frameOf(at) - frame;
    // The picture must be that many pictures and that many frames behind the first one.
    if (place < 0 || place !== order.rankOf(at) - order.rankOf(first)) break;
    highest = Math.max(highest, place);
    if (highest === at - first) end = at + 1;
  }
  if (end > first) end = (await rules.lastReadable(first, end - 1)) + 1;
  return closed(first, end, frame, configuration, table, order);
}

/** The copy that ends at `end` or, where pictures would be missing in between, as soon before it as none is. */
function closed(
  first: number,
  end: number,
  frame: number,
  configuration: string,
  table: PacketTable,
  order: PictureOrder,
): ChosenCopy | null {
  const base = order.rankOf(first);
  let highest = 0;
  let length = 0;
  let bytes = 0;
  let sum = 0;
  for (let at = first; at < end; at += 1) {
    highest = Math.max(highest, order.rankOf(at) - base);
    sum += table.sizes[at] ?? 0;
    if (highest === at - first) {
      length = at - first + 1;
      bytes = sum;
    }
  }
  if (length === 0) return null;
  return { frame, length, first, bytes, configuration, reordered: order.reordered(first, first + length) };
}

/** Which picture of a table is shown when, and by which frame. */
class PictureOrder {
  /** Of each packet: how many pictures of the table are shown before its own. */
  readonly #ranks: Int32Array;
  /** Of each rank: the one frame that shows it, or −1 when none or several do. */
  readonly #frames: Int32Array;
  /** Whether all packets before are shown before, and all after it after it. */
  readonly #cuts: Uint8Array;

  constructor({ timestamps, keys }: PacketTable, times: Float64Array) {
    const count = timestamps.length;
    const sorted = Uint32Array.from({ length: count }, (_, index) => index).sort(
      (a, b) => (timestamps[a] as number) - (timestamps[b] as number) || a - b,
    );
    this.#ranks = new Int32Array(count);
    sorted.forEach((packet, rank) => {
      this.#ranks[packet] = rank;
    });
    this.#frames = new Int32Array(count).fill(-1);
    let rank = -1;
    let shownBefore = -1;
    times.forEach((time, frame) => {
      while (rank + 1 < count && (timestamps[sorted[rank + 1] as number] as number) <= time) rank += 1;
      if (rank < 0) return;
      this.#frames[rank] = rank === shownBefore ? -1 : frame;
      shownBefore = rank;
    });
    // The last picture that the table knows of stands as long as it likes: whether it does can't be seen here.
    this.#cuts = new Uint8Array(count);
    let highest = -1;
    for (let at = 0; at < count; at += 1) {
      const own = this.#ranks[at] as number;
      if (keys[at] === 1 && highest < own) this.#cuts[at] = 1;
      highest = Math.max(highest, own);
    }
    let lowest = count;
    for (let at = count - 1; at >= 0; at -= 1) {
      const own = this.#ranks[at] as number;
      if (lowest < own) this.#cuts[at] = 0;
      lowest = Math.min(lowest, own);
    }
  }

  rankOf(packet: number): number {
    return this.#ranks[packet] as number;
  }

  frameOf(packet: number): number {
    return this.#frames[this.rankOf(packet)] as number;
  }

  isCut(packet: number): boolean {
    return this.#cuts[packet] === 1;
  }

  /** The most packets that come before one that is shown before them. */
  reordered(first: number, end: number): number {
    let most = 0;
    // Packets that wait for an earlier picture: those whose rank is higher than one that is still to come.
    let lowestToCome = Infinity;
    const waits = new Float64Array(end - first);
    for (let at = end - 1; at >= first; at -= 1) {
      waits[at - first] = lowestToCome;
      lowestToCome = Math.min(lowestToCome, this.rankOf(at));
    }
    let waiting: number[] = [];
    for (let at = first; at < end; at += 1) {
      const lowest = waits[at - first] as number;
      waiting = waiting.filter((rank) => rank > lowest);
      if (this.rankOf(at) > lowest) waiting.push(this.rankOf(at));
      most = Math.max(most, waiting.length);
    }
    return most;
  }
}
