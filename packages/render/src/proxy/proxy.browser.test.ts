import { expect } from 'chai';
import { fixture, readFrames } from '../test-support/sample-project.js';
import { startWorker } from '../start-worker.js';
import { WorkerClient } from '../worker/worker-client.js';

const workerUrl = String(new URL('../../dist/render.worker.js', import.meta.url));
const budgetBytes = 1e9;

describe('a proxy', () => {
  let client: WorkerClient;
  before(() => {
    client = new WorkerClient({
      start: () => startWorker(workerUrl),
      resolveSource: (id) => fixture(id),
      fonts: [],
    });
  });
  after(async () => {
    client.terminate();
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('lectern-proxies', { recursive: true }).catch(() => undefined);
  });

  async function make(assetId: string): Promise<{ proxy: Blob; calls: number }> {
    for (let calls = 1; calls < 20; calls += 1) {
      const proxy = await client.run('makeProxyPiece', { assetId, budgetBytes });
      if (proxy) return { proxy, calls };
    }
    throw new Error('it is never finished');
  }

  for (const name of ['count-h264-30.mp4', 'count-h264-2997.mov', 'count-vfr.mp4', 'count-rotated.mp4']) {
    it(`of ${name} has its pictures one to one, at the same times`, async () => {
      const { proxy } = await make(name);
      const source = await readFrames(await fixture(name));
      const frames = await readFrames(proxy);
      const first = source[0]?.timestamp ?? 0;
      expect(frames.map(({ code }) => code)).to.deep.equal(source.map(({ code }) => code));
      expect(frames.map(({ code }) => code?.frame)).to.not.include(undefined);
      frames.forEach(({ timestamp }, n) => {
        expect(timestamp).to.be.closeTo((source[n]?.timestamp ?? NaN) - first, 0.0001);
      });
    });
  }

  it('is there at once the second time, known by what is in the source', async () => {
    await make('count-vfr.mp4');
    const { calls } = await make('count-vfr.mp4');
    expect(calls).to.equal(1);
  });

  it('isn’t made of what is quick to look around in', async () => {
    const found = await client.run('lookForProxy', { assetId: 'count-silent.mp4', budgetBytes });
    expect(found.standing).to.equal('none');
  });
});
