import { assetsContract } from './assets-contract.js';
import { blobsContract } from './blobs-contract.js';
import type { ContractSuite } from './contract.js';
import { coursesContract } from './courses-contract.js';
import { identityContract } from './identity-contract.js';
import { operationsContract } from './operations-contract.js';
import { projectsContract } from './projects-contract.js';
import { transfersContract } from './transfers-contract.js';

/** Every suite: what a whole back end promises. */
export const allContracts: readonly ContractSuite[] = [
  identityContract,
  blobsContract,
  transfersContract,
  assetsContract,
  operationsContract,
  projectsContract,
  coursesContract,
];
