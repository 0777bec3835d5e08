/**
 * Files with joints between packets of sources and packets of the encoder, made by the engine in Chromium: whether
 * ffmpeg, Chromium and Firefox show every picture of them, when they are played, sought and decoded.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/workspace.mjs';
import { readFrameCode } from '../../packages/testing/src/frame-code.js';
import { CopyError, copySpan, findCopies } from '../../packages/render/src/export/copy-stretches.js';
import { EnginePage } from '../conformance/engine-page.js';
import { decodePictures, hasFfmpeg } from '../conformance/ffmpeg.js';
import { PlayerServer, askChromium, askFirefox, findFirefox } from './browsers.js';
import type { PlayAnswer, PlayOrder, SeenFrame } from './player.page.js';
import { type Cut, type Project, bitrate, copiesOf, createProject, openLibrary } from './project.js';
import { frameRate, height, width } from './sources.js';

const skip = hasFfmpeg() ? false : 'ffmpeg, which makes the sources and judges the files, is not on this machine';
const sources = path.join(root, 'tests/copy/.cache');
const preset = { id: 'lms-720p', height, videoBitrate: bitrate, audioBitrate: 128_000 } as const;

let files = '';
let engine: EnginePage;
let player: PlayerServer;

before(async () => {
  if (skip) return;
  mkdirSync(sources, { recursive: true });
  files = await mkdtemp(path.join(tmpdir(), 'lectern-copy-'));
  engine = await EnginePage.open(sources, (line) => {
    process.stderr.write(`${line}\n`);
  });
  player = await PlayerServer.open(files);
});

after(async () => {
  if (skip) return;
  player.close();
  await engine.close();
  await rm(files, { recursive: true, force: true });
});

interface Exported {
  readonly file: string;
  readonly frames: { readonly copied: number; readonly reused: number; readonly encoded: number };
}

function exportProject(project: Project, name: string, container: 'mp4' | 'webm' = 'mp4'): Promise<Exported> {
  const order = { records: project.records, preset, container, range: null };
  return engine.export(order, path.join(files, name));
}

function copiedIn({ copies }: Project): number {
  return copies.reduce((sum, { startFrame, endFrame }) => sum + endFrame - startFrame, 0);
}

/** Whether the parameter sets stand in the packets. */
const isAvc3 = (file: string): boolean => readFileSync(file).includes('avc3', 0, 'latin1');

/** What ffmpeg has to say while it decodes a file. */
function messagesOf(file: string): string {
  return spawnSync('ffmpeg', ['-v', 'warning', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' }).stderr;
}

/** Every picture that ffmpeg decodes, in order. */
async function picturesIn(file: string): Promise<string[]> {
  const { pictures } = await decodePictures(file, width, height);
  return pictures.map((rgb) => {
    const data = new Uint8Array(width * height * 4);
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      for (let part = 0; part < 3; part += 1) data[4 * pixel + part] = rgb[3 * pixel + part] ?? 0;
    }
    const code = readFrameCode({ data, width, height });
    return code ? `${String(code.source)}:${String(code.frame)}` : 'none';
  });
}

/** What a player should be asked of a file: the frames about each joint, the ends and some between, and to play across. */
function orderFor({ file }: Exported, { joints, expected }: Project): PlayOrder {
  const last = expected.length - 1;
  const around = joints.flatMap((joint) => [joint, joint - 1, joint + 1, joint - 2]);
  const seeks = [...around, last, 0, Math.floor(last / 2), Math.floor(last / 3)].filter((frame) => frame <= last);
  const plays = joints.map((joint) => [Math.max(0, joint - 8), Math.min(last, joint + 8)] as const);
  return { file: path.basename(file), frameRate, seeks, plays };
}

const wrongIn = (seen: readonly SeenFrame[], expected: readonly string[]): string[] =>
  seen
    .filter(([frame, code]) => code !== expected[frame])
    .map(([frame, code]) => `${String(frame)}: ${code} for ${String(expected[frame])}`);

function assertSeen(answer: PlayAnswer, order: PlayOrder, { expected }: Project): void {
  assert.equal(answer.failure, null);
  assert.deepEqual(wrongIn(answer.seeks, expected), [], 'sought');
  assert.equal(answer.seeks.length, order.seeks.length);
  for (const [index, [from, to]] of order.plays.entries()) {
    // Firefox gives the picture before to whoever draws while it plays, and a busy machine leaves some out: none may come
    // from before or out of turn, and the joint is passed.
    const places = (answer.plays[index] ?? []).map(([, code]) => expected.indexOf(code));
    assert.ok(Math.min(...places) >= from - 1, `played from ${String(from)}: ${places.join()}`);
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
      `in turn from ${String(from)}`,
    );
    assert.ok(Math.max(...places) >= to - 1, `played to ${String(to)}`);
  }
  if (!answer.decoded) return;
  assert.deepEqual(
    answer.decoded.all.map(([, code]) => code),
    expected,
    'decoded',
  );
  assert.deepEqual(wrongIn(answer.decoded.sought, expected), [], 'decoded one by one');
}

