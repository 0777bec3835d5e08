import { describe, it } from 'node:test';
import {
  assetsContract,
  blobsContract,
  coursesContract,
  identityContract,
  projectsContract,
  runContract,
} from '@lectern/ports/contracts';
import { createLocalBackend } from './local-backend.js';

describe('the local back end in memory, outside a browser', () => {
  for (const suite of [assetsContract, blobsContract, coursesContract, identityContract, projectsContract]) {
    runContract(suite, () => ({ backend: createLocalBackend({ storage: 'memory' }) }), { it });
  }
});
