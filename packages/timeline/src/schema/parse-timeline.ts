import * as z from 'zod/mini';
import type { Change } from '../change.js';
import { type TimelineDocument, documentFromRecords } from '../document.js';
import { type Violation, checkInvariants } from '../invariants.js';
import type { SettingsRecord, TimelineRecord } from '../records.js';
import { readJson } from './limits.js';
import { migrate, schemaVersion } from './migrations.js';
import { type ParseIssue, TimelineParseError } from './parse-error.js';
import { type ParsedLists, changeSchema, storedSchema } from './record-schemas.js';

/** A stored timeline, opened. */
export interface ParsedTimeline {
  readonly document: TimelineDocument;
  /** The version that it was stored in. */
  readonly schemaVersion: number;
  /** True for a later version than this one writes: to be shown, never to be saved, or what it knows more would be lost. */
  readonly readOnly: boolean;
  /** What doesn't hold in it (see `checkInvariants`): of a merge, or of a version that had a bug. Empty as a rule. */
  readonly violations: readonly Violation[];
}

/**
 * Opens a stored timeline: the one door for it, whether text, or JSON that the server has parsed already. Size and depth
 * are checked first, then older versions are brought up to this one, then everything is checked against the schema.
 * Fields that the schema doesn't know are kept, and written back by `printTimeline`. `totalFrames` is worked out anew.
 *
 * @throws TimelineParseError with the path, and what was expected there; `too-new` when it is of a later version *and*
 * doesn't make sense to this one
 */
export function parseTimeline(input: unknown): ParsedTimeline {
  const json = readJson(input);
  const version = versionOf(json);
  const readOnly = version > schemaVersion;
  const result = z.safeParse(storedSchema, migrate(json as Readonly<Record<string, unknown>>, version));
  if (!result.success) throw new TimelineParseError(readOnly ? 'too-new' : 'invalid', issuesOf(result.error), version);
  const document = documentOf(result.data, version);
  return { document, schemaVersion: version, readOnly, violations: checkInvariants(document) };
}

/**
 * Reads a change that comes from a journal or from another tab.
 *
 * @throws TimelineParseError with the path, and what was expected there
 */
export function parseChange(input: unknown): Change {
  const result = z.safeParse(changeSchema, readJson(input));
  if (!result.success) throw new TimelineParseError('invalid', issuesOf(result.error));
  return result.data;
}

function versionOf(json: unknown): number {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TimelineParseError('invalid', [{ path: '', expected: 'an object' }]);
  }
  const version = (json as Readonly<Record<string, unknown>>)['schemaVersion'];
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw new TimelineParseError('invalid', [{ path: 'schemaVersion', expected: 'an integer from 1 on' }]);
  }
  return version;
}

function documentOf(stored: ParsedLists, version: number): TimelineDocument {
  const { settings, tracks, clips, transitions, markers, captions, assets, ...rest } = stored;
  const { schemaVersion: _, totalFrames: __, ...unknownFields } = rest;
  const ids = new Set<string>(['settings']);
  const records: TimelineRecord[] = [settingsOf(settings, unknownFields)];
  const add = (list: readonly object[], type: TimelineRecord['type'], path: string): void => {
    list.forEach((fields, index) => {
      const record = { ...fields, type } as TimelineRecord;
      if (ids.has(record.id))
        throw new TimelineParseError(
          'invalid',
          [{ path: `${path}[${index}].id`, expected: 'an id of its own' }],
          version,
        );
      ids.add(record.id);
      records.push(record);
    });
  };
  add(tracks, 'track', 'tracks');
  add(clips, 'clip', 'clips');
  add(transitions, 'transition', 'transitions');
  add(markers, 'marker', 'markers');
  add(captions, 'caption-track', 'captions');
  add(assets, 'asset', 'assets');
  return documentFromRecords(records);
}

function settingsOf(
  settings: ParsedLists['settings'],
  unknownFields: Readonly<Record<string, unknown>>,
): SettingsRecord {
  const record = { ...settings, type: 'settings', id: 'settings' } as const;
  return Object.keys(unknownFields).length > 0 ? { ...record, unknownFields } : record;
}

function issuesOf(error: z.core.$ZodError): readonly ParseIssue[] {
  return error.issues.slice(0, 20).map((issue) => ({ path: pathOf(issue.path), expected: expectedOf(issue) }));
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'invalid_format':
      return issue.pattern === undefined ? issue.format : `text like ${issue.pattern}`;
    case 'invalid_union':
      return issue.discriminator === undefined ? 'another type of value' : `a known ${issue.discriminator}`;
    case 'unrecognized_keys':
      return `no field ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return 'a shorter key';
    default:
      return 'another value';
  }
}

function unitOf(origin: string): string {
  if (origin === 'array') return ' items';
  return origin === 'string' ? ' characters' : '';
}
