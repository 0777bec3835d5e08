import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError } from '@lectern/ports';
import { cloudBackend } from './cloud-backend.js';
import { supabaseFromSettings } from './page-settings.js';

const url = 'https://school.supabase.co';
const publishableKey = 'sb_publishable_1';

describe('the project that a page names', () => {
  it('is none where the page means to have one and hasn’t', () => {
    for (const supabase of [null, { url: '', publishableKey }, { url, publishableKey: '' }])
      assert.equal(cloudBackend(supabase, undefined).remote, null);
  });

  it('is refused with a key that may be in no page', () => {
    const claims = Buffer.from(JSON.stringify({ role: 'service_role' })).toString('base64url');
    for (const key of ['sb_secret_1', `header.${claims}.signature`])
      assert.throws(() => cloudBackend({ url, publishableKey: key }, undefined), TypeError);
  });

  it('counts as not configured with an address that is none', async () => {
    const { remote } = cloudBackend({ url: 'school', publishableKey }, undefined);
    await assert.rejects(
      async () => remote?.(),
      (error) => isLecternError(error) && error.code === 'invalid-input',
    );
  });

  it('is made of an address, with the bytes in B2 if the page says so', async () => {
    for (const b2 of [undefined, { signerUrl: `${url}/functions/v1/b2-uploads` }]) {
      const backend = await cloudBackend({ url, publishableKey, accessToken: async () => null }, b2).remote?.();
      assert.equal(backend?.name, 'supabase');
      await backend.dispose();
    }
  });
});

describe('settings in a page', () => {
  it('name the project, the signer and what people call it', () => {
    const text = JSON.stringify({ url, publishableKey, signerUrl: `${url}/sign`, placeName: 'School', maxBytes: 5 });
    assert.deepEqual(supabaseFromSettings(text), {
      supabase: { url, publishableKey },
      b2: { signerUrl: `${url}/sign` },
      placeName: 'School',
      maxBytes: 5,
    });
  });

  it('that can’t be followed are none, and whoever made the page is told', (context) => {
    const warn = context.mock.method(console, 'warn', () => undefined);
    const odd = [
      '',
      'x'.repeat(30_000),
      '{',
      '{"url":"javascript:1","publishableKey":"k"}',
      `{"url":"${url}","key":"k"}`,
    ];
    for (const text of odd) assert.deepEqual(supabaseFromSettings(text), { supabase: null });
    assert.equal(warn.mock.callCount(), odd.length);
  });
});
