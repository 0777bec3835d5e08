import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { applyChange } from '../change.js';
import type { ClipId } from '../ids.js';
import type { ClipRecord, TimelineRecord } from '../records.js';
import { createState } from '../state.js';
import { clipIds, createClip, createProject, createTransition, edit, ids } from '../test-support/builders.js';
import {
  TimelineParseError,
  isTimelineParseError,
  limits,
  migrations,
  parseChange,
  parseTimeline,
  printTimeline,
  schemaVersion,
  stringifyTimeline,
} from './index.js';
import type { TimelineParseErrorCode } from './index.js';

type Json = Record<string, unknown>;

const document = createProject([
  createClip('b', ids.main, 90, 200, { props: { scale: 2, opacity: 0.5 } }),
  createClip('a', ids.main, 0, 100),
  createTransition('a', 'b', 10),
  createClip('t', ids.titles, 0, 50),
]);
const stored = (): Json & { clips: Json[]; tracks: Json[]; settings: Json; assets: Json[] } =>
  JSON.parse(stringifyTimeline(document)) as Json & { clips: Json[]; tracks: Json[]; settings: Json; assets: Json[] };
const fixture = (version: number): string =>
  readFileSync(new URL(`./fixtures/v${version}.json`, import.meta.url), 'utf8');

function failure(input: unknown): TimelineParseError {
  try {
    parseTimeline(input);
  } catch (error) {
    assert.ok(error instanceof TimelineParseError, String(error));
    return error;
  }
  return assert.fail('it parsed');
}

function refuses(input: unknown, code: TimelineParseErrorCode, path: string, expected: string | RegExp): void {
  const error = failure(input);
  assert.equal(error.code, code);
  const issue = error.issues.find((each) => each.path === path);
  assert.ok(issue, `${path} among ${JSON.stringify(error.issues)}`);
  if (typeof expected === 'string') assert.equal(issue.expected, expected);
  else assert.match(issue.expected, expected);
  assert.ok(error.message.includes(path));
}

describe('the stored form', () => {
  test('is the same bytes for the same document, however that came about', () => {
    const otherOrder = createProject([...document.records()].reverse());
    const [a] = document.clipsOf(ids.main);
    const otherKeys = Object.fromEntries(Object.entries(a as ClipRecord).reverse()) as unknown as ClipRecord;
    assert.equal(stringifyTimeline(otherOrder), stringifyTimeline(document));
    assert.equal(stringifyTimeline(createProject([...document.records(), otherKeys])), stringifyTimeline(document));
  });

  test('is the same bytes after a database has put its keys in another order', () => {
    const reverse = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reverse);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, reverse(each)]),
      );
    };
    const withExtras = { ...stored(), zebra: { b: 1, a: [{ d: 1, c: 2 }] } };
    const text = stringifyTimeline(parseTimeline(withExtras).document);
    assert.equal(stringifyTimeline(parseTimeline(reverse(JSON.parse(text))).document), text);
  });

  test('has clips by track and start, and the total length', () => {
    const { clips, totalFrames, schemaVersion: version } = printTimeline(document);
    assert.deepEqual(
      clips.map((clip) => clip.id),
      ['a', 'b', 't'],
    );
    assert.equal(totalFrames, 200);
    assert.equal(version, schemaVersion);
    assert.ok(!('type' in (clips[0] ?? {})));
  });

  test('opens with the total length worked out anew, and what may be left out at its default', () => {
    const minimal = {
      schemaVersion,
      settings: { frameRate: { num: 25, den: 1 }, width: 1280, height: 720 },
      tracks: [{ id: 't', kind: 'video', name: 'Video', order: 'a0', height: 60 }],
      clips: [
        { id: 'c', trackId: 't', startFrame: 0, durationFrames: 10, source: { kind: 'colour', colour: '#ffffff' } },
      ],
      assets: [],
      totalFrames: 999,
    };
    const { document: opened, violations } = parseTimeline(minimal);
    assert.equal(opened.totalFrames, 10);
    assert.deepEqual(violations, []);
    assert.deepEqual(
      opened.clips.get('c' as ClipId),
      createClip('c', 't' as never, 0, 10, { colour: '#ffffff', name: '' }),
    );
    assert.equal(opened.settings.sampleRate, 48_000);
  });

  test('keeps fields that it does not know, on every level, through edits', () => {
    const json = stored();
    json['chapters'] = [{ title: 'One', at: 3 }];
    (json.clips[0] as Json)['mood'] = { tone: 'calm' };
    (json.clips[1]?.['props'] as Json)['glow'] = 0.5;
    (json.clips[0]?.['source'] as Json)['proxy'] = 'low';
    json.settings['colourSpace'] = 'bt709';
    (json.tracks[0] as Json)['icon'] = 'note';
    const state = createState({ document: parseTimeline(json).document, checked: true });
    const after = edit(state, 'clip.split', { clipIds: clipIds('a'), frame: 40 });
    const printed = JSON.parse(stringifyTimeline(after.document)) as typeof json;
    assert.deepEqual(printed['chapters'], [{ at: 3, title: 'One' }]);
    assert.deepEqual(
      printed.clips.map((clip) => clip['mood']),
      [{ tone: 'calm' }, { tone: 'calm' }, undefined, undefined],
    );
    assert.deepEqual((printed.clips[0]?.['source'] as Json)['proxy'], 'low');
    assert.deepEqual(printed.clips[2]?.['props'], { glow: 0.5, opacity: 0.5, scale: 2 });
    assert.deepEqual([printed.settings['colourSpace'], printed.tracks[0]?.['icon']], ['bt709', 'note']);
    assert.equal(stringifyTimeline(parseTimeline(printed).document), stringifyTimeline(after.document));
  });

  test('tells what does not hold in it, and opens all the same', () => {
    const json = stored();
    json.clips.push({ ...json.clips[2], id: 'over', startFrame: 49 });
    const { violations, document: opened } = parseTimeline(json);
    assert.deepEqual(
      violations.map((violation) => violation.code),
      ['overlap'],
    );
    assert.equal(opened.clips.size, 4);
  });
});

