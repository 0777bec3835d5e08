/** Users, sessions and refresh tokens, in the tables of the schema `auth`. */
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ProjectKeys } from '../http/keys.js';
import { AuthError } from './auth-error.js';

export interface AuthOptions {
  /** Connections of a superuser; each transaction becomes `supabase_auth_admin`. */
  readonly admin: pg.Pool;
  readonly keys: ProjectKeys;
  /** The issuer of tokens: `…/auth/v1`. */
  readonly issuer: () => string;
  /** How long an access token lives, in seconds. */
  readonly tokenLifetime: number;
  /** How long a refresh token that was used may be used again, in seconds: for answers that got lost. */
  readonly reuseInterval: number;
}

type Json = Readonly<Record<string, unknown>>;

interface UserRow {
  readonly id: string;
  readonly aud: string | null;
  readonly role: string | null;
  readonly email: string | null;
  readonly encrypted_password: string | null;
  readonly email_confirmed_at: Date | null;
  readonly confirmed_at: Date | null;
  readonly last_sign_in_at: Date | null;
  readonly raw_app_meta_data: Json | null;
  readonly raw_user_meta_data: Json | null;
  readonly phone: string | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly banned_until: Date | null;
  readonly is_anonymous: boolean;
  readonly confirmation_token: string | null;
  readonly recovery_token: string | null;
  readonly email_change_token_new: string | null;
  readonly email_change: string | null;
}

interface IdentityRow {
  readonly id: string;
  readonly provider_id: string;
  readonly user_id: string;
  readonly identity_data: Json;
  readonly provider: string;
  readonly last_sign_in_at: Date | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly email: string | null;
}

/** What signing in gives. */
export interface SessionAnswer {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds since 1970. */
  readonly expires_at: number;
  readonly refresh_token: string;
  readonly user: Json;
}

/** Who a token belongs to. */
interface SignedIn {
  readonly user: UserRow;
  readonly sessionId: string;
}

export interface NewUser {
  readonly email: string;
  readonly password: string | undefined;
  readonly userMetadata: Json;
  readonly appMetadata: Json;
  readonly id?: string;
}

const MIN_PASSWORD = 6;
/** What bcrypt looks at, in bytes. */
const MAX_PASSWORD = 72;

function checkPassword(password: string): void {
  if (password.length < MIN_PASSWORD) {
    const message = `Password should be at least ${MIN_PASSWORD} characters.`;
    throw new AuthError(422, 'weak_password', message, ['length']);
  }
  if (Buffer.byteLength(password) > MAX_PASSWORD) {
    throw new AuthError(400, 'validation_failed', `Password cannot be longer than ${MAX_PASSWORD} characters`);
  }
}

function checkEmail(email: string): string {
  if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(email) || email.length > 255) {
    throw new AuthError(400, 'validation_failed', 'Unable to validate email address: invalid format');
  }
  return email.toLowerCase();
}

