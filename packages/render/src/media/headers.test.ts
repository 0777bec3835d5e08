import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { declaredLength } from './container-length.js';
import { readImageFacts } from './image-header.js';
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
