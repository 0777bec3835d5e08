export { createB2Store } from './b2-store.js';
export type { B2StoreOptions } from './b2-store.js';
export type { StoredAmount } from './blobs.js';
