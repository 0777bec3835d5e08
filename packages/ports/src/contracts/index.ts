export { runContract } from './contract.js';
export type {
  ContractCase,
  ContractContext,
  ContractHost,
  ContractNeed,
  ContractSubject,
  ContractSuite,
} from './contract.js';
export { ContractFailure } from './expectations.js';
export { applyAll, sampleFacts, sampleSave, storeAsset } from './samples.js';
export { allContracts } from './all-contracts.js';
export { assetsContract } from './assets-contract.js';
export { blobsContract } from './blobs-contract.js';
export { coursesContract } from './courses-contract.js';
export { identityContract } from './identity-contract.js';
export { operationsContract } from './operations-contract.js';
export { projectsContract } from './projects-contract.js';
export { transfersContract } from './transfers-contract.js';