/** One project in every player. */
function testEverywhere(
  what: string,
  cuts: readonly Cut[],
  titles: readonly (readonly [number, number])[],
  more: (project: Project, exported: Exported) => void,
): void {
  test(what, { skip }, async (t) => {
    const project = await createProject(sources, cuts, titles);
    const exported = await exportProject(project, what.replaceAll(/\W+/g, '-'));
    const order = orderFor(exported, project);
    await t.test('is made of the packets that were found', () => {
      assert.equal(exported.frames.copied, copiedIn(project));
      assert.equal(exported.frames.copied + exported.frames.encoded, project.expected.length);
      more(project, exported);
    });
    await t.test('ffmpeg decodes it without a word, every picture in its place', async () => {
      assert.equal(messagesOf(exported.file), '');
      assert.deepEqual(await picturesIn(exported.file), project.expected);
    });
    await t.test('Chromium plays, seeks and decodes it', async () => {
      const answer = await askChromium(player, order);
      assertSeen(answer, order, project);
      assert.ok(answer.decoded);
    });
    const firefox = findFirefox();
    await t.test(
      'Firefox plays and seeks it',
      { skip: firefox ? false : 'Firefox is not on this machine (Debian: apt-get install firefox-esr)' },
      async () => {
        assertSeen(await askFirefox(firefox ?? '', player, order), order, project);
      },
    );
  });
}

testEverywhere(
  'a file from every kind of source, with a title over some of it',
  [
    { source: 'main', trim: 10, length: 95 },
    { source: 'high', trim: 33, length: 140 },
    { source: 'baseline', trim: 7, length: 88 },
    { source: 'open', trim: 80, length: 140 },
    { source: 'stream', trim: 12, length: 77 },
    { source: 'untold', trim: 25, length: 100 },
    { source: 'main', trim: 105, length: 90 },
  ],
  [[410, 425]],
  (project, { file }) => {
    const copied = new Set(project.copies.map(({ assetId }) => assetId));
    assert.equal(copied.size, 6);
    assert.equal(isAvc3(file), true);
  },
);

testEverywhere(
  'a file that begins with a copy, with one frame between two',
  [
    { source: 'main', trim: 30, length: 97 },
    { source: 'baseline', trim: 0, length: 63 },
    { source: 'high', trim: 0, length: 101 },
  ],
  [],
  (project) => {
    assert.equal(project.copies[0]?.startFrame, 0);
  },
);

testEverywhere(
  'a file of one source, cut where nothing has to be encoded',
  [
    { source: 'main', trim: 30, length: 90 },
    { source: 'main', trim: 180, length: 60 },
    { source: 'main', trim: 120, length: 60 },
  ],
  [],
  (project, { file, frames }) => {
    assert.equal(frames.encoded, 0);
    assert.equal(isAvc3(file), false);
    assert.equal(project.copies.length, 3);
  },
);

