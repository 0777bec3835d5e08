import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BitReader, BitWriter } from './bit-cursor.js';
import {
  avcCodecString,
  keepsPriorPictures,
  nalUnitsOf,
  packetOfUnits,
  payloadOf,
  readAvcConfiguration,
  readPictureParameterIds,
  readSequenceParameters,
  tellReordering,
  tellsOrderInPicture,
  unitOf,
  writeAvcConfiguration,
} from './h264-bitstream.js';
import { readVp9KeyFrame } from './vp9-bitstream.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

// As x264 writes them, for 640 × 360, 30 frames a second.
const main = bytes('674d401eeca05017fcb350101014000003000400000300f03c58b658');
const high = bytes('67640028acd980a02ff966a0202028000003000800000301e078c18cd0');
const baseline = bytes('6742c01edb0280bfe59a808080a0000003002000000781e2c5dc');
const untold = bytes('6764001eacd940a02ff966a0202028000003000800000301e020');
const pps = bytes('68eae3cb20');

test('numbers of every kind come out as they were written', () => {
  const writer = new BitWriter();
  writer.bits(3, 5);
  for (const value of [0, 1, 2, 7, 8, 255, 65_535]) writer.unsigned(value);
  writer.bit(true);
  const reader = new BitReader(writer.finish());
  assert.equal(reader.bits(3), 5);
  assert.deepEqual(
    Array.from({ length: 7 }, () => reader.unsigned()),
    [0, 1, 2, 7, 8, 255, 65_535],
  );
  assert.equal(reader.flag(), true);
  assert.throws(() => reader.bits(32), RangeError);
});

test('a signed code counts up and down in turns', () => {
  const writer = new BitWriter();
  for (const code of [0, 1, 2, 3, 4]) writer.unsigned(code);
  const reader = new BitReader(writer.finish());
  assert.deepEqual(
    Array.from({ length: 5 }, () => reader.signed() + 0),
    [0, 1, -1, 2, -2],
  );
});

test('units are found behind lengths of any size and behind start codes', () => {
  const units = [bytes('6501'), bytes('41aabbcc')];
  assert.deepEqual(nalUnitsOf(packetOfUnits(units), 4), units);
  assert.deepEqual(nalUnitsOf(bytes('0002650100 0441aabbcc'.replace(' ', '')), 2), units);
  assert.deepEqual(nalUnitsOf(bytes('0000000165010000000141aabbcc00'), 0), units);
  assert.deepEqual(nalUnitsOf(bytes('00000165010000 0141aabbcc'.replace(' ', '')), 0), units);
});

test('a packet that isn’t made of whole units is none', () => {
  for (const [packet, size] of [
    ['0000000565', 4],
    ['000000', 4],
    ['', 4],
    ['00000001e5', 4],
    ['0000000160', 4],
    ['aabbccdd', 0],
  ] as const) {
    assert.equal(nalUnitsOf(bytes(packet), size), null, packet);
  }
});

test('what keeps start codes away goes and comes', () => {
  const payload = bytes('0000010000020000030000000000');
  const nal = unitOf(payload);
  assert.deepEqual(nal, bytes('00000301000003020000030300000300000300'));
  assert.deepEqual(payloadOf(nal), payload);
  assert.deepEqual(unitOf(payloadOf(high)), high);
});

test('parameter sets tell size, profile, colours and order', () => {
  const parameters = readSequenceParameters(main);
  assert.equal(parameters?.profile, 77);
  assert.equal(parameters.level, 30);
  assert.deepEqual([parameters.width, parameters.height], [640, 360]);
  assert.deepEqual([parameters.codedWidth, parameters.codedHeight], [640, 368]);
  assert.deepEqual([parameters.primaries, parameters.transfer, parameters.matrix], [1, 1, 1]);
  assert.equal(parameters.fullRange, false);
  assert.equal(parameters.progressive, true);
  assert.equal(parameters.reorderedFrames, 2);
  assert.equal(readSequenceParameters(high)?.referenceFrames, 5);
  assert.equal(readSequenceParameters(baseline)?.orderType, 2);
  assert.equal(readSequenceParameters(baseline)?.reorderedFrames, 0);
  assert.equal(readSequenceParameters(untold)?.reorderedFrames, null);
});

