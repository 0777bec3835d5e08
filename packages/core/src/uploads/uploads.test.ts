import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LecternError, serialiseError, type UploadItem } from '@lectern/ports';
import { createUploadItem } from '../../../testing/src/scripted-uploads.js';
import { loadLanguage, messagesFor } from '../messages/messages.js';
import {
  kindOfFileName,
  sortUploads,
  summariseUploads,
  uploadFraction,
  uploadStanding,
  uploadSteps,
} from './upload-facts.js';
import { uploadsSentence, uploadStatement } from './upload-sentence.js';

await loadLanguage('es');

const en = messagesFor('en');
const es = messagesFor('es');
const now = new Date('2026-03-02T10:00:00Z');
const megabyte = 1_000_000;
const item = (change: Partial<UploadItem> = {}): UploadItem =>
  createUploadItem({ id: 'a', fileName: 'A.mp4', ...change });
const failure = (code: LecternError['code']): UploadItem['error'] => serialiseError(new LecternError(code));
const stateOf = (change: Partial<UploadItem>): string => uploadStatement(item(change), en, now).state;

describe('an upload', () => {
  it('can be paused while bytes are to be sent, and only ended when another tab sends it', () => {
    assert.deepEqual(uploadSteps(item()), ['pause', 'cancel']);
    assert.deepEqual(uploadSteps(item({ elsewhere: true })), ['cancel']);
    assert.deepEqual(uploadSteps(item({ status: 'verifying' })), ['cancel']);
    assert.deepEqual(uploadSteps(item({ status: 'paused' })), ['resume', 'cancel']);
    assert.deepEqual(uploadSteps(item({ status: 'duplicate' })), ['decide', 'cancel']);
    assert.deepEqual(uploadSteps(item({ status: 'needs-file' })), ['choose-file', 'cancel']);
    assert.deepEqual(uploadSteps(item({ status: 'failed' })), ['retry', 'clear']);
    assert.deepEqual(uploadSteps(item({ status: 'done' })), ['clear']);
  });

  it('waits for somebody when a pause was nobody’s wish', () => {
    assert.equal(uploadStanding(item({ status: 'paused' })), 'paused');
    assert.equal(uploadStanding(item({ status: 'paused', error: failure('unauthenticated') })), 'attention');
  });

  it('has gone all its way once its bytes are there, and none of it when it has none', () => {
    assert.equal(uploadFraction(item({ status: 'verifying', sentBytes: 0 })), 1);
    assert.equal(uploadFraction(item({ sizeBytes: 0 })), 0);
    assert.equal(uploadFraction(item({ sizeBytes: 10, sentBytes: 12 })), 1);
  });

  it('promises a kind by its name, or nothing', () => {
    assert.deepEqual(['Take 3.MOV', 'a.b.wav', 'x.jpeg', 'mp4', 'archive.zip'].map(kindOfFileName), [
      'video',
      'audio',
      'image',
      null,
      null,
    ]);
  });
});

describe('what is said of an upload', () => {
  it('is how much is sent, how fast, and how long still, as far as that is known', () => {
    const sending = { sizeBytes: 200 * megabyte, sentBytes: 82 * megabyte };
    assert.equal(stateOf(sending), '82 MB of 200 MB');
    assert.equal(
      stateOf({ ...sending, bytesPerSecond: 4.2 * megabyte, secondsLeft: 118 }),
      '82 MB of 200 MB · 4.2 MB/s · 2 min left',
    );
  });

  it('is what it waits for, and for how long', () => {
    const retryAt = '2026-03-02T10:00:08Z';
    assert.equal(stateOf({ retryAt, error: failure('offline') }), 'Waiting for the network, trying again in 8 sec');
    assert.match(stateOf({ retryAt, error: failure('server') }), /trying again in 8 sec$/);
    assert.equal(stateOf({ retryAt: '2026-03-02T09:59:00Z' }), 'Trying again…');
    assert.equal(stateOf({ retryAt: '2026-03-02T09:59:00Z', error: failure('offline') }), 'Waiting for the network');
    assert.equal(stateOf({ retryAt, elsewhere: true }), 'Another tab is sending this');
  });

  it('is why it stands still, with what to do about it', () => {
    const { state, error } = uploadStatement(item({ status: 'paused', error: failure('unauthenticated') }), en, now);
    assert.equal(state, 'Paused: sign in to go on');
    assert.equal(error?.title, 'Sign in to go on with this upload');
    assert.match(error.advice, /takes up where it stopped/);
    assert.equal(stateOf({ status: 'paused', error: failure('server') }), 'Paused: The server had a problem');
    assert.equal(stateOf({ status: 'paused' }), 'Paused');
  });

  it('tells a sure duplicate from a likely one', () => {
    const other = { assetId: 'x', name: 'X.mp4' };
    const duplicates = [{ ...other, certain: false }];
    assert.match(stateOf({ status: 'duplicate', duplicates }), /probably/);
    assert.doesNotMatch(
      stateOf({ status: 'duplicate', duplicates: [...duplicates, { ...other, certain: true }] }),
      /probably/,
    );
  });

  it('says what went wrong with the file’s name, and nothing of what passes by itself', () => {
    const failed = uploadStatement(item({ status: 'failed', error: failure('file-empty') }), en, now);
    assert.equal(failed.error?.title, '“A.mp4” is empty');
    assert.equal(uploadStatement(item({ error: failure('offline'), retryAt: now.toISOString() }), en, now).error, null);
  });

  it('is there for every state in every language', () => {
    const statuses = [
      'queued',
      'checking',
      'duplicate',
      'snapshotting',
      'reserving',
      'sending',
      'completing',
      'verifying',
      'paused',
      'done',
      'failed',
      'needs-file',
      'cancelled',
    ] as const;
    for (const status of statuses) {
      for (const messages of [en, es]) {
        const { state } = uploadStatement(item({ status }), messages, now);
        assert.ok(state.length > 3, status);
        assert.doesNotMatch(state, /[{}]|undefined/);
      }
    }
  });
});

describe('what is said of all uploads', () => {
  const batch = [
    item({ id: 'a', sizeBytes: 100 * megabyte, sentBytes: 30 * megabyte, bytesPerSecond: megabyte }),
    item({ id: 'b', sizeBytes: 50 * megabyte, status: 'queued' }),
    item({ id: 'c', sizeBytes: 50 * megabyte, status: 'done' }),
    item({ id: 'd', sizeBytes: 900 * megabyte, status: 'paused' }),
    item({ id: 'e', status: 'needs-file' }),
    item({ id: 'f', status: 'failed' }),
  ];

  it('is one line: how many, how far, how long, and what doesn’t go by itself', () => {
    const summary = summariseUploads(batch);
    assert.equal(summary.fraction, 0.4);
    assert.equal(summary.secondsLeft, 120);
    assert.equal(
      uploadsSentence(summary, en),
      '2 files · 40% · 2 min left · 1 needs you · 1 file couldn’t be added · 1 paused',
    );
    assert.equal(uploadsSentence(summariseUploads([item({ status: 'done' })]), en), '1 file added');
    assert.equal(uploadsSentence(summariseUploads([item({ status: 'cancelled' })]), en), '1 upload cancelled');
  });

  it('puts first what needs somebody, and last what is over', () => {
    assert.deepEqual(
      sortUploads(batch).map(({ id }) => id),
      ['e', 'f', 'a', 'b', 'd', 'c'],
    );
  });
});
