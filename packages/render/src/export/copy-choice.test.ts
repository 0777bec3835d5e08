import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CopyRules, type KeyPacketFacts, type PacketTable, chooseCopies, mostBitrate } from './copy-choice.js';

/** Pictures in decode order, by their number in the order in which they are shown; `!` is a key packet. */
function tableOf(order: string, bytes = 1000): PacketTable {
  const packets = order.split(/\s+/);
  return {
    timestamps: Float64Array.from(packets, (packet) => Number.parseInt(packet, 10) / 10),
    sizes: Float64Array.from(packets, () => bytes),
    keys: Uint8Array.from(packets, (packet) => (packet.endsWith('!') ? 1 : 0)),
  };
}

/** Looked up in the middle of frames of a tenth of a second. */
function timesOf(first: number, count: number, step = 0.1): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => first / 10 + n * step + 0.04);
}

const entry: KeyPacketFacts = { kind: 'entry', configuration: 'a' };

function rules(change: Partial<CopyRules> = {}): CopyRules {
  return {
    frameSeconds: 0.1,
    bitrate: 1_000_000,
    keyPacketAt: () => Promise.resolve(entry),
    lastReadable: (_, last) => Promise.resolve(last),
    ...change,
  };
}

const shape = async (table: PacketTable, times: Float64Array, change?: Partial<CopyRules>): Promise<string[]> =>
  (await chooseCopies(table, times, rules(change))).map(
    ({ frame, length, first }) => `${String(frame)}+${String(length)} from packet ${String(first)}`,
  );

const plain = '0! 1 2 3 4 5 6 7 8 9 10! 11 12 13 14 15 16 17 18 19 20! 21 22 23 24 25';
const reordered = '0! 3 1 2 6 4 5 9 7 8 10! 13 11 12 16 14 15 19 17 18 20! 23 21 22 26 24 25';

test('packets that are the frames one by one are copied from the first key frame that is shown', async () => {
  assert.deepEqual(await shape(tableOf(plain), timesOf(4, 22)), ['6+16 from packet 10']);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 26)), ['0+26 from packet 0']);
});

test('a copy ends where no picture that is shown later has been decoded', async () => {
  for (const [frames, length] of [
    [17, 17],
    [16, 14],
    [15, 14],
    [14, 14],
    [13, 11],
    [12, 11],
    [11, 11],
    [10, 10],
  ] as const) {
    const [found] = await chooseCopies(tableOf(reordered), timesOf(10, frames), rules());
    assert.deepEqual([found?.length, found?.reordered], [length, 1]);
  }
});

test('the bytes and the reordering of a copy are those of its packets', async () => {
  const pyramid = '0! 4 2 1 3 8 6 5 7 9 10';
  const [found] = await chooseCopies(tableOf(pyramid, 500), timesOf(0, 11), rules());
  assert.deepEqual(found, { frame: 0, length: 11, first: 0, bytes: 5500, configuration: 'a', reordered: 2 });
});

test('a picture that is shown twice or not at all ends a copy', async () => {
  const times = timesOf(0, 26);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 26, 0.2)), []);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 52, 0.05)), []);
  const late = times.map((time, n) => (n < 12 ? time : time - 0.1));
  assert.deepEqual(await shape(tableOf(plain), late), ['0+11 from packet 0']);
  const early = times.map((time, n) => (n < 12 ? time : time + 0.1));
  assert.deepEqual(await shape(tableOf(plain), early), ['0+12 from packet 0']);
});

test('frames before the first picture, and those that hold the last, aren’t copied', async () => {
  assert.deepEqual(await shape(tableOf(plain), timesOf(-3, 29)), ['3+26 from packet 0']);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 40)), ['0+25 from packet 0']);
});

test('an open group is gone through but never begun with', async () => {
  const open = '0! 3 1 2 6! 4 5 9 7 8 12! 10 11 15 13 14';
  assert.deepEqual(await shape(tableOf(open), timesOf(0, 16)), ['0+16 from packet 0']);
  assert.deepEqual(await shape(tableOf(open), timesOf(2, 14)), []);
});

test('a key packet that is only a recovery point is gone through but never begun with', async () => {
  const keyPacketAt = (packet: number): Promise<KeyPacketFacts> =>
    Promise.resolve(packet === 10 ? { kind: 'inside' } : entry);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 26), { keyPacketAt }), ['0+26 from packet 0']);
  assert.deepEqual(await shape(tableOf(plain), timesOf(3, 23), { keyPacketAt }), []);
});

test('another configuration begins another copy, and what fits nothing is left out', async () => {
  const configured = (packet: number): Promise<KeyPacketFacts> =>
    Promise.resolve({ kind: 'entry', configuration: packet < 10 ? 'a' : 'b' });
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 26), { keyPacketAt: configured }), [
    '0+10 from packet 0',
    '10+16 from packet 10',
  ]);
  const unfit = (packet: number): Promise<KeyPacketFacts> => Promise.resolve(packet === 10 ? { kind: 'unfit' } : entry);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 26), { keyPacketAt: unfit }), ['0+10 from packet 0']);
});

test('packets whose bytes are missing aren’t copied, nor those before that need them to be whole', async () => {
  const lastReadable = (): Promise<number> => Promise.resolve(15);
  assert.deepEqual(await shape(tableOf(reordered), timesOf(0, 27), { lastReadable }), ['0+14 from packet 0']);
  assert.deepEqual(
    await shape(tableOf(reordered), timesOf(0, 27), { lastReadable: (first) => Promise.resolve(first - 1) }),
    [],
  );
});

test('less than a second isn’t worth a joint', async () => {
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 9)), []);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 10)), ['0+10 from packet 0']);
});

test('more bits than half as many again as the preset asks for aren’t taken, and none above a small preset’s', async () => {
  assert.equal(mostBitrate(4_000_000), 6_000_000);
  assert.equal(mostBitrate(900_000), 900_000);
  // 10 frames a second of 1000 bytes are 80,000 bits a second.
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 26), { bitrate: 80_000 }), ['0+26 from packet 0']);
  assert.deepEqual(await shape(tableOf(plain), timesOf(0, 26), { bitrate: 79_000 }), []);
  assert.deepEqual(await shape(tableOf(plain, 15_000), timesOf(0, 26), { bitrate: 1_000_000 }), ['0+26 from packet 0']);
});

test('a group that is too long to be sought in is encoded', async () => {
  const order = Array.from({ length: 300 }, (_, n) => (n === 0 || n === 20 || n === 200 ? `${String(n)}!` : String(n)));
  assert.deepEqual(await shape(tableOf(order.join(' ')), timesOf(0, 300)), [
    '0+20 from packet 0',
    '200+100 from packet 200',
  ]);
});

test('pictures with the same timestamp are never copied across', async () => {
  const doubled = tableOf('0! 1 2 3 3 4 5 6 7 8 9 10! 11 12 13 14 15 16 17 18 19 20');
  assert.deepEqual(await shape(doubled, timesOf(0, 21)), ['10+11 from packet 11']);
});
