import type { Asset, AssetKind, AssetQuery, AssetSort } from '../domain/asset.js';
import type { AssetNotice, AssetsPort } from '../assets-port.js';
import { assetHistoryCases } from './asset-history-cases.js';
import type { ContractContext, ContractSuite } from './contract.js';
import { expectEqual, expectError, expectNotice, expectTrue, firedSignal } from './expectations.js';
import { sampleFacts, sampleSave, storeAsset } from './samples.js';

const namesOf = (assets: readonly Asset[]): readonly string[] => assets.map(({ name }) => name);

/** All pages of a query, read by cursor. */
async function readAll(assets: AssetsPort, query: AssetQuery): Promise<readonly Asset[]> {
  const all: Asset[] = [];
  let cursor: string | null = null;
  do {
    const page = await assets.list({ ...query, cursor });
    all.push(...page.items);
    cursor = page.nextCursor;
    expectTrue(all.length <= 1000, 'a list comes to an end');
  } while (cursor !== null);
  return all;
}

/** A word that only this case's assets have in their names. */
function ownWord(newId: () => string): string {
  return `w${newId().replaceAll('-', '').slice(0, 12)}`;
}

interface Shelf {
  readonly word: string;
  readonly ids: readonly string[];
}

/** Five assets that differ in all that a query asks for. */
async function fillShelf({ backend, newId }: ContractContext): Promise<Shelf> {
  const word = ownWord(newId);
  const rows: readonly [name: string, kind: AssetKind, tags: readonly string[], sizeBytes: number, seconds: number][] =
    [
      ['Übung 10', 'video', ['Physics', 'week 1'], 500, 30],
      ['übung 2', 'video', ['physics'], 100, 300],
      ['Zebra', 'image', [], 900, 0],
      ['apple', 'audio', ['Week 1'], 300, 90],
      ['Banana', 'audio', ['chemistry'], 700, 60],
    ];
  const ids: string[] = [];
  for (const [name, kind, tags, sizeBytes, durationSeconds] of rows) {
    const id = newId();
    ids.push(id);
    const probe = sampleFacts({ kind, durationSeconds });
    const sourceType = kind === 'audio' ? 'recording' : 'upload';
    await storeAsset(backend, id, { name: `${name} ${word}`, kind, tags, sizeBytes, probe, sourceType });
    // So that "newest" has an order.
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return { word, ids };
}

/** What every library promises. */
export const assetsContract: ContractSuite = {
  name: 'assets',
  cases: [
    {
      name: 'makes an asset with its first version',
      async run({ backend, newId }) {
        const id = newId();
        const studioMetadata = { project_id: newId(), nested: { list: [1, null] } };
        const name = ' Week\u00a01 \u202eevil\n';
        const made = await storeAsset(backend, id, { name, tags: ['a', 'b'], studioMetadata });
        expectEqual(made.name, 'Week 1 evil', 'name, as it is shown');
        expectEqual(
          [made.id, made.rev, made.status, made.deletedAt],
          [id, 1, 'active', null],
          'id, rev, status, deletedAt',
        );
        expectEqual(made.tags, ['a', 'b'], 'tags');
        expectEqual(made.studioMetadata, studioMetadata, 'metadata');
        expectEqual(made.probe, sampleFacts(), 'probe facts');
        expectEqual(made.ownerId, (await backend.identity.current()).userId, 'owner');
        expectTrue(!Number.isNaN(Date.parse(made.createdAt)), 'createdAt is a time');
        expectEqual(await backend.assets.get(id), made, 'get');
        const versions = await backend.assets.versions(id);
        expectEqual(
          versions.map(({ id: versionId, assetId, number, blobKey }) => ({ versionId, assetId, number, blobKey })),
          [{ versionId: made.currentVersionId, assetId: id, number: 1, blobKey: made.blobKey }],
          'versions',
        );
      },
    },
    {
      name: 'refuses an id that is taken, bytes that aren’t stored and values of the wrong kind',
      async run({ backend, newId }) {
        const id = newId();
        await storeAsset(backend, id);
        await expectError('already-exists', storeAsset(backend, id), 'second create');
        const other = newId();
        const unstored = await expectError(
          'invalid-input',
          storeAsset(backend, other, { blobKey: `assets/${other}/no` }),
          'no bytes',
        );
        expectTrue(
          'path' in unstored.details && 'expected' in unstored.details,
          'the error says where and what was expected',
        );
        await expectError(
          'invalid-input',
          storeAsset(backend, newId(), { posterKey: `assets/${other}/no` }),
          'no poster',
        );
        await expectError('invalid-input', storeAsset(backend, newId(), { sizeBytes: -1 }), 'negative size');
        await expectError('invalid-input', storeAsset(backend, newId(), { kind: 'smell' as never }), 'unknown kind');
        await expectError('invalid-input', storeAsset(backend, newId(), { tags: ['x'.repeat(65)] }), 'tag too long');
        await expectError('not-found', backend.assets.get(other), 'nothing was made of it');
      },
    },
    {
      name: 'gives several in the order asked for, without those that aren’t there',
      async run({ backend, newId }) {
        const [a, b] = [newId(), newId()];
        await storeAsset(backend, a);
        await storeAsset(backend, b);
        await backend.assets.remove(a);
        const found = await backend.assets.getMany([b, newId(), a]);
        expectEqual(
          found.map(({ id }) => id),
          [b, a],
          'ids',
        );
        expectEqual(await backend.assets.getMany([]), [], 'of none');
      },
    },
    {
      name: 'sorts in five ways',
      async run(context) {
        const { word } = await fillShelf(context);
        const expected: Readonly<Record<AssetSort, readonly string[]>> = {
          newest: ['Banana', 'apple', 'Zebra', 'übung 2', 'Übung 10'],
          oldest: ['Übung 10', 'übung 2', 'Zebra', 'apple', 'Banana'],
          largest: ['Zebra', 'Banana', 'Übung 10', 'apple', 'übung 2'],
          longest: ['übung 2', 'apple', 'Banana', 'Übung 10', 'Zebra'],
          name: [],
        };
        for (const sort of ['newest', 'oldest', 'largest', 'longest'] as const) {
          const { items } = await context.backend.assets.list({ search: word, sort });
          expectEqual(
            namesOf(items),
            expected[sort].map((name) => `${name} ${word}`),
            sort,
          );
        }
        const { items } = await context.backend.assets.list({ search: word, sort: 'name' });
        const plain = namesOf(items).filter((name) => /^[a-z]/i.test(name));
        expectEqual(
          plain,
          ['apple', 'Banana', 'Zebra'].map((name) => `${name} ${word}`),
          'by name, any case',
        );
      },
    },
    {
      name: 'shows the newest first when no order is asked for',
      async run(context) {
        const { word } = await fillShelf(context);
        const { items } = await context.backend.assets.list({ search: word });
        expectEqual(namesOf(items)[0], `Banana ${word}`, 'first');
      },
    },
    {
      name: 'finds by part of a name or of a tag, in any case',
      async run(context) {
        const { word, ids } = await fillShelf(context);
        const { assets } = context.backend;
        const find = async (search: string): Promise<readonly string[]> =>
          (await readAll(assets, { search, sort: 'oldest' })).map(({ id }) => id).filter((id) => ids.includes(id));
        expectEqual(await find(`BANANA ${word.toUpperCase()}`), [ids[4]], 'name in capitals');
        expectEqual(await find(`ple ${word}`), [ids[3]], 'middle of a name');
        expectEqual(await find(`ÜBUNG 2 ${word}`), [ids[1]], 'capitals beyond ASCII');
        expectEqual(await find(`nothing ${word}`), [], 'no match');
        await assets.update(ids[2] ?? '', { tags: [`Tag${word}Tag`] });
        expectEqual(await find(`tag${word}`), [ids[2]], 'part of a tag');
        await assets.update(ids[2] ?? '', { name: 'Renamed' });
        expectEqual(await find('Renamed'), [ids[2]], 'the new name');
        expectEqual((await find(word)).length, 5, 'still found by its tag');
      },
    },
    {
      name: 'narrows by kind, source and tags, and counts what matches',
      async run(context) {
        const { word } = await fillShelf(context);
        const { assets } = context.backend;
        const names = async (query: AssetQuery): Promise<readonly string[]> => {
          const page = await assets.list({ sort: 'oldest', ...query, search: word });
          expectEqual(page.total, page.items.length, 'total');
          return namesOf(page.items).map((name) => name.replace(` ${word}`, ''));
        };
        expectEqual(await names({ kinds: ['audio', 'image'] }), ['Zebra', 'apple', 'Banana'], 'two kinds');
        expectEqual(await names({ sourceTypes: ['recording'] }), ['apple', 'Banana'], 'source');
        expectEqual(await names({ tags: ['physics'] }), ['Übung 10', 'übung 2'], 'tag, any case');
        expectEqual(await names({ tags: ['physics', 'week 1'] }), ['Übung 10'], 'both tags');
        expectEqual(await names({ kinds: ['video'], sourceTypes: ['recording'] }), [], 'nothing fits both');
        expectEqual((await names({ kinds: [], tags: [] })).length, 5, 'empty lists ask for nothing');
      },
    },
    {
      name: 'finds what belongs to a project: made from it, or used in it',
      async run(context) {
        const { backend, newId } = context;
        const projectId = newId();
        const [made, used, other] = [newId(), newId(), newId()];
        await storeAsset(backend, made, { sourceType: 'export', studioMetadata: { project_id: projectId } });
        await storeAsset(backend, used);
        await storeAsset(backend, other);
        await backend.projects.save(sampleSave(projectId, { assetIds: [used] }));
        const { items, total } = await backend.assets.list({ projectId, sort: 'oldest' });
        expectEqual(items.map(({ id }) => id).sort(), [made, used].sort(), 'ids');
        expectEqual(total, 2, 'total');
        await backend.projects.save(sampleSave(projectId, { baseRev: 1, assetIds: [] }));
        expectEqual((await backend.assets.list({ projectId })).total, 1, 'once it is used no more');
      },
    },
    {
      name: 'reads page by page, each asset once, in every order',
      async run(context) {
        const { word, ids } = await fillShelf(context);
        const { assets } = context.backend;
        for (const sort of ['newest', 'oldest', 'name', 'largest', 'longest'] as const) {
          const whole = await assets.list({ search: word, sort });
          expectEqual([whole.total, whole.nextCursor], [5, null], `${sort}: total and cursor of one page`);
          const first = await assets.list({ search: word, sort, limit: 2 });
          expectEqual([first.items.length, first.total], [2, 5], `${sort}: first page`);
          const paged = await readAll(assets, { search: word, sort, limit: 2 });
          expectEqual(namesOf(paged), namesOf(whole.items), `${sort}: pages`);
          expectEqual(new Set(paged.map(({ id }) => id)).size, ids.length, `${sort}: each once`);
        }
      },
    },
    {
      name: 'goes on from a cursor although the asset it stood at is gone and others came',
      async run(context) {
        const { word, ids } = await fillShelf(context);
        const { assets } = context.backend;
        const query: AssetQuery = { search: word, sort: 'oldest', limit: 2 };
        const first = await assets.list(query);
        await assets.remove(ids[1] ?? '');
        await storeAsset(context.backend, context.newId(), { name: `Late ${word}` });
        const rest = await readAll(assets, { ...query, cursor: null });
        expectEqual(rest.length, 5, 'a new reading');
        const second = await assets.list({ ...query, cursor: first.nextCursor });
        expectEqual(namesOf(second.items), [`Zebra ${word}`, `apple ${word}`], 'second page');
      },
    },
    {
      name: 'keeps reading assets that are equal in what they are sorted by',
      async run({ backend, newId }) {
        const word = ownWord(newId);
        for (let i = 0; i < 5; i++) await storeAsset(backend, newId(), { name: word, sizeBytes: 7 });
        const paged = await readAll(backend.assets, { search: word, sort: 'largest', limit: 1 });
        expectEqual(new Set(paged.map(({ id }) => id)).size, 5, 'different assets');
      },
    },
    {
      name: 'refuses a cursor that isn’t one of this order’s, and a limit below one',
      async run(context) {
        const { word } = await fillShelf(context);
        const { assets } = context.backend;
        const { nextCursor } = await assets.list({ search: word, sort: 'name', limit: 1 });
        await expectError(
          'invalid-input',
          assets.list({ search: word, sort: 'largest', cursor: nextCursor }),
          'other order',
        );
        await expectError('invalid-input', assets.list({ cursor: 'nonsense%' }), 'nonsense');
        await expectError('invalid-input', assets.list({ limit: 0 }), 'limit');
      },
    },
    {
      name: 'changes what a patch names and nothing else, and counts it',
      async run({ backend, newId }) {
        const id = newId();
        const made = await storeAsset(backend, id, { tags: ['a'] });
        const changed = await backend.assets.update(id, { name: ' New\tname ', studioMetadata: { note: 'x' } });
        expectEqual(
          [changed.name, changed.tags, changed.studioMetadata, changed.rev],
          ['New name', ['a'], { note: 'x' }, 2],
          'row',
        );
        expectEqual([changed.createdAt, changed.blobKey], [made.createdAt, made.blobKey], 'what stayed');
        expectEqual(await backend.assets.get(id), changed, 'get');
      },
    },
    {
      name: 'refuses a change of what is gone, of another revision, or to what makes no sense',
      async run({ backend, newId }) {
        const id = newId();
        await storeAsset(backend, id, { name: 'Old.mp4' });
        await expectError('not-found', backend.assets.update(newId(), { name: 'x' }), 'unknown asset');
        await expectError('conflict', backend.assets.update(id, { name: 'x' }, { expectedRev: 7 }), 'other revision');
        const refused = await expectError('invalid-input', backend.assets.update(id, { tags: [''] }), 'empty tag');
        expectTrue(String(refused.details['path']).startsWith('tags'), 'the error names the field');
        await expectError(
          'invalid-input',
          backend.assets.update(id, { rev: 9 } as never),
          'a field that is nobody’s to change',
        );
        expectEqual((await backend.assets.get(id)).name, 'Old.mp4', 'name');
        expectEqual((await backend.assets.update(id, { name: 'x' }, { expectedRev: 1 })).rev, 2, 'its own revision');
      },
    },
    {
      name: 'removes softly and restores',
      async run({ backend, newId }) {
        const word = ownWord(newId);
        const id = newId();
        await storeAsset(backend, id, { name: word });
        const removed = await backend.assets.remove(id);
        expectEqual([removed.status, removed.deletedAt !== null], ['deleted', true], 'removed row');
        expectEqual((await backend.assets.list({ search: word })).total, 0, 'in the list');
        expectEqual((await backend.assets.list({ search: word, deleted: true })).total, 1, 'in the trash');
        expectEqual((await backend.assets.get(id)).status, 'deleted', 'get');
        expectEqual((await backend.assets.remove(id)).status, 'deleted', 'removing again');
        const restored = await backend.assets.restore(id);
        expectEqual([restored.status, restored.deletedAt], ['active', null], 'restored row');
        expectEqual((await backend.assets.restore(id)).status, 'active', 'restoring again');
        expectEqual((await backend.assets.list({ search: word })).total, 1, 'in the list again');
        expectEqual((await backend.assets.list({ search: word, deleted: true })).total, 0, 'in the trash again');
        await expectError('not-found', backend.assets.remove(newId()), 'remove what isn’t there');
        await expectError('not-found', backend.assets.restore(newId()), 'restore what isn’t there');
      },
    },
    {
      name: 'refuses to remove what is in use, and names the places',
      async run({ backend: { assets, ...backend }, newId }) {
        const id = newId();
        await storeAsset({ ...backend, assets }, id);
        const [lesson, page] = [newId(), newId()];
        await assets.link({ assetId: id, resourceType: 'lesson', resourceId: lesson, label: 'Lesson 1' });
        await assets.link({ assetId: id, resourceType: 'wiki-page', resourceId: page, label: 'Wiki: light' });
        const refused = await expectError('in-use', assets.remove(id), 'remove');
        const places = refused.details['places'];
        expectEqual(
          Array.isArray(places) ? [...(places as string[])].sort() : places,
          ['Lesson 1', 'Wiki: light'],
          'places',
        );
        expectEqual((await assets.get(id)).status, 'active', 'status');
        await assets.unlink({ assetId: id, resourceType: 'lesson', resourceId: lesson });
        await expectError('in-use', assets.remove(id), 'with one place left');
        await assets.unlink({ assetId: id, resourceType: 'wiki-page', resourceId: page });
        expectEqual((await assets.remove(id)).status, 'deleted', 'status once it is free');
      },
    },
    {
      name: 'knows the places of an asset, each once',
      async run({ backend, newId }) {
        const { assets } = backend;
        const id = newId();
        await storeAsset(backend, id);
        const place = { assetId: id, resourceType: 'lesson', resourceId: newId(), label: 'Lesson 1' };
        expectEqual(await assets.usage(id), [], 'at first');
        await assets.link(place);
        await assets.link({ ...place, label: 'Lesson one' });
        expectEqual(await assets.usage(id), [{ ...place, label: 'Lesson one' }], 'said twice');
        await assets.unlink(place);
        await assets.unlink(place);
        expectEqual(await assets.usage(id), [], 'taken back twice');
        expectEqual(await assets.usage(newId()), [], 'of an unknown asset');
        await expectError('not-found', assets.link({ ...place, assetId: newId() }), 'link of an unknown asset');
        await expectError('invalid-input', assets.link({ ...place, resourceId: '' }), 'a place without an id');
      },
    },
    {
      name: 'puts a new version in place, and every link follows',
      async run({ backend, newId }) {
        const { assets, blobs } = backend;
        const id = newId();
        const made = await storeAsset(backend, id);
        const place = { assetId: id, resourceType: 'lesson', resourceId: newId(), label: 'Lesson' };
        await assets.link(place);
        const [blobKey, posterKey] = [`assets/${id}/${newId()}`, `assets/${id}/${newId()}`];
        await blobs.put(blobKey, new Blob(['a longer lecture']));
        await blobs.put(posterKey, new Blob(['picture']));
        const probe = sampleFacts({ durationSeconds: 20 });
        const replaced = await assets.addVersion(id, {
          blobKey,
          mimeType: 'video/webm',
          sizeBytes: 16,
          probe,
          posterKey,
        });
        expectEqual(
          [replaced.blobKey, replaced.mimeType, replaced.sizeBytes, replaced.probe, replaced.posterKey, replaced.rev],
          [blobKey, 'video/webm', 16, probe, posterKey, 2],
          'row',
        );
        expectEqual([replaced.name, replaced.createdAt], [made.name, made.createdAt], 'what stayed');
        const versions = await assets.versions(id);
        expectEqual(
          versions.map(({ number, blobKey: key }) => [number, key]),
          [
            [2, blobKey],
            [1, made.blobKey],
          ],
          'versions',
        );
        expectEqual(versions[0]?.id, replaced.currentVersionId, 'current version');
        expectEqual(await assets.usage(id), [place], 'usage');
        expectEqual(await (await blobs.get(made.blobKey)).text(), 'lecture', 'bytes of the first version');
      },
    },
    {
      name: 'refuses a version of what isn’t there, and of bytes that aren’t stored',
      async run({ backend, newId }) {
        const id = newId();
        await storeAsset(backend, id);
        const blobKey = `assets/${id}/${newId()}`;
        const version = { blobKey, mimeType: 'video/mp4', sizeBytes: 1, probe: null, posterKey: null };
        await expectError('invalid-input', backend.assets.addVersion(id, version), 'no bytes');
        await backend.blobs.put(blobKey, new Blob(['x']));
        await expectError('not-found', backend.assets.addVersion(newId(), version), 'unknown asset');
        await expectError('not-found', backend.assets.versions(newId()), 'versions of an unknown asset');
        expectEqual((await backend.assets.versions(id)).length, 1, 'versions');
      },
    },
    {
      name: 'tells of every change, until one has heard enough',
      async run({ backend, newId }) {
        const { assets } = backend;
        const id = newId();
        const about = (notice: { readonly ids: readonly string[] }): boolean =>
          notice.ids.length === 0 || notice.ids.includes(id);
        const hears = (cause: () => Promise<unknown>, what: string): Promise<void> =>
          expectNotice<AssetNotice>((listener) => assets.subscribe(listener), cause, about, what);
        await hears(() => storeAsset(backend, id), 'create');
        await hears(() => assets.update(id, { name: 'Other' }), 'update');
        await hears(() => assets.remove(id), 'remove');
        await hears(() => assets.restore(id), 'restore');
        let heard = 0;
        const stop = assets.subscribe(() => heard++);
        stop();
        stop();
        await assets.update(id, { name: 'Again' });
        await new Promise((resolve) => setTimeout(resolve, 50));
        expectEqual(heard, 0, 'notices after the end');
      },
    },
    {
      name: 'does nothing for a signal that has fired',
      async run({ backend, newId }) {
        const { assets } = backend;
        const id = newId();
        const made = await storeAsset(backend, id);
        const signal = firedSignal();
        const place = { assetId: id, resourceType: 'lesson', resourceId: newId(), label: 'Lesson' };
        await expectError('aborted', assets.list({}, { signal }), 'list');
        await expectError('aborted', assets.get(id, { signal }), 'get');
        await expectError('aborted', assets.getMany([id], { signal }), 'getMany');
        await expectError('aborted', assets.create({ ...made, id: newId() }, { signal }), 'create');
        await expectError('aborted', assets.update(id, { name: 'x' }, { signal }), 'update');
        await expectError('aborted', assets.remove(id, { signal }), 'remove');
        await expectError('aborted', assets.restore(id, { signal }), 'restore');
        await expectError('aborted', assets.addVersion(id, { ...made }, { signal }), 'addVersion');
        const version = made.currentVersionId;
        await expectError('aborted', assets.restoreVersion(id, version, { signal }), 'restoreVersion');
        await expectError('aborted', assets.versions(id, { signal }), 'versions');
        const [upload] = await assets.history(id);
        await expectError('aborted', assets.history(id, { signal }), 'history');
        await expectError('aborted', assets.undo(upload?.id ?? '', { signal }), 'undo');
        await expectError('aborted', assets.findByFingerprint('a'.repeat(64), { signal }), 'findByFingerprint');
        await expectError('aborted', assets.overview({ signal }), 'overview');
        await expectError('aborted', assets.usage(id, { signal }), 'usage');
        await expectError('aborted', assets.link(place, { signal }), 'link');
        await expectError('aborted', assets.unlink(place, { signal }), 'unlink');
        expectEqual(await assets.get(id), made, 'the asset');
      },
    },
    {
      name: 'lets nobody change a row by changing what was answered',
      async run({ backend, newId }) {
        const id = newId();
        await storeAsset(backend, id, { tags: ['a'] });
        try {
          ((await backend.assets.get(id)).tags as string[]).push('b');
        } catch {
          // Refusing it is as good.
        }
        expectEqual((await backend.assets.get(id)).tags, ['a'], 'tags');
      },
    },
    {
      name: 'tells another page at once, and shows it what was written',
      needs: ['openPeer'],
      async run({ backend, newId, openPeer }) {
        const word = ownWord(newId);
        const id = newId();
        const peer = await openPeer();
        expectEqual((await peer.assets.list({ search: word })).total, 0, 'before');
        await expectNotice<AssetNotice>(
          (listener) => peer.assets.subscribe(listener),
          () => storeAsset(backend, id, { name: word }),
          ({ ids }) => ids.length === 0 || ids.includes(id),
          'the other page',
        );
        expectEqual((await peer.assets.list({ search: word })).total, 1, 'after create');
        await backend.assets.update(id, { name: 'Elsewhere' });
        expectEqual((await peer.assets.list({ search: word })).total, 0, 'after rename');
        await peer.assets.remove(id);
        expectEqual(
          (await backend.assets.list({ search: 'Elsewhere' })).items.filter((asset) => asset.id === id),
          [],
          'after remove',
        );
      },
    },
    {
      name: 'lets one of two pages win that change the same revision',
      needs: ['openPeer'],
      async run({ backend, newId, openPeer }) {
        const id = newId();
        await storeAsset(backend, id);
        const peer = await openPeer();
        const outcomes = await Promise.allSettled([
          backend.assets.update(id, { name: 'Mine' }, { expectedRev: 1 }),
          peer.assets.update(id, { name: 'Theirs' }, { expectedRev: 1 }),
        ]);
        expectEqual(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, 'how many succeeded');
        expectEqual((await backend.assets.get(id)).rev, 2, 'rev');
      },
    },
    ...assetHistoryCases,
  ],
};
