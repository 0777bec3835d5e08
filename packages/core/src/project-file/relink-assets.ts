import { documentFromRecords, type AssetId, type TimelineDocument, type TimelineRecord } from '@lectern/timeline';

/** The document with other ids for its assets; those that the map doesn't name keep theirs. */
export function relinkAssets(document: TimelineDocument, ids: ReadonlyMap<string, string>): TimelineDocument {
  if (ids.size === 0) return document;
  const to = (id: AssetId): AssetId => (ids.get(id) ?? id) as AssetId;
  return documentFromRecords([...document.records()].map((record) => relinked(record, to)));
}

function relinked(record: TimelineRecord, to: (id: AssetId) => AssetId): TimelineRecord {
  switch (record.type) {
    case 'asset':
      return { ...record, id: to(record.id) };
    case 'clip':
      return record.source.kind === 'asset' || record.source.kind === 'image'
        ? { ...record, source: { ...record.source, assetId: to(record.source.assetId) } }
        : record;
    case 'caption-track':
      return record.assetId === null ? record : { ...record, assetId: to(record.assetId) };
    default:
      return record;
  }
}
