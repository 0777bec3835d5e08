import type { AssetsPort } from '../assets-port.js';
import type { Asset, AssetChange, AssetKind, LibraryCount, NewAssetVersion } from '../domain/asset.js';
import type { Backend } from '../backend.js';
import type { ContractCase } from './contract.js';
import { expectEqual, expectError, expectNotice, expectTrue, fail } from './expectations.js';
import { sampleFacts, sampleSave, storeAsset } from './samples.js';

/** 64 hexadecimal digits that nobody else has. */
const ownFingerprint = (newId: () => string): string => `${newId()}${newId()}`.replaceAll('-', '');

/** Stores bytes and a poster, and puts them in place. */
async function replace(
  { assets, blobs }: Pick<Backend, 'assets' | 'blobs'>,
  id: string,
  fields: Partial<NewAssetVersion> = {},
): Promise<Asset> {
  const [blobKey, posterKey] = [`assets/${id}/${crypto.randomUUID()}`, `assets/${id}/${crypto.randomUUID()}`];
  await blobs.put(blobKey, new Blob(['a longer lecture']));
  await blobs.put(posterKey, new Blob(['picture']));
  const probe = sampleFacts({ durationSeconds: 20 });
  return assets.addVersion(id, { blobKey, mimeType: 'video/webm', sizeBytes: 16, probe, posterKey, ...fields });
}

/** The newest change, which must be of that kind. */
async function newest(assets: AssetsPort, id: string, action: AssetChange['action']): Promise<AssetChange> {
  const [change] = await assets.history(id);
  if (change?.action !== action) fail(`expected ${action} as the newest change, got ${JSON.stringify(change)}`);
  return change;
}

/** What of a version comes back with it. */
const bytesOf = ({ blobKey, mimeType, sizeBytes, probe, posterKey, fingerprint, kind }: Asset): unknown => ({
  ...{ blobKey, mimeType, sizeBytes, probe, posterKey, fingerprint, kind },
});

const terabyte = 2 ** 40;

/**
 * How many files of a terabyte there are in a cell. Others are at work in the same library, with small files: their
 * figures can't be told, but what they have can't hide so much either.
 */
function terabytesIn(
  overview: readonly LibraryCount[],
  kind: AssetKind,
  sourceType: Asset['sourceType'],
  deleted: boolean,
): number {
  const cells = overview.filter(
    (count) => count.kind === kind && count.sourceType === sourceType && count.deleted === deleted,
  );
  expectTrue(cells.length <= 1, `one row for ${kind}, ${sourceType} and ${deleted ? 'trash' : 'library'}`);
  return Math.floor((cells[0]?.bytes ?? 0) / terabyte);
}

