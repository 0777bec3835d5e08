import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assetPatchSchema,
  courseChangeSchema,
  deserialiseError,
  isLecternError,
  LecternError,
  normaliseAssetName,
  parseInput,
  projectDetailsSchema,
  serialiseError,
  toLecternError,
} from './index.js';

describe('the name of an asset', () => {
  const names: Readonly<Record<string, string>> = {
    'Lecture 1.mp4': 'Lecture 1.mp4',
    ' two\u00a0 spaces\tand\nlines ': 'two spaces and lines',
    'e\u0301te\u0301': 'été',
    'annex\u202efdp.exe': 'annexfdp.exe',
    '\u0000\u200b ': 'Untitled',
    '': 'Untitled',
    'видео 映像 🎬': 'видео 映像 🎬',
  };
  for (const [given, shown] of Object.entries(names)) {
    it(`is shown as ${JSON.stringify(shown)} when it is given as ${JSON.stringify(given)}`, () => {
      assert.equal(normaliseAssetName(given), shown);
    });
  }

  it('ends after 255 characters, and never within one', () => {
    assert.equal(normaliseAssetName('🎬'.repeat(300)), '🎬'.repeat(255));
  });
});

describe('an error', () => {
  it('is known by its brand, so that two copies of the package understand each other', () => {
    const foreign = Object.assign(new Error('x'), { code: 'conflict' });
    assert.equal(isLecternError(foreign), false);
    Object.defineProperty(foreign, Symbol.for('lectern.error'), { value: true });
    assert.equal(isLecternError(foreign), true);
    assert.equal(toLecternError(foreign), foreign);
  });

  it('survives postMessage in its plain form', () => {
    const error = new LecternError('in-use', { message: 'used', details: { places: ['Lesson'] } });
    const back = deserialiseError(structuredClone(serialiseError(error)));
    assert.deepEqual([back.code, back.message, back.details], ['in-use', 'used', { places: ['Lesson'] }]);
  });

  it('of the browser is translated by its name', () => {
    assert.equal(toLecternError(new DOMException('x', 'AbortError')).code, 'aborted');
    assert.equal(toLecternError(new DOMException('x', 'QuotaExceededError')).code, 'quota-exceeded');
    assert.equal(toLecternError(new TypeError('x')).code, 'unknown');
    assert.equal(toLecternError('text', 'server').code, 'server');
  });

  it('says whether trying again may help', () => {
    assert.equal(new LecternError('offline').retryable, true);
    assert.equal(new LecternError('quota-exceeded').retryable, false);
  });
});

describe('what comes in', () => {
  const pathOf = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return isLecternError(error) && error.code === 'invalid-input' ? error.details['path'] : error;
    }
    return 'accepted';
  };

  it('is refused with the place where it is wrong', () => {
    assert.equal(
      pathOf(() => parseInput(assetPatchSchema, { tags: ['a', ''] })),
      'tags.1',
    );
    assert.equal(
      pathOf(() => parseInput(projectDetailsSchema, { title: ' ' })),
      'title',
    );
    assert.equal(
      pathOf(() => parseInput(courseChangeSchema, { type: 'nothing' })),
      'type',
    );
    assert.equal(
      pathOf(() => parseInput(assetPatchSchema, null)),
      '',
    );
  });

  it('is tidied where that is harmless', () => {
    assert.deepEqual(parseInput(projectDetailsSchema, { title: '  Waves ' }), { title: 'Waves' });
  });
});
