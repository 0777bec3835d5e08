import type { UploadRow } from '../upload-row.js';

export function sampleRow(fields: Partial<UploadRow> = {}): UploadRow {
  return {
    schema: 1,
    id: 'upload-1',
    namespace: 'test',
    userId: 'teacher',
    createdAt: '2026-01-01T00:00:00.000Z',
    status: 'open',
    error: null,
    file: { name: 'talk.wav', sizeBytes: 100, lastModified: 1000, fingerprint: 'f'.repeat(64) },
    asset: {
      id: 'asset-1',
      replaces: false,
      kind: 'audio',
      mimeType: 'audio/wav',
      sourceType: 'upload',
      studioMetadata: {},
      tags: [],
      probe: null,
      undecodable: null,
    },
    blobKey: 'assets/asset-1/1',
    formerKeys: [],
    transferId: 'transfer-1',
    asked: false,
    transfer: null,
    spoilt: false,
    held: 'nothing',
    sentBytes: 0,
    duplicates: [],
    ...fields,
  };
}