/** What every library promises of versions that come back, history, fingerprints and figures. */
export const assetHistoryCases: readonly ContractCase[] = [
  {
    name: 'puts an older version in place again, as a new one, with all that was its own',
    async run({ backend, newId }) {
      const { assets, blobs } = backend;
      const id = newId();
      const posterKey = `assets/${id}/${newId()}`;
      await blobs.put(posterKey, new Blob(['first picture']));
      const first = await storeAsset(backend, id, { fingerprint: ownFingerprint(newId), posterKey });
      const second = await replace(backend, id, {
        probe: sampleFacts({ kind: 'audio', durationSeconds: 20 }),
        fingerprint: ownFingerprint(newId),
      });
      expectEqual(second.kind, 'audio', 'kind of the second');
      const third = await assets.restoreVersion(id, first.currentVersionId);
      expectEqual(bytesOf(third), bytesOf(first), 'what came back');
      expectEqual([third.rev, third.name], [3, first.name], 'rev and name');
      expectTrue(third.currentVersionId !== first.currentVersionId, 'it is a version of its own');
      expectEqual(
        (await assets.versions(id)).map(({ id: versionId, number, blobKey }) => [versionId, number, blobKey]),
        [
          [third.currentVersionId, 3, first.blobKey],
          [second.currentVersionId, 2, second.blobKey],
          [first.currentVersionId, 1, first.blobKey],
        ],
        'versions',
      );
      expectEqual(await (await blobs.get(posterKey)).text(), 'first picture', 'bytes of the poster');
      expectEqual(
        bytesOf(await assets.restoreVersion(id, second.currentVersionId)),
        bytesOf(second),
        'the other again',
      );
    },
  },
  {
    name: 'puts no version in place that isn’t the asset’s own',
    async run({ backend, newId }) {
      const { assets } = backend;
      const [id, otherId] = [newId(), newId()];
      const made = await storeAsset(backend, id);
      const other = await storeAsset(backend, otherId);
      await expectError('not-found', assets.restoreVersion(id, newId()), 'unknown version');
      await expectError('not-found', assets.restoreVersion(newId(), made.currentVersionId), 'unknown asset');
      await expectError('not-found', assets.restoreVersion(id, other.currentVersionId), 'a version of another asset');
      expectEqual(await assets.get(id), made, 'asset');
    },
  },
  {
    name: 'remembers what was done, by whom and when, newest first',
    async run({ backend, newId }) {
      const { assets, identity } = backend;
      const id = newId();
      const made = await storeAsset(backend, id, { name: 'Old', tags: ['a'] });
      expectEqual((await newest(assets, id, 'upload')).change['name'], 'Old', 'upload');
      await assets.update(id, { name: 'New' });
      expectEqual((await newest(assets, id, 'rename')).change['name'], 'New', 'rename');
      await assets.update(id, { tags: ['a', 'b'] });
      expectEqual((await newest(assets, id, 'tag')).change['tags'], ['a', 'b'], 'tag');
      const replaced = await replace(backend, id);
      const { change } = await newest(assets, id, 'replace');
      expectEqual([change['version_id'], change['number']], [replaced.currentVersionId, 2], 'replace');
      const restored = await assets.restoreVersion(id, made.currentVersionId);
      const again = (await newest(assets, id, 'replace')).change;
      expectEqual([again['version_id'], again['number']], [restored.currentVersionId, 3], 'an older one in place');
      await assets.link({ assetId: id, resourceType: 'lesson', resourceId: 'lesson 7', label: 'Lesson 7' });
      const place = { resource_type: 'lesson', resource_id: 'lesson 7', label: 'Lesson 7' };
      expectEqual((await newest(assets, id, 'link')).change, place, 'link');
      await assets.unlink({ assetId: id, resourceType: 'lesson', resourceId: 'lesson 7' });
      expectEqual((await newest(assets, id, 'unlink')).change, place, 'unlink');
      await assets.remove(id);
      await newest(assets, id, 'delete');
      await assets.restore(id);
      await newest(assets, id, 'restore');

      const history = await assets.history(id);
      expectEqual(
        history.map(({ action }) => action),
        ['restore', 'delete', 'unlink', 'link', 'replace', 'replace', 'tag', 'rename', 'upload'],
        'actions',
      );
      const { userId } = await identity.current();
      expectTrue(
        history.every(({ assetId, author }) => assetId === id && author === userId),
        'each names its asset and its author',
      );
      expectEqual(new Set(history.map(({ id: changeId }) => changeId)).size, history.length, 'different ids');
      const times = history.map(({ createdAt }) => Date.parse(createdAt));
      expectEqual(
        times,
        [...times].sort((a, b) => b - a),
        'times',
      );
    },
  },
  {
    name: 'remembers both when a name and tags change at once, and nothing that changes nothing',
    async run({ backend, newId }) {
      const { assets } = backend;
      const id = newId();
      await storeAsset(backend, id, { name: 'Old', tags: ['a'] });
      await assets.update(id, { name: 'New', tags: ['b'] });
      const both = (await assets.history(id)).map(({ action }) => action);
      expectEqual([...both].sort(), ['rename', 'tag', 'upload'], 'a name and tags');
      await assets.update(id, { name: 'New', tags: ['b'] });
      await assets.update(id, { studioMetadata: { note: 'x' }, probe: sampleFacts({ durationSeconds: 11 }) });
      await assets.restore(id);
      const place = { assetId: id, resourceType: 'lesson', resourceId: newId(), label: 'Lesson' };
      await assets.unlink(place);
      expectEqual((await assets.history(id)).length, 3, 'after what changed nothing');
      await assets.link(place);
      await assets.link({ ...place, label: 'Lesson, renamed' });
      expectEqual((await assets.history(id)).length, 4, 'after linking twice');
      await expectError('in-use', assets.remove(id), 'remove');
      expectEqual((await assets.history(id)).length, 4, 'after a refusal');
      await assets.unlink(place);
      await assets.remove(id);
      await assets.remove(id);
      expectEqual((await assets.history(id)).length, 6, 'after removing twice');
    },
  },
  {
    name: 'remembers where projects and chapters use it',
    async run({ backend, newId }) {
      const { assets, projects, courses } = backend;
      const [id, projectId, courseId, chapterId, itemId] = [newId(), newId(), newId(), newId(), newId()];
      await storeAsset(backend, id);
      await projects.save(sampleSave(projectId, { title: 'Optics', assetIds: [id] }));
      expectEqual(
        (await newest(assets, id, 'link')).change,
        { resource_type: 'project', resource_id: projectId, label: 'Optics' },
        'a save',
      );
      await projects.save(sampleSave(projectId, { baseRev: 1, assetIds: [id] }));
      expectEqual((await assets.history(id)).length, 2, 'a save that changes nothing of it');
      await projects.save(sampleSave(projectId, { baseRev: 2, assetIds: [] }));
      await newest(assets, id, 'unlink');
      await courses.apply({ type: 'course.create', id: courseId, title: 'Physics' });
      await courses.apply({ type: 'chapter.create', id: chapterId, courseId, title: 'Light' });
      const target = { kind: 'asset', assetId: id } as const;
      await courses.apply({ type: 'item.attach', id: itemId, chapterId, title: 'x', target });
      const { change } = await newest(assets, id, 'link');
      expectEqual([change['resource_type'], change['resource_id']], ['chapter', chapterId], 'a chapter');
      await courses.apply({ type: 'item.remove', id: itemId });
      await newest(assets, id, 'unlink');
    },
  },
  {
    name: 'takes names, tags and removals back, and the taking back as well',
    async run({ backend, newId }) {
      const { assets } = backend;
      const id = newId();
      await storeAsset(backend, id, { name: 'Old', tags: ['a'] });
      await assets.update(id, { name: 'New' });
      const rename = await newest(assets, id, 'rename');
      await assets.undo(rename.id);
      expectEqual((await assets.get(id)).name, 'Old', 'name');
      await assets.undo((await newest(assets, id, 'rename')).id);
      expectEqual((await assets.get(id)).name, 'New', 'name, with the taking back taken back');
      await assets.update(id, { tags: [] });
      await assets.undo((await newest(assets, id, 'tag')).id);
      expectEqual(
        [(await assets.get(id)).tags, (await assets.get(id)).name],
        [['a'], 'New'],
        'tags, and the name as it was',
      );
      await assets.remove(id);
      await assets.undo((await newest(assets, id, 'delete')).id);
      const restored = await assets.get(id);
      expectEqual([restored.status, restored.deletedAt], ['active', null], 'a removal');
      await assets.undo((await newest(assets, id, 'restore')).id);
      expectEqual((await assets.get(id)).status, 'deleted', 'a restoring');
      expectEqual(
        (await assets.history(id)).map(({ action }) => action),
        ['delete', 'restore', 'delete', 'tag', 'tag', 'rename', 'rename', 'rename', 'upload'],
        'history',
      );
    },
  },
  {
    name: 'takes back an older change and leaves what came later',
    async run({ backend, newId }) {
      const { assets } = backend;
      const id = newId();
      await storeAsset(backend, id, { name: 'One', tags: [] });
      await assets.update(id, { name: 'Two' });
      const rename = await newest(assets, id, 'rename');
      await assets.update(id, { tags: ['later'] });
      const replaced = await replace(backend, id);
      await assets.undo(rename.id);
      const now = await assets.get(id);
      expectEqual([now.name, now.tags, now.blobKey], ['One', ['later'], replaced.blobKey], 'asset');
    },
  },
  {
    name: 'takes an upload back by removing it, and refuses that for what is used',
    async run({ backend, newId }) {
      const { assets } = backend;
      const id = newId();
      await storeAsset(backend, id);
      const upload = await newest(assets, id, 'upload');
      const place = { assetId: id, resourceType: 'lesson', resourceId: newId(), label: 'Lesson 1' };
      await assets.link(place);
      const refused = await expectError('in-use', assets.undo(upload.id), 'an upload of what is used');
      expectEqual(refused.details['places'], ['Lesson 1'], 'places');
      expectEqual((await assets.get(id)).status, 'active', 'status');
      await assets.unlink(place);
      await assets.undo(upload.id);
      expectEqual((await assets.get(id)).status, 'deleted', 'status once it is free');
      await assets.restore(id);
      const restoring = await newest(assets, id, 'restore');
      await assets.link(place);
      await expectError('in-use', assets.undo(restoring.id), 'a restoring of what is used');
      expectEqual((await assets.get(id)).status, 'active', 'status in the end');
    },
  },
  {
    name: 'takes a replacement back, with all that was the older version’s own',
    async run({ backend, newId }) {
      const { assets, blobs } = backend;
      const id = newId();
      const posterKey = `assets/${id}/${newId()}`;
      await blobs.put(posterKey, new Blob(['first picture']));
      const first = await storeAsset(backend, id, { fingerprint: ownFingerprint(newId), posterKey });
      const second = await replace(backend, id, { fingerprint: ownFingerprint(newId) });
      await assets.undo((await newest(assets, id, 'replace')).id);
      expectEqual(bytesOf(await assets.get(id)), bytesOf(first), 'what came back');
      expectEqual(
        (await assets.versions(id)).map(({ number }) => number),
        [3, 2, 1],
        'versions',
      );
      await assets.undo((await newest(assets, id, 'replace')).id);
      expectEqual(bytesOf(await assets.get(id)), bytesOf(second), 'the other again');
    },
  },
  {
    name: 'takes links and the end of links back',
    async run({ backend, newId }) {
      const { assets } = backend;
      const id = newId();
      await storeAsset(backend, id);
      const place = { assetId: id, resourceType: 'wiki-page', resourceId: 'optics/light', label: 'Wiki: light' };
      await assets.link(place);
      await assets.undo((await newest(assets, id, 'link')).id);
      expectEqual(await assets.usage(id), [], 'a link');
      await assets.undo((await newest(assets, id, 'unlink')).id);
      expectEqual(await assets.usage(id), [place], 'the end of a link');
      const link = await newest(assets, id, 'link');
      await assets.unlink(place);
      await assets.undo(link.id);
      expectEqual(await assets.usage(id), [], 'a link that is gone already');
    },
  },
  {
    name: 'leaves to projects what they say of themselves',
    async run({ backend, newId }) {
      const { assets, projects } = backend;
      const [id, projectId] = [newId(), newId()];
      await storeAsset(backend, id);
      await projects.save(sampleSave(projectId, { title: 'Optics', assetIds: [id] }));
      await expectError('forbidden', assets.undo((await newest(assets, id, 'link')).id), 'a link');
      expectEqual((await assets.usage(id)).length, 1, 'usage');
      await projects.save(sampleSave(projectId, { baseRev: 1, assetIds: [] }));
      await expectError('forbidden', assets.undo((await newest(assets, id, 'unlink')).id), 'the end of a link');
      expectEqual(await assets.usage(id), [], 'usage in the end');
    },
  },
  {
    name: 'has no history of what isn’t there, and takes no change back that nobody made',
    async run({ backend: { assets }, newId }) {
      await expectError('not-found', assets.history(newId()), 'history');
      await expectError('not-found', assets.undo(newId()), 'undo of an unknown change');
      await expectError('not-found', assets.undo('nonsense'), 'undo of nonsense');
    },
  },
  {
    name: 'tells when a change is taken back and a version put in place',
    async run({ backend, newId }) {
      const { assets } = backend;
      const id = newId();
      const made = await storeAsset(backend, id);
      await assets.update(id, { name: 'New' });
      const rename = await newest(assets, id, 'rename');
      const hears = (cause: () => Promise<unknown>, what: string): Promise<void> =>
        expectNotice<{ readonly ids: readonly string[] }>(
          (listener) => assets.subscribe(listener),
          cause,
          ({ ids }) => ids.length === 0 || ids.includes(id),
          what,
        );
      await hears(() => assets.undo(rename.id), 'undo');
      await hears(() => assets.restoreVersion(id, made.currentVersionId), 'restoreVersion');
      await hears(() => replace(backend, id), 'addVersion');
      const place = { assetId: id, resourceType: 'lesson', resourceId: newId(), label: 'Lesson' };
      await hears(() => assets.link(place), 'link');
      await hears(() => assets.unlink(place), 'unlink');
    },
  },
  {
    name: 'finds files in the library that are likely the same, newest first',
    async run({ backend, newId }) {
      const { assets } = backend;
      const [fingerprint, other] = [ownFingerprint(newId), ownFingerprint(newId)];
      const [older, newer, different, without] = [newId(), newId(), newId(), newId()];
      const made = await storeAsset(backend, older, { fingerprint });
      expectEqual([made.fingerprint, (await assets.get(older)).fingerprint], [fingerprint, fingerprint], 'row');
      // So that "newest" has an order.
      await new Promise((resolve) => setTimeout(resolve, 3));
      await storeAsset(backend, newer, { fingerprint });
      await storeAsset(backend, different, { fingerprint: other });
      expectEqual((await storeAsset(backend, without)).fingerprint, null, 'where nobody took it');
      const find = async (sought: string): Promise<readonly string[]> =>
        (await assets.findByFingerprint(sought)).map(({ id }) => id);
      expectEqual(await find(fingerprint), [newer, older], 'both');
      expectEqual((await assets.findByFingerprint(other))[0], await assets.get(different), 'whole assets');
      expectEqual(await find(ownFingerprint(newId)), [], 'of no file');
      await assets.remove(newer);
      expectEqual(await find(fingerprint), [older], 'without what is in the trash');
      await assets.restore(newer);
      expectEqual(await find(fingerprint), [newer, older], 'with what was restored');
      const replaced = await replace(backend, older, { fingerprint: other });
      expectEqual(replaced.fingerprint, other, 'row after a replacement');
      expectEqual([await find(fingerprint), await find(other)], [[newer], [different, older]], 'after a replacement');
      await replace(backend, older);
      expectEqual([(await assets.get(older)).fingerprint, await find(other)], [null, [different]], 'after one without');
      await assets.restoreVersion(older, made.currentVersionId);
      expectEqual(await find(fingerprint), [newer, older], 'after the first version came back');
    },
  },
  {
    name: 'takes no fingerprint that is none, and no browser’s word for a hash',
    async run({ backend, newId }) {
      const id = newId();
      for (const fingerprint of ['', 'abc', 'g'.repeat(64), 'A'.repeat(64)]) {
        await expectError('invalid-input', storeAsset(backend, newId(), { fingerprint }), `create with ${fingerprint}`);
      }
      const hash = { verifiedSha256: 'a'.repeat(64) };
      await expectError('invalid-input', storeAsset(backend, newId(), hash as never), 'create with a hash');
      const { verifiedSha256 } = await storeAsset(backend, id);
      expectTrue(verifiedSha256 === null || /^[0-9a-f]{64}$/.test(verifiedSha256), 'the hash is null or one');
      await expectError('invalid-input', backend.assets.update(id, hash as never), 'update with a hash');
      await expectError('invalid-input', replace(backend, id, { fingerprint: 'abc' }), 'a version with nonsense');
      expectEqual((await backend.assets.versions(id)).length, 1, 'versions');
    },
  },
  {
    name: 'says how much there is, by kind, origin and place',
    async run({ backend, newId }) {
      const { assets } = backend;
      const id = newId();
      type Cell = readonly [AssetKind, Asset['sourceType'], boolean];
      const library: Cell = ['image', 'recording', false];
      const trash: Cell = ['image', 'recording', true];
      const sound: Cell = ['audio', 'recording', false];
      const read = async (): Promise<readonly number[]> => {
        const overview = await assets.overview();
        for (const { files, bytes } of overview) {
          expectTrue(
            Number.isInteger(files) && files > 0 && bytes >= 0,
            `${String(files)} files, ${String(bytes)} bytes`,
          );
        }
        return [library, trash, sound].map((cell) => terabytesIn(overview, ...cell));
      };
      const [inLibrary = 0, inTrash = 0, ofSound = 0] = await read();
      await storeAsset(backend, id, {
        kind: 'image',
        sourceType: 'recording',
        probe: sampleFacts({ kind: 'image' }),
        sizeBytes: terabyte,
      });
      expectEqual(await read(), [inLibrary + 1, inTrash, ofSound], 'after an upload');
      await assets.remove(id);
      expectEqual(await read(), [inLibrary, inTrash + 1, ofSound], 'after removing');
      await assets.restore(id);
      expectEqual(await read(), [inLibrary + 1, inTrash, ofSound], 'after restoring');
      await replace(backend, id, { probe: sampleFacts({ kind: 'audio' }), sizeBytes: 3 * terabyte });
      expectEqual(await read(), [inLibrary, inTrash, ofSound + 3], 'after a replacement of another kind');
    },
  },
  {
    name: 'shows another page the history, and lets it take changes back',
    needs: ['openPeer'],
    async run({ backend, newId, openPeer }) {
      const id = newId();
      const fingerprint = ownFingerprint(newId);
      await storeAsset(backend, id, { name: 'Old', fingerprint });
      await backend.assets.update(id, { name: 'New' });
      const peer = await openPeer();
      expectEqual(await peer.assets.history(id), await backend.assets.history(id), 'history');
      expectEqual((await peer.assets.findByFingerprint(fingerprint)).length, 1, 'by its fingerprint');
      await peer.assets.undo((await newest(peer.assets, id, 'rename')).id);
      expectEqual((await backend.assets.get(id)).name, 'Old', 'name');
    },
  },
  {
    name: 'hides what is one user’s from every other',
    needs: ['openOther'],
    async run({ backend, newId, openOther }) {
      const id = newId();
      const fingerprint = ownFingerprint(newId);
      const made = await storeAsset(backend, id, { name: `Secret ${id}`, fingerprint });
      const [upload] = await backend.assets.history(id);
      const { assets, blobs } = await openOther();
      await expectError('not-found', assets.get(id), 'get');
      expectEqual(await assets.getMany([id]), [], 'getMany');
      expectEqual((await assets.list({ search: id })).total, 0, 'list');
      expectEqual(await assets.findByFingerprint(fingerprint), [], 'findByFingerprint');
      expectEqual(await assets.usage(id), [], 'usage');
      await expectError('not-found', assets.update(id, { name: 'x' }), 'update');
      await expectError('not-found', assets.remove(id), 'remove');
      await expectError('not-found', assets.restore(id), 'restore');
      await expectError('not-found', assets.versions(id), 'versions');
      await expectError('not-found', assets.restoreVersion(id, made.currentVersionId), 'restoreVersion');
      await expectError('not-found', assets.history(id), 'history');
      await expectError('not-found', assets.undo(upload?.id ?? ''), 'undo');
      const place = { assetId: id, resourceType: 'lesson', resourceId: newId(), label: 'Lesson' };
      await expectError('not-found', assets.link(place), 'link');
      await expectError('not-found', blobs.get(made.blobKey), 'bytes');
      expectEqual(await blobs.stat(made.blobKey), null, 'stat of the bytes');
      expectEqual(await backend.assets.get(id), made, 'asset');
    },
  },
];
