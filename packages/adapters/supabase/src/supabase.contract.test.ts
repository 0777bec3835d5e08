import { after, before, describe, it } from 'node:test';
import { allContracts, runContract } from '@lectern/ports/contracts';
import { offers, startSupabaseHost, type SupabaseHost } from './test-support/supabase-host.js';

describe('a Supabase project as a back end', { timeout: 300_000 }, () => {
  let host: SupabaseHost;

  before(async () => {
    host = await startSupabaseHost();
  });

  after(() => host.stop());

  for (const suite of allContracts) runContract(suite, () => host.subject(), { it, offers });
});
