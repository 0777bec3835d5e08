import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, LecternError, type LecternErrorCode, type NewAsset } from '@lectern/ports';
import { createProbeFacts } from '../../../testing/src/builders.js';
import {
  createFakeConverter,
  type FakeConverter,
  type FakeConverterOptions,
} from '../../../testing/src/fake-converter.js';
import { createTestSession, type TestSession } from '../../../testing/src/create-test-session.js';
import { canConvert, type ConversionJob } from '../conversions/conversion-job.js';

let open: TestSession | null = null;

type Seed = Partial<NewAsset> & { readonly id: string };

const film: Seed = {
  id: 'film',
  name: 'Old film.mpg',
  mimeType: 'video/mpeg',
  sizeBytes: 4,
  probe: createProbeFacts({ decodable: false }),
};

async function begin(converter: FakeConverter | null, assets: readonly Seed[] = [film]): Promise<TestSession> {
  open = createTestSession({ assets, render: converter ? { converter } : {} });
  await open.seeded;
  return open;
}

afterEach(async () => {
  await open?.dispose();
  open = null;
});

const job = (session: TestSession): ConversionJob | null => session.store.getState().conversions.current;

async function codeOf(promise: Promise<unknown>): Promise<LecternErrorCode> {
  const reason: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(isLecternError(reason), `no error of ours: ${String(reason)}`);
  return reason.code;
}

function follow(session: TestSession): ConversionJob['status'][] {
  const seen: ConversionJob['status'][] = [];
  session.store.subscribe(({ conversions: { current } }) => {
    if (current && current.status !== seen.at(-1)) seen.push(current.status);
  });
  return seen;
}

async function until(session: TestSession, status: ConversionJob['status']): Promise<void> {
  if (job(session)?.status === status) return;
  await new Promise<void>((resolve) => {
    const stop = session.store.subscribe(({ conversions: { current } }) => {
      if (current?.status !== status) return;
      stop();
      resolve();
    });
  });
}

const notices = (session: TestSession): string[] =>
  session.store.getState().notices.items.map(({ message }) => message.key);

