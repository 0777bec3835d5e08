import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createClient } from '@supabase/supabase-js';
import type { AuthError } from '@supabase/supabase-js';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import WebSocket from 'ws';
import { startLocalBackend } from '../local-backend.js';
import type { LocalBackend } from '../local-backend.js';

describe('auth, asked by supabase-js', () => {
  let backend: LocalBackend;

  before(async () => {
    backend = await startLocalBackend({ supabaseFolder: null, reuseInterval: 0 });
  });

  after(() => backend.stop());

  function client(key: string = backend.publishableKey): ReturnType<typeof createClient> {
    return createClient(backend.url, key, {
      auth: { autoRefreshToken: false, persistSession: false },
      realtime: { transport: WebSocket as never },
    });
  }

  function codeOf({ error }: { readonly error: AuthError | null }): readonly [number | undefined, string | undefined] {
    return [error?.status, error?.code];
  }

  it('signs people up, in and out', async () => {
    const one = client();
    const { data, error } = await one.auth.signUp({
      email: 'Ann@Example.com',
      password: 'correct horse',
      options: { data: { name: 'Ann' } },
    });
    assert.equal(error, null);
    assert.equal(data.user?.email, 'ann@example.com');
    assert.equal(data.user.user_metadata['name'], 'Ann');
    assert.equal(data.user.identities?.[0]?.provider, 'email');
    assert.equal(data.session?.token_type, 'bearer');

    const two = client();
    const again = await two.auth.signInWithPassword({ email: 'ann@example.com', password: 'correct horse' });
    assert.equal(again.data.user?.id, data.user.id);
    assert.equal((await two.auth.getUser()).data.user?.email, 'ann@example.com');

    const token = again.data.session?.access_token ?? '';
    assert.equal((await two.auth.signOut({ scope: 'local' })).error, null);
    const gone = await fetch(`${backend.url}/auth/v1/user`, {
      headers: { apikey: backend.publishableKey, authorization: `Bearer ${token}` },
    });
    assert.deepEqual([gone.status, ((await gone.json()) as { code: string }).code], [403, 'session_not_found']);
    assert.equal((await one.auth.getUser()).data.user?.id, data.user.id);
  });

  it('gives tokens that REST and the public keys accept', async () => {
    const { data } = await client().auth.signUp({ email: 'keys@example.com', password: 'correct horse' });
    const token = data.session?.access_token ?? '';
    const keys = createRemoteJWKSet(new URL(`${backend.url}/auth/v1/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: `${backend.url}/auth/v1`,
      audience: 'authenticated',
    });
    assert.deepEqual([protectedHeader.alg, payload.sub, payload['role']], ['ES256', data.user?.id, 'authenticated']);

    const signedIn = client();
    await signedIn.auth.signInWithPassword({ email: 'keys@example.com', password: 'correct horse' });
    const { data: verified } = await signedIn.auth.getClaims();
    assert.equal(verified?.claims.sub, data.user?.id);
    await backend.admin.query(
      'create function public.me() returns uuid language sql stable as $$ select auth.uid() $$',
    );
    assert.equal((await signedIn.rpc('me')).data, data.user?.id);
  });

  it('refuses with the codes that auth-js knows', async () => {
    const { auth } = client();
    await auth.signUp({ email: 'codes@example.com', password: 'correct horse' });
    const up = (email: string, password: string) => client().auth.signUp({ email, password });
    assert.deepEqual(codeOf(await up('codes@example.com', 'other horse')), [422, 'user_already_exists']);
    assert.deepEqual(codeOf(await up('short@example.com', '12345')), [422, 'weak_password']);
    assert.deepEqual(codeOf(await up('no address', 'correct horse')), [400, 'validation_failed']);
    assert.deepEqual(codeOf(await client().auth.signInAnonymously()), [422, 'anonymous_provider_disabled']);
    const wrong = await client().auth.signInWithPassword({ email: 'codes@example.com', password: 'wrong horse' });
    assert.deepEqual(codeOf(wrong), [400, 'invalid_credentials']);
    const nobody = await client().auth.signInWithPassword({ email: 'nobody@example.com', password: 'wrong horse' });
    assert.deepEqual(codeOf(nobody), [400, 'invalid_credentials']);
    assert.deepEqual(codeOf(await client().auth.getUser('no.token.atall')), [403, 'bad_jwt']);
    const unknown = await client().auth.refreshSession({ refresh_token: 'unknown' });
    assert.deepEqual(codeOf(unknown), [400, 'refresh_token_not_found']);
  });

  it('gives a new refresh token for each, takes the last one again, and ends the session on an older one', async () => {
    const own = client();
    const { data: first } = await own.auth.signUp({ email: 'refresh@example.com', password: 'correct horse' });
    const oldest = first.session?.refresh_token ?? '';
    const refresh = (token: string) => client().auth.refreshSession({ refresh_token: token });
    const second = (await refresh(oldest)).data.session?.refresh_token ?? '';
    assert.notEqual(second, oldest);
    // The answer got lost: the same one is given again.
    assert.equal((await refresh(oldest)).data.session?.refresh_token, second);
    const third = (await refresh(second)).data.session?.refresh_token ?? '';
    assert.deepEqual(codeOf(await refresh(oldest)), [400, 'refresh_token_already_used']);
    assert.deepEqual(codeOf(await refresh(third)), [400, 'refresh_token_already_used']);
  });

  it('changes passwords and what people say of themselves', async () => {
    const own = client();
    await own.auth.signUp({ email: 'change@example.com', password: 'correct horse' });
    assert.deepEqual(codeOf(await own.auth.updateUser({ password: 'correct horse' })), [422, 'same_password']);
    const { data, error } = await own.auth.updateUser({ password: 'better horse', data: { colour: 'red' } });
    assert.equal(error, null);
    assert.equal(data.user.user_metadata['colour'], 'red');
    const old = await client().auth.signInWithPassword({ email: 'change@example.com', password: 'correct horse' });
    assert.deepEqual(codeOf(old), [400, 'invalid_credentials']);
    const now = await client().auth.signInWithPassword({ email: 'change@example.com', password: 'better horse' });
    assert.equal(now.error, null);
  });

  it('lets the secret key alone manage users', async () => {
    const service = client(backend.secretKey);
    const id = '33333333-3333-4333-8333-333333333333';
    const made = await service.auth.admin.createUser({
      id,
      email: 'made@example.com',
      password: 'correct horse',
      email_confirm: true,
      app_metadata: { role: 'editor' },
    });
    assert.equal(made.error, null);
    assert.deepEqual([made.data.user.id, made.data.user.app_metadata['role']], [id, 'editor']);
    assert.equal((await service.auth.admin.getUserById(id)).data.user?.email, 'made@example.com');
    await service.auth.admin.updateUserById(id, { password: 'other horse' });
    const own = client();
    assert.equal(
      (await own.auth.signInWithPassword({ email: 'made@example.com', password: 'other horse' })).error,
      null,
    );
    assert.deepEqual(codeOf(await own.auth.admin.deleteUser(id)), [403, 'not_admin']);
    assert.equal((await service.auth.admin.deleteUser(id)).error, null);
    assert.deepEqual(codeOf(await own.auth.getUser()), [403, 'user_not_found']);
  });

  it('lets people in whom SQL made, unless the row would break the platform', async () => {
    const insert = (id: string, email: string, tokens: string) => `
      insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, created_at,
        updated_at, confirmation_token, recovery_token, email_change_token_new, email_change)
      values ('00000000-0000-0000-0000-000000000000', '${id}', 'authenticated', 'authenticated', '${email}',
        extensions.crypt('correct horse', extensions.gen_salt('bf')), now(), now(), now(), ${tokens})`;
    await backend.admin.query(insert('44444444-4444-4444-8444-444444444444', 'seed@example.com', `'', '', '', ''`));
    await backend.admin.query(
      insert('55555555-5555-4555-8555-555555555555', 'null@example.com', 'null, null, null, null'),
    );
    const seeded = await client().auth.signInWithPassword({ email: 'seed@example.com', password: 'correct horse' });
    assert.equal(seeded.error, null);
    const broken = await client().auth.signInWithPassword({ email: 'null@example.com', password: 'correct horse' });
    assert.match(broken.error?.message ?? '', /Database error querying schema/);
  });

  it('says 501 for what it does not offer', async () => {
    await client().auth.signInWithOtp({ email: 'otp@example.com' });
    await client().auth.resetPasswordForEmail('otp@example.com');
    assert.equal(backend.takeComplaints().length, 2);
  });
});
