export { createUploadEngine } from './upload-engine.js';
export type { UploadEngineOptions } from './upload-engine.js';
