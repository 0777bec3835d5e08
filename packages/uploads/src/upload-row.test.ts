import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleRow } from './test-support/sample-row.js';
import { plainError, plainTransfer, readUploadRow } from './upload-row.js';

describe('a row of the journal', () => {
  it('is read as it was written', () => {
    const row = sampleRow();
    assert.equal(readUploadRow(row), row);
    const full = sampleRow({
      status: 'failed',
      error: { code: 'offline', message: 'offline', details: {} },
      transfer: { id: 't', key: 'k', sizeBytes: 1, mimeType: 'audio/wav', resume: 'at-1' },
      duplicates: [{ assetId: 'a', name: 'A', certain: true }],
      formerKeys: ['k0'],
    });
    assert.equal(readUploadRow(structuredClone(full)) === 'corrupt', false);
  });

  it('of a later version is told from a damaged one', () => {
    assert.equal(readUploadRow({ ...sampleRow(), schema: 2 }), 'newer');
    assert.equal(readUploadRow({ schema: 9 }), 'newer');
    for (const value of [null, undefined, 7, 'row', [], {}, { schema: 0 }, { schema: 'x' }])
      assert.equal(readUploadRow(value), 'corrupt');
  });

  it('is damaged when any of its fields isn’t what it has to be', () => {
    const row = sampleRow();
    for (const name of Object.keys(row).filter((each) => each !== 'schema')) {
      for (const wrong of [undefined, 7.5, Symbol('x'), [{}]])
        assert.equal(readUploadRow({ ...row, [name]: wrong }), 'corrupt', name);
    }
    for (const name of Object.keys(row.file))
      assert.equal(readUploadRow({ ...row, file: { ...row.file, [name]: {} } }), 'corrupt', name);
    for (const name of Object.keys(row.asset))
      assert.equal(readUploadRow({ ...row, asset: { ...row.asset, [name]: 7 } }), 'corrupt', name);
    assert.equal(readUploadRow({ ...row, status: 'sleeping' }), 'corrupt');
    assert.equal(readUploadRow({ ...row, sentBytes: -1 }), 'corrupt');
    assert.equal(readUploadRow({ ...row, blobKey: '' }), 'corrupt');
  });

  it('takes of a transfer its own fields alone', () => {
    const transfer = { id: 't', key: 'k', sizeBytes: 1, mimeType: 'm', resume: null };
    assert.deepEqual(plainTransfer({ ...transfer, token: 'secret' } as typeof transfer), transfer);
  });

  it('takes of an error its code and harmless details: an address may let somebody in', () => {
    const error = plainError({
      code: 'server',
      message: 'PUT https://store/part?X-Amz-Signature=abc failed',
      details: { status: 500, again: true, url: 'https://store/part?token=abc', list: ['x'], path: 'size' },
    });
    assert.deepEqual(error, { code: 'server', message: 'server', details: { status: 500, again: true, path: 'size' } });
  });
});