export class AuthService {
  readonly #options: AuthOptions;

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  /** @throws AuthError `user_already_exists`, `weak_password`, `validation_failed` */
  signUp(email: string, password: string, userMetadata: Json): Promise<SessionAnswer> {
    return this.#transact(async (client) => {
      const user = await this.#insertUser(
        client,
        { email, password, userMetadata, appMetadata: {} },
        'user_already_exists',
      );
      return this.#startSession(client, user);
    });
  }

  /** @throws AuthError `email_exists`, `weak_password`, `validation_failed` */
  createUser(wanted: NewUser): Promise<Json> {
    return this.#transact(async (client) => describe(client, await this.#insertUser(client, wanted, 'email_exists')));
  }

  /** @throws AuthError `invalid_credentials` for both halves, so that nobody can ask who has an account */
  signIn(email: string, password: string): Promise<SessionAnswer> {
    return this.#transact(async (client) => {
      const { rows } = await client.query<UserRow>(
        'select * from auth.users where email = $1 and not is_sso_user and deleted_at is null',
        [email.toLowerCase()],
      );
      const [user] = rows;
      if (user !== undefined) refuseBrokenRow(user);
      if (user === undefined || !(await this.#matches(client, password, user))) {
        throw new AuthError(400, 'invalid_credentials', 'Invalid login credentials');
      }
      if (user.banned_until !== null && user.banned_until > new Date()) {
        throw new AuthError(400, 'user_banned', 'User is banned');
      }
      return this.#startSession(client, user);
    });
  }

  /** @throws AuthError `refresh_token_not_found`, `refresh_token_already_used` (and then the session is over) */
  async refresh(token: string): Promise<SessionAnswer> {
    const answer = await this.#transact(async (client) => {
      const { rows } = await client.query<{
        id: string;
        session_id: string;
        user_id: string;
        revoked: boolean;
        is_recent: boolean;
        is_parent: boolean;
      }>(
        `select t.id, t.session_id, t.user_id, t.revoked,
          t.updated_at > now() - make_interval(secs => $2) as is_recent,
          exists (select from auth.refresh_tokens c where c.parent = t.token and not c.revoked) as is_parent
          from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id
          where t.token = $1 for update of t, s`,
        [token, this.#options.reuseInterval],
      );
      const [found] = rows;
      if (found === undefined) {
        throw new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
      }
      if (found.revoked) {
        // The answer to the first use may have got lost: the parent of the token in use, or just a moment ago.
        if (!found.is_parent && !found.is_recent) {
          await client.query(
            'update auth.refresh_tokens set revoked = true, updated_at = now() where session_id = $1',
            [found.session_id],
          );
          return undefined;
        }
        const active = await client.query<{ token: string }>(
          'select token from auth.refresh_tokens where session_id = $1 and not revoked order by id desc limit 1',
          [found.session_id],
        );
        const [current] = active.rows;
        if (current === undefined) return undefined;
        const user = await this.#readUser(client, found.user_id);
        return this.#answer(client, user, found.session_id, current.token);
      }
      await client.query('update auth.refresh_tokens set revoked = true, updated_at = now() where id = $1', [found.id]);
      await client.query('update auth.sessions set refreshed_at = now(), updated_at = now() where id = $1', [
        found.session_id,
      ]);
      const user = await this.#readUser(client, found.user_id);
      const next = await this.#insertToken(client, user.id, found.session_id, token);
      return this.#answer(client, user, found.session_id, next);
    });
    // Outside, so that the session stays revoked.
    if (answer === undefined) {
      throw new AuthError(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used');
    }
    return answer;
  }

  /** @throws AuthError `bad_jwt`, `session_not_found`, `user_not_found` */
  userOf(token: string): Promise<Json> {
    return this.#transact(async (client) => describe(client, (await this.#signedIn(client, token)).user));
  }

  /** @throws AuthError as {@link userOf}, `same_password`, `weak_password` */
  updateOwn(token: string, change: { readonly password?: string; readonly data?: Json }): Promise<Json> {
    return this.#transact(async (client) => {
      const { user } = await this.#signedIn(client, token);
      if (change.password !== undefined) await this.#setPassword(client, user.id, change.password, true);
      if (change.data !== undefined) await this.#mergeMetadata(client, user.id, 'raw_user_meta_data', change.data);
      return describe(client, await this.#readUser(client, user.id));
    });
  }

  /** Ends sessions of whoever has this token. */
  signOut(token: string, scope: 'global' | 'local' | 'others'): Promise<void> {
    return this.#transact(async (client) => {
      const { user, sessionId } = await this.#signedIn(client, token);
      const which = { global: '', local: 'and id = $2', others: 'and id <> $2' }[scope];
      const values = scope === 'global' ? [user.id] : [user.id, sessionId];
      await client.query(`delete from auth.sessions where user_id = $1 ${which}`, values);
    });
  }

  /** @throws AuthError `user_not_found` */
  userById(id: string): Promise<Json> {
    return this.#transact(async (client) => describe(client, await this.#readUser(client, id, 404)));
  }

  /** @throws AuthError `user_not_found`, `weak_password` */
  updateUser(
    id: string,
    change: { readonly password?: string; readonly userMetadata?: Json; readonly appMetadata?: Json },
  ): Promise<Json> {
    return this.#transact(async (client) => {
      await this.#readUser(client, id, 404);
      if (change.password !== undefined) await this.#setPassword(client, id, change.password, false);
      if (change.userMetadata !== undefined) {
        await this.#mergeMetadata(client, id, 'raw_user_meta_data', change.userMetadata);
      }
      if (change.appMetadata !== undefined) {
        await this.#mergeMetadata(client, id, 'raw_app_meta_data', change.appMetadata);
      }
      return describe(client, await this.#readUser(client, id, 404));
    });
  }

  /** @throws AuthError `user_not_found` */
  deleteUser(id: string): Promise<void> {
    return this.#transact(async (client) => {
      const { rowCount } = await client.query('delete from auth.users where id = $1', [id]);
      if (rowCount === 0) throw new AuthError(404, 'user_not_found', 'User not found');
    });
  }

  async #transact<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#options.admin.connect();
    try {
      await client.query('begin; set local role supabase_auth_admin; set local search_path = auth');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      // A trigger of the project's own that fails ends here, as on the platform.
      if (error instanceof pg.DatabaseError) {
        throw new AuthError(500, 'unexpected_failure', `Database error: ${error.message}`);
      }
      throw error;
    } finally {
      client.release();
    }
  }

  async #insertUser(
    client: pg.PoolClient,
    wanted: NewUser,
    taken: 'email_exists' | 'user_already_exists',
  ): Promise<UserRow> {
    const email = checkEmail(wanted.email);
    const { rowCount } = await client.query('select from auth.users where email = $1 and not is_sso_user', [email]);
    if (rowCount !== 0) {
      const message =
        taken === 'email_exists'
          ? 'A user with this email address has already been registered'
          : 'User already registered';
      throw new AuthError(422, taken, message);
    }
    if (wanted.password !== undefined) checkPassword(wanted.password);
    const id = wanted.id ?? randomUUID();
    const identity = { sub: id, email, email_verified: true, phone_verified: false };
    await client.query(
      `insert into auth.users (
          instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data,
          raw_user_meta_data, created_at, updated_at, confirmation_token, recovery_token, email_change_token_new,
          email_change
        ) values (
          '00000000-0000-0000-0000-000000000000', $1, 'authenticated', 'authenticated', $2,
          $3, now(), $4, $5, now(), now(), '', '', '', ''
        )`,
      [
        id,
        email,
        wanted.password === undefined ? '' : await this.#hash(client, wanted.password),
        { provider: 'email', providers: ['email'], ...wanted.appMetadata },
        { ...wanted.userMetadata, ...identity },
      ],
    );
    await client.query(
      `insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
        values ($1::text, $1::uuid, $2, 'email', now(), now(), now())`,
      [id, identity],
    );
    return this.#readUser(client, id);
  }

  async #readUser(client: pg.PoolClient, id: string, status = 403): Promise<UserRow> {
    const { rows } = await client.query<UserRow>(
      'select * from auth.users where id::text = $1 and deleted_at is null',
      [id],
    );
    const [user] = rows;
    if (user === undefined) {
      const message = status === 404 ? 'User not found' : 'User from sub claim in JWT does not exist';
      throw new AuthError(status, 'user_not_found', message);
    }
    refuseBrokenRow(user);
    return user;
  }

  async #signedIn(client: pg.PoolClient, token: string): Promise<SignedIn> {
    const claims = await this.#options.keys.verify(token).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AuthError(403, 'bad_jwt', `invalid JWT: unable to parse or verify signature, ${reason}`);
    });
    if (claims.sub === undefined) throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim');
    const user = await this.#readUser(client, claims.sub);
    const sessionId = claims['session_id'];
    const { rowCount } = await client.query('select from auth.sessions where id::text = $1 and user_id = $2', [
      typeof sessionId === 'string' ? sessionId : '',
      user.id,
    ]);
    if (rowCount === 0 || typeof sessionId !== 'string') {
      throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
    }
    return { user, sessionId };
  }

  async #setPassword(client: pg.PoolClient, id: string, password: string, mustDiffer: boolean): Promise<void> {
    checkPassword(password);
    if (mustDiffer && (await this.#matches(client, password, await this.#readUser(client, id)))) {
      throw new AuthError(422, 'same_password', 'New password should be different from the old password.');
    }
    const hash = await this.#hash(client, password);
    await client.query('update auth.users set encrypted_password = $2, updated_at = now() where id = $1', [id, hash]);
  }

  /** The platform hashes with bcrypt, and so does pgcrypto: rows that SQL made fit. */
  async #crypt(client: pg.PoolClient, salt: string, values: readonly string[]): Promise<string> {
    await client.query('reset role');
    const { rows } = await client.query<{ hash: string }>(`select extensions.crypt($1, ${salt}) as hash`, [...values]);
    await client.query('set local role supabase_auth_admin');
    return rows[0]?.hash ?? '';
  }

  #hash(client: pg.PoolClient, password: string): Promise<string> {
    return this.#crypt(client, `extensions.gen_salt('bf', 6)`, [password]);
  }

  async #matches(client: pg.PoolClient, password: string, user: UserRow): Promise<boolean> {
    const hash = user.encrypted_password ?? '';
    return hash !== '' && (await this.#crypt(client, '$2', [password, hash])) === hash;
  }

  /** Keys are set, and removed by null. */
  async #mergeMetadata(
    client: pg.PoolClient,
    id: string,
    column: 'raw_app_meta_data' | 'raw_user_meta_data',
    change: Json,
  ): Promise<void> {
    const removed = Object.keys(change).filter((key) => change[key] === null);
    await client.query(
      `update auth.users set ${column} = (coalesce(${column}, '{}') || $2::jsonb) - $3::text[], updated_at = now()
        where id = $1`,
      [id, change, removed],
    );
  }

  async #insertToken(client: pg.PoolClient, userId: string, sessionId: string, parent: string | null): Promise<string> {
    const token = randomBytes(12).toString('base64url');
    await client.query(
      `insert into auth.refresh_tokens (token, user_id, revoked, created_at, updated_at, parent, session_id)
        values ($1, $2, false, now(), now(), $3, $4)`,
      [token, userId, parent, sessionId],
    );
    return token;
  }

  async #startSession(client: pg.PoolClient, user: UserRow): Promise<SessionAnswer> {
    const sessionId = randomUUID();
    await client.query(
      'insert into auth.sessions (id, user_id, created_at, updated_at) values ($1, $2, now(), now())',
      [sessionId, user.id],
    );
    await client.query('update auth.users set last_sign_in_at = now() where id = $1', [user.id]);
    const token = await this.#insertToken(client, user.id, sessionId, null);
    return this.#answer(client, await this.#readUser(client, user.id), sessionId, token);
  }

  async #answer(client: pg.PoolClient, user: UserRow, sessionId: string, refreshToken: string): Promise<SessionAnswer> {
    const { keys, issuer, tokenLifetime } = this.#options;
    const now = Math.floor(Date.now() / 1000);
    const expiresAt = now + tokenLifetime;
    const accessToken = await keys.sign({
      iss: issuer(),
      sub: user.id,
      aud: user.aud ?? 'authenticated',
      iat: now,
      exp: expiresAt,
      email: user.email ?? '',
      phone: user.phone ?? '',
      app_metadata: user.raw_app_meta_data ?? {},
      user_metadata: user.raw_user_meta_data ?? {},
      role: user.role ?? 'authenticated',
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: now }],
      session_id: sessionId,
      is_anonymous: user.is_anonymous,
    });
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: tokenLifetime,
      expires_at: expiresAt,
      refresh_token: refreshToken,
      user: await describe(client, user),
    };
  }
}

