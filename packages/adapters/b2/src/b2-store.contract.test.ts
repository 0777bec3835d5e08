/** Every contract, with records in Supabase and bytes in B2, on the local backend, its bucket and the project's signer. */
import { after, before, describe, it } from 'node:test';
import { createSupabaseBackend } from '@lectern/adapter-supabase';
import type { Backend } from '@lectern/ports';
import { allContracts, runContract } from '@lectern/ports/contracts';
import { createB2Store } from './b2-store.js';
import { type CloudUser, type LocalCloud, startLocalCloud } from './test-support/local-cloud.js';

describe('records in Supabase, bytes in B2', () => {
  let cloud: LocalCloud;
  before(async () => {
    cloud = await startLocalCloud();
  });
  after(() => cloud.stop());

  const open = ({ client }: Pick<CloudUser, 'client'>, send?: typeof fetch): Backend =>
    createSupabaseBackend(
      { client },
      {
        store: (project) =>
          createB2Store({ signerUrl: cloud.signerUrl, ...project, ...(send ? { fetch: send } : {}), stallMs: 10_000 }),
      },
    );

  for (const suite of allContracts) {
    runContract(
      suite,
      async () => {
        const user = await cloud.newUser();
        const broken = { now: false };
        const backend = open(user, (input, init) =>
          broken.now ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init),
        );
        return {
          backend,
          openPeer: async () => {
            const client = cloud.newClient();
            const { error } = await client.auth.signInWithPassword(user);
            if (error) throw error;
            return open({ client });
          },
          openOther: async () => open(await cloud.newUser()),
          endSession: async () => {
            await user.client.auth.signOut();
          },
          fillUp: () => cloud.fillUp(user.id),
          interruptTransfers: async () => {
            broken.now = true;
            return async () => void (broken.now = false);
          },
        };
      },
      { it, offers: ['openPeer', 'openOther', 'endSession', 'fillUp', 'interruptTransfers'] },
    );
  }
});
