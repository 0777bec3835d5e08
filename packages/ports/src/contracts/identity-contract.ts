import type { ContractSuite } from './contract.js';
import { expectEqual, expectError, expectNotice, expectTrue, firedSignal } from './expectations.js';
import type { Identity } from '../domain/identity.js';
import { sampleSave, storeAsset } from './samples.js';

/** What every source of identity promises. */
export const identityContract: ContractSuite = {
  name: 'identity',
  cases: [
    {
      name: 'says who is working, the same each time',
      async run({ backend: { identity } }) {
        const current = await identity.current();
        expectTrue(current.userId.length > 0, 'the id is not empty');
        expectTrue(current.displayName.length > 0, 'the name is not empty');
        expectEqual(typeof current.isGuest, 'boolean', 'type of isGuest');
        expectEqual(await identity.current(), current, 'asked again');
      },
    },
    {
      name: 'ends a subscription, and ends it again without harm',
      async run({ backend: { identity } }) {
        const stop = identity.subscribe(() => undefined);
        stop();
        stop();
      },
    },
    {
      name: 'does nothing for a signal that has fired',
      async run({ backend: { identity } }) {
        await expectError('aborted', identity.current({ signal: firedSignal() }), 'current');
      },
    },
    {
      name: 'knows the same user in another page',
      needs: ['openPeer'],
      async run({ backend: { identity }, openPeer }) {
        expectEqual(await (await openPeer()).identity.current(), await identity.current(), 'identity');
      },
    },
    {
      name: 'says that a session has ended, and tells those who listen',
      needs: ['endSession'],
      async run({ backend: { identity }, endSession }) {
        await expectNotice<Identity | null>(
          (listener) => identity.subscribe(listener),
          endSession,
          (notice) => notice === null,
          'the end of the session',
        );
        await expectError('unauthenticated', identity.current(), 'current');
      },
    },
    {
      name: 'lets nobody read or write any more whose session has ended',
      needs: ['endSession'],
      async run({ backend, newId, endSession }) {
        const [assetId, projectId] = [newId(), newId()];
        await storeAsset(backend, assetId);
        await backend.projects.save(sampleSave(projectId));
        const { assets, projects, courses, operations, transfers } = backend;
        await endSession();
        await expectError('unauthenticated', assets.list({}), 'a list of assets');
        await expectError('unauthenticated', assets.get(assetId), 'an asset');
        await expectError('unauthenticated', assets.update(assetId, { name: 'x' }), 'a change of an asset');
        await expectError('unauthenticated', projects.open(projectId), 'a project');
        await expectError('unauthenticated', projects.save(sampleSave(projectId, { baseRev: 1 })), 'a save');
        await expectError('unauthenticated', courses.list(), 'courses');
        const operation = { id: newId(), work: { kind: 'delete' as const }, assetIds: [assetId] };
        await expectError('unauthenticated', operations.start(operation), 'bulk work');
        const request = { id: newId(), key: `assets/${assetId}/${newId()}`, sizeBytes: 1, mimeType: 'video/mp4' };
        await expectError('unauthenticated', transfers.reserve(request), 'a transfer');
      },
    },
    {
      name: 'knows another user as another',
      needs: ['openOther'],
      async run({ backend: { identity }, openOther }) {
        const [own, other] = [await identity.current(), await (await openOther()).identity.current()];
        expectTrue(own.userId !== other.userId, 'the ids differ');
      },
    },
  ],
};
