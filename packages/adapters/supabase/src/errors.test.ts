import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LecternError } from '@lectern/ports';
import { type Failure, fromRest, fromStorage, retryAfterOf, TokenRefused } from './errors.js';
import { storageFailureOf } from './requests.js';

const rest = (failure: Partial<Failure>): LecternError => fromRest({ status: 400, message: 'No', ...failure });

describe('failures of PostgREST', () => {
  it('have the code and the details that a function of the schema gave them', () => {
    const error = rest({
      status: 409,
      code: 'PT409',
      hint: 'in-use',
      details: '{"id": "1", "places": ["Lesson 1"], "needed": 7, "deep": {"a": 1}, "nothing": null}',
    });
    assert.equal(error.code, 'in-use');
    assert.deepEqual(error.details, { id: '1', places: ['Lesson 1'], needed: 7, deep: '{"a":1}' });
    assert.deepEqual(rest({ hint: 'invalid-input', details: '{"path": "size_bytes"}' }).details, { path: 'sizeBytes' });
    assert.deepEqual(rest({ hint: 'conflict', details: 'no JSON' }).details, {});
    assert.equal(rest({ status: 403, code: '42501', hint: 'Grant it.' }).code, 'forbidden');
  });

  it('name the field that a constraint is about', () => {
    const blob = rest({
      status: 409,
      code: '23503',
      message: 'insert violates foreign key constraint "media_file_versions_blob_fkey"',
    });
    assert.deepEqual([blob.code, blob.details['path']], ['invalid-input', 'blobKey']);
    const poster = rest({ code: '23503', message: 'violates foreign key constraint "media_files_poster_fkey"' });
    assert.deepEqual([poster.code, poster.details['path']], ['invalid-input', 'posterKey']);
    const check = rest({ code: '23514', message: 'violates check constraint "media_files_size_bytes_check"' });
    assert.deepEqual([check.code, check.details['path']], ['invalid-input', 'sizeBytes']);
    assert.equal(rest({ status: 409, code: '23505' }).code, 'already-exists');
    assert.equal(rest({ code: '22P02' }).code, 'invalid-input');
  });

  it('tell a refused token from a refused person', () => {
    for (const code of ['PGRST301', 'PGRST303']) {
      assert.ok(rest({ status: 401, code }) instanceof TokenRefused, code);
    }
    assert.ok(rest({ status: 401, code: '42501', message: 'permission denied' }) instanceof TokenRefused);
    const ended = rest({ status: 401, code: 'PT401', hint: 'unauthenticated' });
    assert.ok(!(ended instanceof TokenRefused) && ended.code === 'unauthenticated');
  });

  it('are of one code for each status, and say when to come again', () => {
    const codes: readonly (readonly [number, string])[] = [
      [403, 'forbidden'],
      [404, 'not-found'],
      [408, 'timeout'],
      [429, 'rate-limited'],
      [500, 'server'],
      [503, 'server'],
      [504, 'timeout'],
      [0, 'offline'],
    ];
    for (const [status, code] of codes) assert.equal(rest({ status }).code, code, String(status));
    const busy = rest({ status: 429, retryAfterMs: 2000 });
    assert.deepEqual([busy.retryable, busy.details['retryAfterMs']], [true, 2000]);
  });

  it('never take a function that isn’t there for a record that isn’t', () => {
    for (const code of ['PGRST202', 'PGRST205', '42P01', '42883']) {
      assert.equal(rest({ status: 404, code }).code, 'unknown', code);
    }
  });

  it('are over later where the database was busy with itself', () => {
    for (const code of ['40001', '40P01', '57014']) assert.equal(rest({ status: 500, code }).retryable, true, code);
  });
});

describe('failures of the storage server', () => {
  it('have their real status in the body', () => {
    const said = (status: number, body: unknown): LecternError => storageFailureOf(status, JSON.stringify(body));
    assert.equal(said(400, { statusCode: '404', error: 'not_found', message: 'Object not found' }).code, 'not-found');
    assert.equal(said(400, { statusCode: '409', error: 'Duplicate', message: 'exists' }).code, 'already-exists');
    assert.equal(
      said(400, { statusCode: '403', error: 'Unauthorized', message: 'row-level security' }).code,
      'forbidden',
    );
    assert.equal(said(400, { statusCode: '413', error: 'Payload too large', message: '' }).code, 'file-too-large');
    assert.equal(
      said(400, { statusCode: '415', error: 'invalid_mime_type', message: '' }).code,
      'file-type-unsupported',
    );
    assert.equal(storageFailureOf(502, '<html>Bad gateway</html>').code, 'server');
    assert.equal(storageFailureOf(423, 'locked').retryable, true);
  });

  it('tell an expired token by its words', () => {
    const expired = { statusCode: '403', error: 'Unauthorized', message: '"exp" claim timestamp check failed' };
    assert.ok(storageFailureOf(400, JSON.stringify(expired)) instanceof TokenRefused);
    assert.ok(storageFailureOf(400, 'jwt expired') instanceof TokenRefused);
    assert.ok(fromStorage({ status: 401, message: '' }, Number.NaN) instanceof TokenRefused);
  });
});

describe('Retry-After', () => {
  it('is a number of seconds or a date', () => {
    assert.equal(retryAfterOf('2'), 2000);
    assert.equal(retryAfterOf(null), undefined);
    assert.equal(retryAfterOf('soon'), undefined);
    assert.equal(retryAfterOf(new Date(0).toUTCString()), 0);
  });
});
