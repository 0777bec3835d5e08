import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EncodedPacket } from 'mediabunny';
import {
  nalTypeOf,
  nalUnitsOf,
  packetOfUnits,
  readAvcConfiguration,
  readPictureParameterIds,
  readSequenceParameters,
  tellReordering,
  writeAvcConfiguration,
} from '../media/h264-bitstream.js';
import { JoinedTrack, bytesOf, separateConfiguration } from './copy-joints.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const pps = bytes('68eae3cb20');

function config(sps: string, codec: string): VideoDecoderConfig {
  const [profile = 0, compatibility = 0, level = 0] = bytes(sps).subarray(1, 4);
  const description = writeAvcConfiguration({ profile, compatibility, level, sps: [bytes(sps)], pps: [pps] });
  return { codec, codedWidth: 640, codedHeight: 360, description };
}

const main = config('674d401eeca05017fcb350101014000003000400000300f03c58b658', 'avc1.4d401e');
const high = config('67640028acd980a02ff966a0202028000003000800000301e078c18cd0', 'avc1.640028');
const baseline = config('6742c01edb0280bfe59a808080a0000003002000000781e2c5dc', 'avc1.42c01e');

const key = new EncodedPacket(packetOfUnits([bytes('0605ff'), bytes('658884')]), 'key', 0, 1 / 30);
const delta = new EncodedPacket(packetOfUnits([bytes('419a21')]), 'delta', 1 / 30, 1 / 30);

const typesIn = (packet: EncodedPacket): number[] => (nalUnitsOf(packet.data, 4) ?? []).map(nalTypeOf);
const orderOf = (set: Uint8Array | undefined): number | null | undefined =>
  set && readSequenceParameters(set)?.reorderedFrames;

test('one configuration stays as it is', () => {
  for (const track of [new JoinedTrack([main]), new JoinedTrack([main, { ...main }])]) {
    assert.equal(track.mixed, false);
    assert.equal(track.begin(main), main);
    assert.equal(track.fit(key, main), key);
  }
  assert.equal(new JoinedTrack([]).mixed, false);
});

test('several configurations make a track whose key frames are complete', () => {
  const track = new JoinedTrack([main, high]);
  assert.equal(track.mixed, true);
  track.begin(main);
  assert.deepEqual(typesIn(track.fit(key, main)), [8, 6, 5]);
  assert.equal(track.fit(delta, main), delta);
  const fitted = track.fit(key, main);
  assert.deepEqual([fitted.timestamp, fitted.duration, fitted.type], [key.timestamp, key.duration, 'key']);
});

test('each configuration has a number of its own, and its picture parameter sets lead there', () => {
  const track = new JoinedTrack([main, high, { ...main }, baseline]);
  const record = readAvcConfiguration(bytesOf(track.begin(high).description as Uint8Array));
  const parameters = record?.sps.map(readSequenceParameters);
  assert.deepEqual(
    parameters?.map((each) => [each?.id, each?.profile, each?.width]),
    [
      [0, 77, 640],
      [1, 100, 640],
      [2, 66, 640],
    ],
  );
  for (const [config, number] of [
    [main, 0],
    [high, 1],
    [baseline, 2],
  ] as const) {
    const [set] = nalUnitsOf(track.fit(key, config).data, 4) ?? [];
    assert.deepEqual(set && readPictureParameterIds(set), { id: 0, sps: number });
  }
});

test('the track asks for the richest profile and the highest level among its parts', () => {
  const track = new JoinedTrack([baseline, main, { ...high, codec: 'avc1.640029' }]);
  const begun = track.begin(baseline);
  assert.equal(begun.codec, 'avc3.640029');
  const record = readAvcConfiguration(bytesOf(begun.description as Uint8Array));
  assert.deepEqual([record?.profile, record?.compatibility, record?.level], [100, 0, 41]);
  assert.deepEqual(nalTypeOf(record?.sps[0] ?? new Uint8Array(1)), 7);
});

test('all parts tell the largest reordering', () => {
  const track = new JoinedTrack([baseline, high]);
  const begun = readAvcConfiguration(bytesOf(track.begin(baseline).description as Uint8Array));
  assert.equal(orderOf(begun?.sps[0]), 2);
  assert.equal(orderOf(begun?.sps[1]), 2);
});

test('a configuration that wasn’t foreseen makes every key frame after it complete', () => {
  const track = new JoinedTrack([main]);
  track.begin(main);
  assert.deepEqual(typesIn(track.fit(key, main)), [6, 5]);
  assert.deepEqual(typesIn(track.fit(key, high)), [7, 8, 6, 5]);
  assert.deepEqual(typesIn(track.fit(key, main)), [7, 8, 6, 5]);
});

test('configurations that differ in the order alone are one, and it tells the larger', () => {
  const record = readAvcConfiguration(bytesOf(main.description as Uint8Array));
  const [sps] = record?.sps ?? [];
  const parameters = sps && readSequenceParameters(sps);
  assert.ok(record && parameters);
  const description = writeAvcConfiguration({ ...record, sps: [tellReordering(sps, parameters, 0)] });
  const plain = { ...main, description };
  const track = new JoinedTrack([plain, main]);
  assert.equal(track.mixed, false);
  const begun = track.begin(plain);
  assert.equal(begun.codec, 'avc1.4d401e');
  assert.equal(orderOf(readAvcConfiguration(bytesOf(begun.description as Uint8Array))?.sps[0]), 2);
  assert.equal(track.fit(key, main), key);
});

test('parameter sets that a packet has already aren’t there twice', () => {
  const track = new JoinedTrack([main, high]);
  track.begin(main);
  assert.deepEqual(typesIn(track.fit(track.fit(key, main), main)), [8, 6, 5]);
});

test('VP9 needs none of this', () => {
  const vp9: VideoDecoderConfig = { codec: 'vp09.00.30.08', codedWidth: 640, codedHeight: 360 };
  const track = new JoinedTrack([vp9, { ...vp9 }]);
  assert.equal(track.mixed, false);
  assert.equal(track.begin(vp9), vp9);
  assert.equal(track.fit(key, vp9), key);
});

test('what was joined comes apart again', () => {
  const track = new JoinedTrack([main, high]);
  const begun = track.begin(main);
  const joined = track.fit(key, high);
  const apart = separateConfiguration(joined.data, begun);
  assert.equal(apart.config.codec, 'avc1.640028');
  assert.deepEqual(readAvcConfiguration(bytesOf(apart.config.description as Uint8Array))?.sps.map(orderOf), [2]);
  assert.deepEqual(apart.data, key.data);
  assert.equal(separateConfiguration(key.data, main).config, main);
});
