import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FrameGraph, createDocument } from '@lectern/timeline';
import { Follower } from './follower.js';
import { PictureSet } from './picture-set.js';

const start = 1_000_000;

test('a frame that began while the one before was drawn is shown at once', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let now = start;
  context.mock.method(performance, 'now', () => now - performance.timeOrigin);
  const shown: number[] = [];
  const graph = (frame: number): FrameGraph => ({ frame: Math.floor(frame), layers: [] }) as unknown as FrameGraph;
  const following = (): Promise<PictureSet> => {
    // Drawing takes nearly a frame: it ends when the next one has begun already.
    now += 31;
    return Promise.resolve(new PictureSet());
  };
  const supply = { following, backwards: following, warm: () => undefined, focusOn: () => undefined };
  const follower = new Follower(supply, {
    graph,
    show: ({ frame }: FrameGraph) => shown.push(frame),
    fail: (error: unknown) => {
      throw error;
    },
    document: () => createDocument({ records: [] }),
    ticked: () => undefined,
  });
  follower.follow({ frame: 0.5, time: start, speed: 0.03 }, 1, true);
  for (let looks = 0; looks < 6; looks += 1) {
    // Not a millisecond passes in which nothing is drawn.
    context.mock.timers.tick(0);
    for (let breaths = 0; breaths < 10; breaths += 1) await Promise.resolve();
  }
  follower.stop();
  assert.deepEqual(shown, [0, 1, 2, 3, 4, 5]);
  assert.equal(follower.droppedFrames, 0);
});
