import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { declaredLength } from './container-length.js';
import { readImageFacts } from './image-header.js';
import { readITunesGaps } from './itunes-gapless.js';
import { readMp3Gaps } from './mp3-gapless.js';

async function fixture(name: string): Promise<Blob> {
  return new Blob([await readFile(new URL(`../../../testing/fixtures/${name}`, import.meta.url))]);
}

test('the size of a still is read from its header', async () => {
  const png = await readImageFacts(await fixture('huge.png'));
  assert.deepEqual([png?.format, png?.width, png?.height], ['png', 10_000, 10_000]);
  const jpeg = await readImageFacts(await fixture('slide.jpg'));
  assert.deepEqual([jpeg?.format, jpeg?.width, jpeg?.height], ['jpeg', 1280, 720]);
  assert.equal((await readImageFacts(await fixture('badge.png')))?.hasAlpha, true);
  for (const name of ['count-h264-30.mp4', 'count-vp9-30.webm', 'tone.mp3', 'text.mp4', 'empty.mp4']) {
    assert.equal(await readImageFacts(await fixture(name)), null, name);
  }
});

test('a container says how long it is, and a cut one is shorter', async () => {
  for (const name of [
    'count-h264-30.mp4',
    'count-h264-25.mp4',
    'count-h264-2997.mov',
    'count-vp9-30.webm',
    'tone.m4a',
  ]) {
    const file = await fixture(name);
    assert.equal(await declaredLength(file), file.size, name);
    const cut = file.slice(0, file.size - 1000);
    assert.ok(((await declaredLength(cut)) ?? 0) > cut.size, name);
  }
  assert.equal(await declaredLength(await fixture('tone.mp3')), null);
  assert.equal(await declaredLength(await fixture('text.mp4')), null);
});

test('an MP3 says what its encoder added', async () => {
  const gaps = await readMp3Gaps(await fixture('tone.mp3'));
  assert.equal(gaps?.sampleRate, 44_100);
  assert.equal(gaps.delay, 1105);
  assert.equal(await readMp3Gaps(await fixture('tone.wav')), null);
  assert.equal(await readMp3Gaps(new Blob([])), null);
});

function box(type: string, ...content: readonly string[]): string {
  const body = content.join('');
  const size = (body.length + 8).toString(16).padStart(8, '0');
  return size.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))) + type + body;
}

function bytes(...parts: readonly string[]): Blob {
  return new Blob(parts.map((part) => Buffer.from(part, 'latin1')));
}

const zeros = '\0'.repeat(4);
const gaplessTag = box(
  '----',
  box('mean', zeros, 'com.apple.iTunes'),
  box('name', zeros, 'iTunSMPB'),
  box('data', '\0\0\0\u0001', zeros, ' 00000000 00000840 000001CA 00000000003F31F6', ' 00000000'.repeat(8)),
);

test('an MP4 without an edit list says in its tags what its encoder added', async () => {
  const tagged = bytes(box('ftyp', 'M4A '), box('mdat', 'sound'), box('moov', box('udta', gaplessTag)));
  assert.deepEqual(await readITunesGaps(tagged), { priming: 0x840, padding: 0x1ca });
});

test('an edit list goes before the tags, and a file without either says nothing', async () => {
  assert.equal(await readITunesGaps(bytes(box('moov', box('elst', zeros), box('udta', gaplessTag)))), null);
  assert.equal(await readITunesGaps(await fixture('tone.m4a')), null);
  assert.equal(await readITunesGaps(await fixture('tone.wav')), null);
  assert.equal(await readITunesGaps(bytes(box('moov', 'iTunSMPB', 'data'))), null);
});
