import { describe, it } from 'node:test';
import { allContracts, runContract } from '@lectern/ports/contracts';
import { createLocalBackend } from './local-backend.js';

describe('the local back end in memory, outside a browser', () => {
  for (const suite of allContracts) {
    runContract(suite, () => ({ backend: createLocalBackend({ storage: 'memory' }) }), { it });
  }
});