describe('converting an asset', () => {
  it('says what it takes before it begins', async () => {
    const converter = createFakeConverter({ forecast: { seconds: 720, sizeBytes: 640_000_000 } });
    const session = await begin(converter);
    await session.actions.prepareConversion('film');
    const ready = job(session);
    assert.equal(ready?.status, 'ready');
    assert.equal(ready.name, 'Old film.mpg');
    assert.equal(ready.forecast?.seconds, 720);
    assert.equal(converter.held, 1);
  });

  it('makes a version that can be read, and keeps the original as the one before', async () => {
    const converter = createFakeConverter();
    const session = await begin(converter);
    const before = await session.backend.assets.get('film');
    const seen = follow(session);
    await session.actions.prepareConversion('film');
    assert.equal(await session.actions.convertAsset(), 'film');
    assert.deepEqual(seen, ['looking', 'ready', 'converting', 'storing', 'done']);
    const after = await session.backend.assets.get('film');
    assert.equal(after.probe?.decodable, true);
    assert.equal(after.mimeType, 'video/mp4');
    assert.equal(after.name, 'Old film.mpg');
    const versions = await session.backend.assets.versions('film');
    assert.deepEqual(versions.map(({ number }) => number).sort(), [1, 2]);
    assert.equal(versions.find(({ number }) => number === 1)?.blobKey, before.blobKey);
    assert.ok(await session.backend.blobs.stat(before.blobKey), 'the original’s bytes');
    assert.deepEqual([converter.held, converter.results], [0, 0]);
    assert.deepEqual(notices(session), ['notice.converted']);
    assert.equal(job(session)?.fraction, 1);
  });

  it('makes a file of its own where a version would be of another kind, and says from what', async () => {
    const converter = createFakeConverter({ kind: 'audio' });
    const session = await begin(converter, [{ ...film, probe: null }]);
    await session.actions.prepareConversion('film');
    const id = await session.actions.convertAsset();
    assert.notEqual(id, 'film');
    const made = await session.backend.assets.get(id);
    assert.equal(made.studioMetadata['converted_from'], 'film');
    assert.equal(made.name, 'Old film.m4a');
    assert.equal((await session.backend.assets.versions('film')).length, 1);
  });

  it('leaves nothing behind when it is cancelled, whatever it does', async () => {
    for (const staysAt of ['looking', 'converting'] as const) {
      const converter = createFakeConverter({ staysAt });
      const session = await begin(converter);
      const preparing = session.actions.prepareConversion('film');
      let ended: Promise<unknown> = preparing;
      if (staysAt === 'converting') {
        await preparing;
        ended = session.actions.convertAsset();
        await until(session, 'converting');
        assert.ok((job(session)?.fraction ?? 0) > 0.3);
      } else await until(session, 'looking');
      await session.actions.cancelConversion();
      assert.equal(await codeOf(ended), 'aborted');
      assert.equal(job(session), null);
      assert.deepEqual([converter.held, converter.results], [0, 0]);
      assert.equal((await session.backend.assets.versions('film')).length, 1);
      assert.deepEqual(notices(session), []);
      await session.dispose();
    }
  });

  it('can be called off once it is known what it takes', async () => {
    const converter = createFakeConverter();
    const session = await begin(converter);
    await session.actions.prepareConversion('film');
    await session.actions.dismissConversion();
    assert.equal(job(session), null);
    assert.equal(converter.held, 0);
    assert.equal(await codeOf(session.actions.convertAsset()), 'conflict');
  });

  const refusals: readonly (readonly [LecternErrorCode, FakeConverterOptions])[] = [
    ['converter-unavailable', { refusal: new LecternError('converter-unavailable') }],
    ['quota-exceeded', { refusal: new LecternError('quota-exceeded') }],
    ['file-too-large', { maxBytes: 1 }],
  ];
  for (const [code, options] of refusals) {
    it(`says why it can't begin: ${code}`, async () => {
      const converter = createFakeConverter(options);
      const session = await begin(converter);
      assert.equal(await codeOf(session.actions.prepareConversion('film')), code);
      assert.equal(job(session)?.status, 'failed');
      assert.equal(job(session)?.error?.code, code);
      assert.equal(job(session)?.error?.details['fileName'], 'Old film.mpg');
      assert.equal(converter.held, 0);
    });
  }

  it('keeps the asset as it was when it fails in the middle, and can be tried again', async () => {
    const converter = createFakeConverter({ failure: new LecternError('quota-exceeded') });
    const session = await begin(converter);
    await session.actions.prepareConversion('film');
    assert.equal(await codeOf(session.actions.convertAsset()), 'quota-exceeded');
    assert.equal(job(session)?.status, 'failed');
    assert.deepEqual(notices(session), ['notice.convertFailed']);
    assert.equal((await session.backend.assets.versions('film')).length, 1);
    await session.actions.prepareConversion('film');
    assert.equal(job(session)?.status, 'ready');
  });

  it('does one at a time', async () => {
    const converter = createFakeConverter({ staysAt: 'converting' });
    const session = await begin(converter, [film, { ...film, id: 'other', name: 'Other.avi' }]);
    await session.actions.prepareConversion('film');
    const converting = session.actions.convertAsset();
    converting.catch(() => undefined);
    await until(session, 'converting');
    assert.equal(await codeOf(session.actions.prepareConversion('other')), 'conflict');
    assert.equal(job(session)?.assetId, 'film');
    assert.ok((await session.inProgress()).includes('Old film.mpg'));
    await session.actions.cancelConversion();
    await converting.catch(() => undefined);
  });

  it('is offered for what can’t be read, where the host provides something to do it with', async () => {
    const converter = createFakeConverter();
    const session = await begin(converter, [
      film,
      { id: 'fine', probe: createProbeFacts() },
      { ...film, id: 'unknown', probe: null },
      { id: 'picture', kind: 'image', probe: createProbeFacts({ kind: 'image', decodable: false }) },
    ]);
    const assets = await session.backend.assets.getMany(['film', 'fine', 'unknown', 'picture']);
    const offered = assets.filter((asset) => canConvert(asset, session.render)).map(({ id }) => id);
    assert.deepEqual(offered.sort(), ['film', 'unknown']);
    assert.ok(assets.every((asset) => !canConvert(asset, { converter: null })));
  });
});
