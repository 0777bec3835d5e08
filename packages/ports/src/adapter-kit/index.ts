/** What adapters would otherwise write again, each for itself. Nobody else needs it. */
export { BlobCache } from './blob-cache.js';
export { BlobGatherer, gatherBlob } from './blob-gatherer.js';
export { isBlobKey, requireBlobKey } from './blob-key.js';
export { putTransfer } from './put-transfer.js';
export { SharedWork } from './shared-work.js';
export { throwIfAborted } from './throw-if-aborted.js';