testEverywhere(
  'a file from a source whose edit list hides its first pictures',
  [{ source: 'hidden', trim: 0, length: 200 }],
  [],
  (project) => {
    // The key frame before the first picture isn't shown itself.
    assert.equal(project.copies[0]?.startFrame, 15);
  },
);

testEverywhere(
  'a file from a source that calls pictures key frames which are none',
  [{ source: 'keyless', trim: 10, length: 130 }],
  [],
  (project) => {
    assert.deepEqual(
      project.copies.map(({ startFrame }) => startFrame),
      [20],
    );
  },
);

testEverywhere(
  'a file from the whole part of a source that is cut off',
  [{ source: 'truncated', trim: 5, length: 130 }],
  [],
  (project) => {
    assert.equal(project.copies[0]?.startFrame, 25);
  },
);

test('nothing is copied from where the bytes are missing', { skip }, async () => {
  const { copies } = await createProject(sources, [{ source: 'truncated', trim: 0, length: 240 }]);
  const [last] = copies.slice(-1);
  assert.ok(last && last.endFrame < 180, 'the last third is missing');
  const { document } = await createProject(sources, [{ source: 'truncated', trim: 190, length: 50 }]);
  assert.deepEqual(await copiesOf(document, sources), []);
});

test('nothing is copied that isn’t in the colours of the export, or as large, or as fast', { skip }, async () => {
  const untagged = await createProject(sources, [{ source: 'untagged', trim: 0, length: 100 }]);
  assert.deepEqual(untagged.copies, []);
  const main = await createProject(sources, [{ source: 'main', trim: 0, length: 100 }]);
  assert.equal(main.copies.length, 1);
  const target = { codec: 'avc', codecString: 'avc1.64001e', width, height, bitrate } as const;
  const { frameRate: rate } = main.document.settings;
  for (const change of [{ width: 1280, height: 720 }, { bitrate: 50_000 }, { codec: 'vp9' as const }]) {
    const found = await findCopies(
      main.document,
      0,
      100,
      { ...target, frameRate: rate, ...change },
      openLibrary(sources),
    );
    assert.deepEqual(found, [], JSON.stringify(change));
  }
});

test(
  'a packet that turns out to be damaged is not passed on, and the export says so or goes on',
  { skip },
  async () => {
    const project = await createProject(sources, [{ source: 'damaged', trim: 0, length: 240 }]);
    const [stretch] = project.copies;
    assert.ok(stretch);
    const span = await copySpan(stretch, 0, project.document, openLibrary(sources));
    await assert.rejects(async () => {
      for await (const packet of span.packets()) assert.ok(packet.data.length > 0);
    }, CopyError);
    const outcome = await exportProject(project, 'damaged').then(
      ({ frames, file }) => ({ frames, messages: messagesOf(file) }),
      (error: unknown) => String(error),
    );
    if (typeof outcome === 'string') assert.match(outcome, /LecternError/);
    else assert.deepEqual([outcome.messages, outcome.frames.copied], ['', 0]);
  },
);

test('VP9 is copied into WebM', { skip }, async () => {
  const project = await createProject(sources, [
    { source: 'vp9', trim: 20, length: 100 },
    { source: 'main', trim: 0, length: 40 },
    { source: 'vp9', trim: 0, length: 60 },
  ]);
  const copies = await copiesOf(project.document, sources, 'vp9');
  assert.deepEqual(
    copies.map(({ startFrame, endFrame }) => [startFrame, endFrame]),
    [
      [10, 100],
      [140, 200],
    ],
  );
  const exported = await exportProject(project, 'vp9', 'webm');
  assert.equal(exported.frames.copied, 150);
  assert.equal(messagesOf(exported.file), '');
  assert.deepEqual(await picturesIn(exported.file), project.expected);
  const webm = { ...project, joints: [10, 100, 140] };
  const order = orderFor(exported, webm);
  assertSeen(await askChromium(player, order), order, webm);
});
