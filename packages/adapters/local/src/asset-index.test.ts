import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Asset, AssetKind, AssetQuery, AssetSort } from '@lectern/ports';
import { sampleFacts } from '@lectern/ports/contracts';
import fc from 'fast-check';
import { createLocalBackend } from './local-backend.js';

const sorts = ['newest', 'oldest', 'name', 'largest', 'longest'] as const satisfies readonly AssetSort[];
const words = ['Optics', 'optics 2', 'Optics 10', 'Übung', 'uebung', 'Slide'];

function createAsset(fields: Partial<Asset> & { readonly id: string }): Asset {
  return {
    ownerId: 'guest',
    name: 'Lecture',
    kind: 'video',
    mimeType: 'video/mp4',
    sizeBytes: 1,
    status: 'active',
    sourceType: 'upload',
    studioMetadata: {},
    tags: [],
    probe: sampleFacts(),
    posterKey: null,
    currentVersionId: `${fields.id}-1`,
    blobKey: `assets/${fields.id}/1`,
    fingerprint: null,
    verifiedSha256: null,
    rev: 1,
    createdAt: '2025-01-01T00:00:00.000Z',
    updatedAt: '2025-01-01T00:00:00.000Z',
    deletedAt: null,
    ...fields,
  };
}

const anyAsset = fc
  .record({
    id: fc.integer({ min: 0, max: 30 }),
    word: fc.constantFrom(...words),
    kind: fc.constantFrom<AssetKind>('video', 'audio', 'image'),
    sizeBytes: fc.integer({ min: 0, max: 4 }),
    seconds: fc.integer({ min: 0, max: 4 }),
    day: fc.integer({ min: 1, max: 5 }),
    tags: fc.subarray(['week 1', 'Week 2', 'lab']),
    deleted: fc.boolean(),
  })
  .map(({ id, word, day, seconds, deleted, ...fields }) =>
    createAsset({
      ...fields,
      id: `asset-${String(id)}`,
      name: word,
      createdAt: `2025-01-0${String(day)}T00:00:00.000Z`,
      probe: sampleFacts({ durationSeconds: seconds }),
      deletedAt: deleted ? '2025-02-01T00:00:00.000Z' : null,
    }),
  );

const anyQuery: fc.Arbitrary<AssetQuery> = fc.record(
  {
    sort: fc.constantFrom(...sorts),
    search: fc.constantFrom('', 'OPTICS', 'ubung', 'week', 'tics 1'),
    kinds: fc.subarray<AssetKind>(['video', 'audio', 'image']),
    tags: fc.subarray(['WEEK 1', 'lab']),
    deleted: fc.boolean(),
  },
  { requiredKeys: ['sort'] },
);

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The same answer, made as simply as can be. */
function naiveAnswer(assets: Iterable<Asset>, query: AssetQuery): readonly string[] {
  const value: Record<AssetSort, (asset: Asset) => string | number> = {
    newest: (asset) => -Date.parse(asset.createdAt),
    oldest: (asset) => Date.parse(asset.createdAt),
    largest: (asset) => -asset.sizeBytes,
    longest: (asset) => -(asset.probe?.durationSeconds ?? 0),
    name: (asset) => fold(asset.name).replace(/\d+/g, (digits) => digits.padStart(12, '0')),
  };
  const of = value[query.sort ?? 'newest'];
  return [...assets]
    .filter((asset) => (asset.deletedAt !== null) === (query.deleted ?? false))
    .filter((asset) => !query.kinds?.length || query.kinds.includes(asset.kind))
    .filter((asset) => (query.tags ?? []).every((tag) => asset.tags.map(fold).includes(fold(tag))))
    .filter((asset) => [asset.name, ...asset.tags].some((text) => fold(text).includes(fold(query.search ?? ''))))
    .sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

describe('the order book of the library', () => {
  it('answers every query as a plain search through all assets does, after any changes', async () => {
    const step = fc.record({
      put: fc.array(anyAsset, { maxLength: 8 }),
      query: anyQuery,
      limit: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const backend = createLocalBackend({ storage: 'memory' });
        const model = new Map<string, Asset>();
        for (const { put, query, limit } of steps) {
          const rows = [...new Map(put.map((asset) => [asset.id, asset])).values()];
          await backend.importAssets(rows);
          for (const row of rows) model.set(row.id, row);
          const expected = naiveAnswer(model.values(), query);
          const found: string[] = [];
          let cursor: string | null = null;
          do {
            const page = await backend.assets.list({ ...query, limit, cursor });
            assert.equal(page.total, expected.length);
            found.push(...page.items.map(({ id }) => id));
            cursor = page.nextCursor;
          } while (cursor !== null);
          assert.deepEqual(found, expected);
        }
        await backend.dispose();
      }),
      { numRuns: 150, seed: 4711 },
    );
  });

  it('takes in more changes at once than it would put into their places one by one', async () => {
    const backend = createLocalBackend({ storage: 'memory' });
    const many = (count: number, from: number): readonly Asset[] =>
      Array.from({ length: count }, (_, index) =>
        createAsset({ id: `a${String(from + index)}`, sizeBytes: from + index }),
      );
    const largest = async (): Promise<string | undefined> =>
      (await backend.assets.list({ sort: 'largest' })).items[0]?.id;
    await backend.importAssets(many(10, 0));
    assert.equal(await largest(), 'a9');
    await backend.importAssets(many(300, 10));
    assert.equal(await largest(), 'a309');
    await backend.importAssets(many(6000, 310));
    assert.equal(await largest(), 'a6309');
    assert.equal((await backend.assets.list({})).total, 6310);
    await backend.dispose();
  });
});