/** A row made by hand with nulls where the platform reads text breaks signing in there, so it does here. */
function refuseBrokenRow(user: UserRow): void {
  const texts = ['confirmation_token', 'recovery_token', 'email_change_token_new', 'email_change'] as const;
  const broken = texts.find((column) => user[column] === null);
  if (broken === undefined) return;
  const message = `Database error querying schema: auth.users.${broken} of ${user.id} is null; make it ''.`;
  throw new AuthError(500, 'unexpected_failure', message);
}

/** A user as the API shows them. */
async function describe(client: pg.PoolClient, user: UserRow): Promise<Json> {
  const { rows: identities } = await client.query<IdentityRow>(
    'select * from auth.identities where user_id = $1 order by created_at',
    [user.id],
  );
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email,
    ...(user.email_confirmed_at === null ? {} : { email_confirmed_at: user.email_confirmed_at }),
    phone: user.phone ?? '',
    ...(user.confirmed_at === null ? {} : { confirmed_at: user.confirmed_at }),
    ...(user.last_sign_in_at === null ? {} : { last_sign_in_at: user.last_sign_in_at }),
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities: identities.map((identity) => ({
      identity_id: identity.id,
      id: identity.provider_id,
      user_id: identity.user_id,
      identity_data: identity.identity_data,
      provider: identity.provider,
      last_sign_in_at: identity.last_sign_in_at,
      created_at: identity.created_at,
      updated_at: identity.updated_at,
      ...(identity.email === null ? {} : { email: identity.email }),
    })),
    created_at: user.created_at,
    updated_at: user.updated_at,
    is_anonymous: user.is_anonymous,
  };
}
