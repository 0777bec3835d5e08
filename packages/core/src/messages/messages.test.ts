import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { LecternError, serialiseError, type LecternErrorCode } from '@lectern/ports';
import { studioCommands } from '../editor/studio-commands.js';
import { english } from './en.js';
import { spanish } from './es.js';
import type { Message } from './message.js';
import { addCatalogue, availableLocales, loadLanguage, messagesFor, type MessageKey } from './messages.js';

const en = messagesFor('en');
const beforeLoading = messagesFor('es');
await loadLanguage('es-MX');
const es = messagesFor('es');
const keys = Object.keys(english) as MessageKey[];
const forms = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : (Object.values(message) as string[]);
const placeholders = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

const codes: Readonly<Record<LecternErrorCode, true>> = {
  aborted: true,
  'not-found': true,
  'already-exists': true,
  conflict: true,
  'in-use': true,
  'invalid-input': true,
  unauthenticated: true,
  forbidden: true,
  offline: true,
  timeout: true,
  'rate-limited': true,
  server: true,
  'quota-exceeded': true,
  'storage-denied': true,
  corrupt: true,
  'too-new': true,
  'file-empty': true,
  'file-type-unknown': true,
  'file-type-unsupported': true,
  'file-truncated': true,
  'file-too-large': true,
  'image-too-large': true,
  undecodable: true,
  'converter-unavailable': true,
  'encoder-unavailable': true,
  'source-missing': true,
  'render-failed': true,
  unknown: true,
};

describe('words', () => {
  it('fill in values, with numbers as the language writes them', () => {
    assert.equal(en.t('library.rename', { name: 'Intro {1}' }), 'Rename “Intro {1}”');
    assert.equal(en.t('library.countOf', { shown: 60, total: 12_345 }), '60 of 12,345 files');
    assert.equal(es.t('library.countOf', { shown: 60, total: 12_345 }), '60 de 12.345 archivos');
  });

  it('are English until their language is loaded, which is done once', () => {
    assert.equal(beforeLoading.t('library.count', { count: 2 }), '2 files');
    assert.deepEqual(availableLocales(), ['en', 'es']);
    for (const tag of ['es', 'ES-mx', 'en', 'en-GB', 'xx', '']) assert.equal(loadLanguage(tag), null, tag);
  });

  it('have the plural of their language', () => {
    assert.equal(en.t('library.count', { count: 1 }), '1 file');
    assert.equal(en.t('library.count', { count: 0 }), '0 files');
    assert.equal(es.t('library.count', { count: 1 }), '1 archivo');
    assert.equal(es.t('library.count', { count: 2 }), '2 archivos');
  });

  it('fall back to the parent language, and to English', () => {
    assert.equal(messagesFor('es-MX').t('common.save'), 'Guardar');
    assert.equal(messagesFor('ES').t('common.save'), 'Guardar');
    assert.equal(messagesFor('tlh').t('common.save'), 'Save');
    assert.equal(messagesFor('not a locale!').t('common.save'), 'Save');
    assert.equal(messagesFor('').t('common.save'), 'Save');
  });

  it('are the same object for the same language', () => {
    assert.equal(messagesFor('es'), messagesFor('es'));
  });

  it('are complete in Spanish, with the same values in each', () => {
    assert.deepEqual(Object.keys(spanish).sort(), [...keys].sort());
    for (const key of keys) {
      const expected = new Set(forms(english[key]).flatMap(placeholders));
      for (const form of forms(spanish[key])) {
        for (const name of placeholders(form)) assert.ok(expected.has(name), `${key} takes no {${name}}`);
      }
      const there = new Set(forms(spanish[key]).flatMap(placeholders));
      assert.deepEqual([...there].sort(), [...expected].sort(), key);
    }
  });

  it('name every studio command', () => {
    for (const { label } of studioCommands) {
      assert.notEqual(en.t(label), '');
      assert.notEqual(es.t(label), '');
    }
  });
});

describe('words of a host', () => {
  const original = english['common.save'];
  afterEach(() => {
    addCatalogue('en', { 'common.save': original });
  });

  it('replace ours, and a language may be added in part', () => {
    addCatalogue('en', { 'common.save': 'Keep' });
    assert.equal(messagesFor('en').t('common.save'), 'Keep');
    addCatalogue('nl', { 'common.save': 'Bewaren' });
    assert.equal(messagesFor('nl-BE').t('common.save'), 'Bewaren');
    assert.equal(messagesFor('nl-BE').t('common.cancel'), 'Cancel');
  });
});

describe('what is said of an error', () => {
  for (const code of Object.keys(codes) as LecternErrorCode[]) {
    it(`says what happened and what to do: ${code}`, () => {
      for (const messages of [en, es]) {
        const { title, advice } = messages.error(new LecternError(code));
        assert.ok(title.length > 3 && advice.length > 10);
        assert.doesNotMatch(title + advice, /[{}]|undefined|null/);
      }
    });
  }

  it('names the file or the clip', () => {
    assert.equal(
      en.error(new LecternError('file-empty', { details: { fileName: 'take 3.mov' } })).title,
      '“take 3.mov” is empty',
    );
    assert.equal(en.error(new LecternError('file-empty'), 'take 4.mov').title, '“take 4.mov” is empty');
    assert.equal(
      en.error(new LecternError('render-failed', { details: { clip: 'Intro', frame: 1200 } })).title,
      'Rendering stopped at “Intro”',
    );
    assert.match(
      en.error(new LecternError('in-use', { details: { places: ['Week 1', 'Week 2'] } })).advice,
      /used in Week 1 and Week 2\./,
    );
    assert.match(
      en.error(new LecternError('file-too-large', { details: { sizeBytes: 9e9, limit: 2e9 } })).advice,
      /2 GB at most/,
    );
  });

  it('keeps to what is known when details are missing', () => {
    assert.equal(
      en.error(new LecternError('in-use')).advice,
      'Remove it from the projects and chapters that use it, then delete it.',
    );
    assert.equal(en.error(new LecternError('undecodable')).title, 'This browser can’t play this file');
  });

  it('takes errors that went through a worker, and anything else that was thrown', () => {
    assert.equal(en.error(serialiseError(new LecternError('offline'))).title, 'You are offline');
    assert.equal(en.error(new TypeError('x is not a function')).code, 'unknown');
    assert.equal(en.error(null).code, 'unknown');
  });
});