describe('parsing refuses', () => {
  test('what is no JSON, no object, or of no version', () => {
    refuses('{', 'invalid', '', 'JSON');
    refuses('[]', 'invalid', '', 'an object');
    refuses(null, 'invalid', '', 'an object');
    refuses(undefined, 'invalid', '', 'an object');
    for (const version of [undefined, 0, 1.5, '3', -1])
      refuses({ ...stored(), schemaVersion: version }, 'invalid', 'schemaVersion', /integer/);
  });

  test('wrong values, with the path and what was expected there', () => {
    const change = (make: (json: ReturnType<typeof stored>) => void): Json => {
      const json = stored();
      make(json);
      return json;
    };
    refuses(
      change((json) => Reflect.deleteProperty(json, 'tracks')),
      'invalid',
      'tracks',
      'array',
    );
    refuses(
      change((json) => ((json.clips[1] as Json)['startFrame'] = 1.5)),
      'invalid',
      'clips[1].startFrame',
      /int/,
    );
    refuses(
      change((json) => ((json.clips[1] as Json)['durationFrames'] = 0)),
      'invalid',
      'clips[1].durationFrames',
      'at least 1',
    );
    refuses(
      change((json) => ((json.clips[1]?.['source'] as Json)['speed'] = { num: 1, den: 0 })),
      'invalid',
      'clips[1].source.speed.den',
      'at least 1',
    );
    refuses(
      change((json) => ((json.clips[0]?.['source'] as Json)['kind'] = 'hologram')),
      'invalid',
      'clips[0].source.kind',
      'a known kind',
    );
    refuses(
      change((json) => (json.settings['background'] = 'red')),
      'invalid',
      'settings.background',
      /text like/,
    );
    refuses(
      change((json) => ((json.tracks[0] as Json)['kind'] = 'smell')),
      'invalid',
      'tracks[0].kind',
      '"video" or "audio" or "text" or "caption"',
    );
    refuses(
      change((json) => ((json.clips[0]?.['props'] as Json)['opacity'] = { deep: 1 })),
      'invalid',
      'clips[0].props.opacity',
      /value/,
    );
  });

  test('two records with one id', () => {
    const json = stored();
    json.clips.push({ ...json.clips[0] });
    refuses(json, 'invalid', 'clips[3].id', 'an id of its own');
    refuses(
      { ...stored(), assets: [...stored().assets, { ...stored().assets[0], id: 'a' }] },
      'invalid',
      'assets[3].id',
      'an id of its own',
    );
  });

  test('lists and texts that are too long', () => {
    const json = stored();
    refuses(
      {
        ...json,
        tracks: Array.from({ length: limits.tracks + 1 }, (_, index) => ({ ...json.tracks[0], id: `t${index}` })),
      },
      'invalid',
      'tracks',
      `at most ${limits.tracks} items`,
    );
    (json.clips[0] as Json)['id'] = 'x'.repeat(limits.id + 1);
    refuses(json, 'invalid', 'clips[0].id', `at most ${limits.id} characters`);
  });

  test('what is too deep, before anything walks down', () => {
    const nest = (depth: number): Json => {
      const json: Json = stored();
      let inner = json;
      for (let level = 1; level < depth; level += 1) {
        const next: Json = {};
        inner['deeper'] = next;
        inner = next;
      }
      return json;
    };
    assert.doesNotThrow(() => parseTimeline(nest(limits.depth)));
    refuses(nest(limits.depth + 1), 'too-deep', '', `at most ${limits.depth} levels`);
    refuses(`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'too-deep', '', /levels/);
    const cycle: Json = stored();
    cycle['self'] = cycle;
    refuses(cycle, 'too-deep', '', /levels/);
  });

  test('what is too large, before it is parsed', () => {
    refuses(' '.repeat(limits.characters + 1), 'too-large', '', /characters/);
    refuses(
      { ...stored(), many: Array.from({ length: 9 }, () => new Array<number>(1_000_000).fill(0)) },
      'too-large',
      '',
      /values/,
    );
  });

  test('no document for a key called __proto__, and is not fooled by one', () => {
    const json = stringifyTimeline(document).replace(
      '"props":{}',
      '"props":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}',
    );
    const { document: opened } = parseTimeline(
      json.replace(
        '{"schemaVersion"',
        '{"__proto__":{"polluted":true},"x":{"__proto__":{"polluted":true}},"schemaVersion"',
      ),
    );
    const clip = opened.clipsOf(ids.main)[0];
    assert.ok(clip);
    for (const object of [clip, clip.props, opened.settings, {}]) {
      assert.equal((object as unknown as Json)['polluted'], undefined);
      assert.equal(Object.getPrototypeOf(object), Object.prototype);
    }
    assert.ok(!stringifyTimeline(opened).includes('__proto__'));
  });

  test('with an error that another copy of this package knows too', () => {
    const error = failure('{');
    assert.ok(isTimelineParseError(error));
    assert.ok(!isTimelineParseError(new Error('no')));
    assert.ok(!isTimelineParseError(null));
  });
});

describe('a document of a later version', () => {
  test('opens read-only as far as it makes sense', () => {
    const json = { ...stored(), schemaVersion: schemaVersion + 1, hologram: true };
    const { readOnly, schemaVersion: version, document: opened } = parseTimeline(json);
    assert.deepEqual([readOnly, version, opened.clips.size], [true, schemaVersion + 1, 3]);
  });

  test('that makes no sense says that it is too new, and its version', () => {
    const json = stored();
    json['schemaVersion'] = schemaVersion + 7;
    (json.clips[0] as Json)['source'] = { kind: 'hologram' };
    const error = failure(json);
    assert.deepEqual([error.code, error.schemaVersion], ['too-new', schemaVersion + 7]);
  });
});

describe('migrations', () => {
  test('are named, in order and without a gap', () => {
    assert.deepEqual(
      migrations.map((migration) => migration.from),
      Array.from({ length: schemaVersion - 1 }, (_, index) => index + 1),
    );
    assert.equal(new Set(migrations.map((migration) => migration.name)).size, migrations.length);
  });

  for (let version = 1; version <= schemaVersion; version += 1) {
    test(`bring the frozen document of version ${version} to the current form`, () => {
      const parsed = parseTimeline(fixture(version));
      assert.equal(parsed.schemaVersion, version);
      assert.equal(parsed.readOnly, false);
      assert.deepEqual(parsed.violations, []);
      assert.equal(stringifyTimeline(parsed.document), JSON.stringify(JSON.parse(fixture(schemaVersion))));
    });
  }

  test('each bring one version to the next', () => {
    for (const { from, up } of migrations) {
      if (from + 1 === schemaVersion) continue;
      const next = JSON.parse(fixture(from + 1)) as Json;
      assert.deepEqual({ ...up(JSON.parse(fixture(from)) as Json), schemaVersion: from + 1 }, next);
    }
  });

  test('pass on what they do not understand, for the schema to complain about', () => {
    for (const { from } of migrations) {
      for (const tracks of [undefined, null, 7, [null, 7, { clips: 'none' }, { clips: [null, 7] }]]) {
        assert.equal(failure({ schemaVersion: from, tracks, clips: [null, { props: 7 }] }).code, 'invalid');
      }
    }
  });
});

describe('a change from a journal', () => {
  test('is read and applied', () => {
    const { change } = createState({ document }).update({
      put: [
        createClip('new', ids.second, 0, 10),
        { ...(document.clips.get('a' as ClipId) as TimelineRecord), name: 'Renamed' } as ClipRecord,
      ],
      remove: clipIds('t'),
      userEvent: 'test',
    });
    const read = parseChange(JSON.stringify(change));
    assert.equal(stringifyTimeline(applyChange(document, read)), stringifyTimeline(applyChange(document, change)));
  });

  test('is refused when it is damaged', () => {
    for (const bad of [
      '{',
      {},
      { added: {}, updated: { a: [{}] }, removed: {} },
      { added: { a: { type: 'ghost' } }, updated: {}, removed: {} },
    ]) {
      assert.throws(() => parseChange(bad), TimelineParseError);
    }
  });
});
