import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LecternError, serialiseError } from '@lectern/ports';
import type { SoundMessage, SoundOrder } from '../worker/protocol.js';
import { SoundCrew, SoundLink, rowsOf } from './sound-crew.js';

test('rows of what has to be encoded are told by their ends, and are no longer than they may be', () => {
  const wanted = [true, true, false, true, true, true, true, true, false, true];
  assert.deepEqual(rowsOf(wanted, Infinity), [
    [0, 1],
    [3, 7],
    [9, 9],
  ]);
  assert.deepEqual(rowsOf(wanted, 2), [
    [0, 1],
    [3, 4],
    [5, 6],
    [7, 7],
    [9, 9],
  ]);
  assert.deepEqual(rowsOf([], 2), []);
});

/** Workers that say of each section who made it, as its packet. */
function crewOf(
  limit: number,
  answer = true,
): {
  readonly crew: SoundCrew;
  readonly orders: (SoundOrder & { readonly say: 'encode' })[];
  readonly ports: MessagePort[];
} {
  const orders: (SoundOrder & { readonly say: 'encode' })[] = [];
  const ports: MessagePort[] = [];
  const start = (): SoundLink => {
    const { port1, port2 } = new MessageChannel();
    const name = ports.length;
    assert.ok(name < limit, 'nobody else is needed');
    ports.push(port2);
    port2.addEventListener('message', ({ data: order }: MessageEvent<SoundOrder>) => {
      if (order.say !== 'encode') return;
      orders[name] = order;
      if (!answer) return;
      for (const [first, last] of order.runs) {
        for (let index = first; index <= last; index += 1) {
          const config = { codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2 };
          const section = { say: 'section', index, config, data: Uint8Array.of(name), sizes: [1] } as const;
          port2.postMessage(section satisfies SoundMessage);
        }
      }
    });
    port2.start();
    return new SoundLink(port1, () => undefined);
  };
  return { crew: new SoundCrew(start(), start), orders, ports };
}

async function makersOf({ crew }: ReturnType<typeof crewOf>, sections: readonly number[]): Promise<number[]> {
  const made = await Promise.all(sections.map((index) => crew.section(index)));
  return made.map(({ packets }) => packets[0]?.data[0] ?? -1);
}

test('a crew shares long sound in rows, and tells everybody the gain', async (context) => {
  const made = crewOf(2);
  context.after(() => {
    made.crew.close();
  });
  made.crew.encode(new Array<boolean>(40).fill(true), 0.5, 2);
  assert.deepEqual(await makersOf(made, [0, 11, 12, 23, 24, 35, 36, 39]), [0, 0, 1, 1, 0, 0, 1, 1]);
  assert.deepEqual(
    made.orders.map(({ runs, gain }) => ({ runs, gain })),
    [
      {
        runs: [
          [0, 11],
          [24, 35],
        ],
        gain: 0.5,
      },
      {
        runs: [
          [12, 23],
          [36, 39],
        ],
        gain: 0.5,
      },
    ],
  );
});

test('one worker does what is short, and all of it when it is alone', async (context) => {
  const short = crewOf(1);
  const alone = crewOf(1);
  context.after(() => {
    short.crew.close();
    alone.crew.close();
  });
  short.crew.encode([false, true, true, true, false], 1, 4);
  assert.deepEqual(await makersOf(short, [1, 2, 3]), [0, 0, 0]);
  alone.crew.encode(new Array<boolean>(100).fill(true), 1, 1);
  assert.deepEqual(await makersOf(alone, [0, 99]), [0, 0]);
  assert.deepEqual(alone.orders[0]?.runs, [[0, 99]]);
});

test('when one of a crew fails, whoever waits for its sections hears why, and so does the next check', async (context) => {
  const { crew, ports } = crewOf(2, false);
  context.after(() => {
    crew.close();
  });
  crew.encode(new Array<boolean>(8).fill(true), 1, 2);
  const waiting = crew.section(6);
  const failed = { say: 'failed', error: serialiseError(new LecternError('source-missing')) } as const;
  ports[1]?.postMessage(failed satisfies SoundMessage);
  await assert.rejects(waiting, { code: 'source-missing' });
  assert.throws(
    () => {
      crew.check();
    },
    { code: 'source-missing' },
  );
});