test('what isn’t a parameter set, or only half of one, is none', () => {
  assert.equal(readSequenceParameters(pps), null);
  assert.equal(readSequenceParameters(high.subarray(0, 9)), null);
  assert.equal(readSequenceParameters(new Uint8Array(0)), null);
  assert.equal(readPictureParameterIds(main), null);
  assert.deepEqual(readPictureParameterIds(pps), { id: 0, sps: 0 });
});

test('the order is told where nothing was, and where less was, and nothing else changes', () => {
  for (const [set, order] of [
    [untold, 2],
    [baseline, 3],
    [main, 4],
  ] as const) {
    const before = readSequenceParameters(set);
    assert.ok(before);
    const after = readSequenceParameters(tellReordering(set, before, order));
    assert.equal(after?.reorderedFrames, order);
    assert.deepEqual({ ...after, reorderedFrames: null, tail: null }, { ...before, reorderedFrames: null, tail: null });
  }
});

test('the order is told also in a set without usability information', () => {
  const parameters = readSequenceParameters(main);
  assert.ok(parameters);
  // Main profile, level 3, 640 × 368, no cropping, no usability information.
  const writer = new BitWriter();
  for (const byte of [0x67, 77, 0, 30]) writer.bits(8, byte);
  for (const value of [0, 0, 0, 2, 1]) writer.unsigned(value);
  writer.bit(0);
  writer.unsigned(39);
  writer.unsigned(22);
  for (const flag of [1, 1, 0, 0]) writer.bit(flag);
  const bare = unitOf(writer.finish());
  const before = readSequenceParameters(bare);
  assert.equal(before?.tail.kind, 'none');
  assert.deepEqual([before.width, before.height, before.matrix], [640, 368, 2]);
  const after = readSequenceParameters(tellReordering(bare, before, 2));
  assert.equal(after?.reorderedFrames, 2);
  assert.equal(after.height, 368);
});

test('a configuration record comes back as it was written', () => {
  const written = { profile: 100, compatibility: 0, level: 40, sps: [high], pps: [pps, bytes('68ee3c80')] };
  const record = writeAvcConfiguration(written);
  assert.deepEqual(readAvcConfiguration(record), { ...written, lengthSize: 4 });
  assert.equal(avcCodecString(written), 'avc1.640028');
  assert.equal(readAvcConfiguration(record.subarray(0, 20)), null);
  assert.equal(readAvcConfiguration(bytes('00')), null);
});

test('a picture that throws away those before it is told from one that doesn’t', () => {
  const parameters = readSequenceParameters(main);
  assert.ok(parameters);
  const slice = (noOutput: number, kind = 7): Uint8Array => {
    const writer = new BitWriter();
    writer.bits(8, 0x65);
    for (const value of [0, kind, 0]) writer.unsigned(value);
    writer.bits(parameters.frameNumberBits, 0);
    writer.unsigned(1);
    writer.bits(parameters.orderBits, 0);
    writer.bit(noOutput);
    writer.bit(0);
    return unitOf(writer.finish());
  };
  assert.equal(keepsPriorPictures(slice(0), parameters, false), true);
  assert.equal(keepsPriorPictures(slice(1), parameters, false), false);
  assert.equal(keepsPriorPictures(slice(0, 0), parameters, false), false);
  assert.equal(keepsPriorPictures(bytes('65'), parameters, false), false);
  assert.equal(tellsOrderInPicture(pps), false);
});

test('the head of a VP9 key frame tells its size and colours', () => {
  const writer = new BitWriter();
  // Marker, profile 0, shown anew, key frame, shown, no resilience; sync; BT.709 in limited range; 1280 × 720.
  for (const [count, value] of [
    [2, 2],
    [2, 0],
    [2, 0],
    [1, 1],
    [1, 0],
    [24, 0x498342],
    [3, 2],
    [1, 0],
    [16, 1279],
    [16, 719],
  ] as const) {
    writer.bits(count, value);
  }
  const packet = writer.finish();
  assert.deepEqual(readVp9KeyFrame(packet), {
    profile: 0,
    width: 1280,
    height: 720,
    colourSpace: 2,
    fullRange: false,
    shown: true,
  });
  assert.equal(readVp9KeyFrame(bytes('8600')), null);
  assert.equal(readVp9KeyFrame(packet.subarray(0, 6)), null);
});
