import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Identity, isLecternError, type LecternErrorCode } from '@lectern/ports';
import { Connection, type SupabaseSource } from './connection.js';
import type { SupabaseClient } from './requests.js';
import { sessionOfToken } from './session.js';

const USER = '11111111-1111-4111-8111-111111111111';

function tokenOf(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256' })}.${part(claims)}.signature`;
}

const later = Math.floor(Date.now() / 1000) + 3600;
const coded =
  (code: LecternErrorCode) =>
  (error: unknown): boolean =>
    isLecternError(error) && error.code === code;

/** A client whose sign-in answers what it is told to. */
function clientWith(auth: Readonly<Record<string, unknown>>): SupabaseSource {
  return { client: { auth } as unknown as SupabaseClient };
}

describe('whom a token is for', () => {
  it('is read from its claims, in any script', () => {
    const session = sessionOfToken(tokenOf({ sub: USER, exp: later, user_metadata: { full_name: 'Ünal Öztürk 李' } }));
    assert.deepEqual(session?.identity, { userId: USER, displayName: 'Ünal Öztürk 李', isGuest: false });
  });

  it('has a name in any case, and may be a guest', () => {
    assert.equal(sessionOfToken(tokenOf({ sub: USER, email: 'a@b.example' }))?.identity.displayName, 'a@b.example');
    const guest = sessionOfToken(tokenOf({ sub: USER, is_anonymous: true, user_metadata: { name: ' ' } }));
    assert.deepEqual(guest?.identity, { userId: USER, displayName: 'Guest', isGuest: true });
  });

  it('is nobody once it has run out, and an error when it is no token', () => {
    assert.equal(sessionOfToken(tokenOf({ sub: USER, exp: 1 })), null);
    assert.throws(() => sessionOfToken('nonsense'), coded('unauthenticated'));
    assert.throws(() => sessionOfToken(tokenOf({ role: 'anon' })), coded('unauthenticated'));
  });
});

describe('a session', () => {
  it('that can’t be renewed for want of a network is not one that has ended', async () => {
    const error = { name: 'AuthRetryableFetchError', status: 0 };
    const getSession = async (): Promise<unknown> => ({ data: { session: null }, error });
    const connection = new Connection(clientWith({ getSession }), { timeoutMs: 1000 });
    await assert.rejects(connection.session(), coded('offline'));
  });

  it('that has ended is told to those who listen, once', async () => {
    const user = { id: USER, email: 'a@b.example', user_metadata: {} };
    let session: unknown = { access_token: 'one', user };
    const getSession = async (): Promise<unknown> => ({ data: { session }, error: null });
    const onAuthStateChange = (): unknown => ({ data: { subscription: { unsubscribe: () => undefined } } });
    const connection = new Connection(clientWith({ getSession, onAuthStateChange }), { timeoutMs: 1000 });
    const told: (Identity | null)[] = [];
    connection.watch((identity) => told.push(identity));
    assert.equal((await connection.session()).identity.userId, USER);
    session = null;
    await assert.rejects(connection.session(), coded('unauthenticated'));
    await assert.rejects(connection.session(), coded('unauthenticated'));
    assert.deepEqual(told, [null]);
  });

  it('that begins is told to those who listen, and so is another one’s', async () => {
    const userOf = (id: string): unknown => ({
      access_token: id,
      user: { id, email: 'a@b.example', user_metadata: {} },
    });
    let change: (event: string, session: unknown) => void = () => undefined;
    const auth = {
      getSession: async (): Promise<unknown> => ({ data: { session: null }, error: null }),
      onAuthStateChange: (listener: typeof change): unknown => {
        change = listener;
        return { data: { subscription: { unsubscribe: () => undefined } } };
      },
    };
    const connection = new Connection(clientWith(auth), { timeoutMs: 1000 });
    const told: (string | undefined)[] = [];
    connection.watch((identity) => told.push(identity?.userId));
    await new Promise((resolve) => setTimeout(resolve));
    change('INITIAL_SESSION', null);
    change('SIGNED_IN', userOf('ann'));
    change('TOKEN_REFRESHED', userOf('ann'));
    change('SIGNED_IN', userOf('ben'));
    change('SIGNED_OUT', null);
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(told, ['ann', 'ben', undefined]);
  });

  it('is renewed once however many requests were refused with its token', async () => {
    const user = { id: USER, email: 'a@b.example', user_metadata: {} };
    let token = 'one';
    let refreshed = 0;
    const getSession = async (): Promise<unknown> => ({
      data: { session: { access_token: token, user } },
      error: null,
    });
    const refreshSession = async (): Promise<unknown> => {
      refreshed += 1;
      token = 'two';
      return getSession();
    };
    const connection = new Connection(clientWith({ getSession, refreshSession }), { timeoutMs: 1000 });
    const renewed = await Promise.all([connection.renew('one'), connection.renew('one')]);
    assert.deepEqual(
      renewed.map((session) => session.token),
      ['two', 'two'],
    );
    assert.equal((await connection.renew('one')).token, 'two');
    assert.equal(refreshed, 1);
  });

  it('of the host’s own sign-in is asked for again when its token has run out', async () => {
    const wishes: boolean[] = [];
    const client = {
      get auth(): never {
        throw new Error('This client is given tokens');
      },
    };
    const source: SupabaseSource = {
      client: client as unknown as SupabaseClient,
      accessToken: async ({ renew }) => {
        wishes.push(renew);
        return tokenOf({ sub: USER, exp: renew ? later : 1 });
      },
    };
    const connection = new Connection(source, { timeoutMs: 1000 });
    assert.equal((await connection.session()).identity.userId, USER);
    assert.deepEqual(wishes, [false, true]);
  });
});
