import type { AssetKind } from '@lectern/ports';
import { applyChange, checkInvariants, repairDocument, type TimelineDocument } from '@lectern/timeline';
import { isTimelineParseError, parseTimeline } from '@lectern/timeline/schema';
import { assertPlainJson } from './plain-json.js';
import {
  projectFileFormat,
  projectFileLimits,
  projectFileVersion,
  type ProjectFileAsset,
  type ReadProject,
} from './project-file.js';
import { projectFileError } from './project-file-error.js';

type Fields = Readonly<Record<string, unknown>>;

const kinds: ReadonlySet<unknown> = new Set<AssetKind>(['video', 'audio', 'image']);

/** @throws `file-too-large` before anything is read */
export function assertTextSize(sizeBytes: number): void {
  const limit = projectFileLimits.textBytes;
  if (sizeBytes > limit) throw projectFileError('file-too-large', { details: { sizeBytes, limit } });
}

/**
 * Reads the JSON of a project file, which may come from anywhere.
 *
 * @throws `file-type-unknown` for what isn't one, `corrupt` for one that broke off, `too-new`, and `invalid-input` with
 * the path and what was expected there
 */
export function parseProjectFile(bytes: Uint8Array): ReadProject {
  assertTextSize(bytes.byteLength);
  const json = parse(bytes);
  assertPlainJson(json);
  if (!isFields(json) || json['format'] !== projectFileFormat) throw projectFileError('file-type-unknown');
  const version = json['formatVersion'];
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
    throw invalid('formatVersion', 'an integer from 1 on');
  if (version > projectFileVersion) throw projectFileError('too-new', { details: { formatVersion: version } });
  const title = json['title'];
  const description = json['description'] ?? '';
  if (typeof title !== 'string' || title.length > 1000) throw invalid('title', 'a text of at most 1000 characters');
  if (typeof description !== 'string' || description.length > 20_000)
    throw invalid('description', 'a text of at most 20000 characters');
  const { document, repaired } = parseDocument(json['document']);
  return { title, description, document, repaired, assets: parseAssets(json['assets'] ?? []) };
}

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw projectFileError('file-type-unknown', { cause, message: 'not UTF-8' });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // One of ours that broke off or was broken by hand, or anything else that begins with a brace.
    const ours = text.slice(0, 400).includes(projectFileFormat);
    throw projectFileError(ours ? 'corrupt' : 'file-type-unknown', {
      cause,
      message: cause instanceof Error ? cause.message : 'not JSON',
    });
  }
}

function parseDocument(stored: unknown): { readonly document: TimelineDocument; readonly repaired: boolean } {
  let parsed: ReturnType<typeof parseTimeline>;
  try {
    parsed = parseTimeline(stored);
  } catch (error) {
    if (!isTimelineParseError(error)) throw error;
    const { schemaVersion } = error;
    if (error.code === 'too-new')
      throw projectFileError('too-new', {
        cause: error,
        details: schemaVersion === null ? {} : { schemaVersion },
      });
    const [issue] = error.issues;
    throw invalid(joined('document', issue?.path ?? ''), issue?.expected ?? 'a timeline', error);
  }
  // It could be looked at, but never be saved without losing what is new in it.
  if (parsed.readOnly) throw projectFileError('too-new', { details: { schemaVersion: parsed.schemaVersion } });
  const { document, violations } = parsed;
  if (violations.length === 0) return { document, repaired: false };
  const change = repairDocument(document)?.change;
  const whole = change === undefined ? document : applyChange(document, change);
  const [left] = checkInvariants(whole);
  if (left !== undefined) throw invalid('document', left.message);
  return { document: whole, repaired: true };
}

function parseAssets(list: unknown): ReadonlyMap<string, ProjectFileAsset> {
  if (!Array.isArray(list)) throw invalid('assets', 'array');
  const assets = new Map<string, ProjectFileAsset>();
  const media = new Set<string>();
  list.forEach((item: unknown, index) => {
    const path = `assets[${String(index)}]`;
    if (!isFields(item)) throw invalid(path, 'object');
    const asset = parseAsset(item, path);
    if (assets.has(asset.id)) throw invalid(`${path}.id`, 'an id of its own');
    if (asset.media !== null && media.has(asset.media)) throw invalid(`${path}.media`, 'a file of its own');
    if (asset.media !== null) media.add(asset.media);
    assets.set(asset.id, asset);
  });
  return assets;
}

function parseAsset(item: Fields, path: string): ProjectFileAsset {
  const text = (field: string, longest: number): string => {
    const value = item[field];
    if (typeof value !== 'string' || (value === '' && field !== 'name') || value.length > longest)
      throw invalid(`${path}.${field}`, `a text of at most ${String(longest)} characters`);
    return value;
  };
  const optional = (field: string, longest: number): string | null =>
    (item[field] ?? null) === null ? null : text(field, longest);
  const kind = item['kind'];
  if (!kinds.has(kind)) throw invalid(`${path}.kind`, '"video" or "audio" or "image"');
  const sizeBytes = item['sizeBytes'] ?? null;
  if (sizeBytes !== null && (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0))
    throw invalid(`${path}.sizeBytes`, 'a number of bytes');
  const contentHash = optional('contentHash', 64);
  if (contentHash !== null && !/^[0-9a-f]{64}$/.test(contentHash))
    throw invalid(`${path}.contentHash`, '64 hexadecimal digits');
  const media = optional('media', 512);
  if (media !== null && sizeBytes === null) throw invalid(`${path}.sizeBytes`, 'a number of bytes');
  return {
    id: text('id', 128),
    name: text('name', 2000),
    kind: kind as AssetKind,
    mimeType: optional('mimeType', 255),
    sizeBytes,
    contentHash,
    media,
  };
}

function invalid(path: string, expected: string, cause?: unknown): Error {
  return projectFileError('invalid-input', {
    details: { path: path === '' ? projectFileFormat : path, expected },
    message: `${path}: expected ${expected}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

function joined(first: string, rest: string): string {
  if (rest === '') return first;
  return rest.startsWith('[') ? `${first}${rest}` : `${first}.${rest}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
