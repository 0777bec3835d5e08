import { type Identity, LecternError } from '@lectern/ports';
import type { Session as AuthSession } from '@supabase/supabase-js';

/** Whoever is signed in, and the token that proves it. */
export interface Session {
  readonly identity: Identity;
  readonly token: string;
}

interface Claims {
  readonly sub?: unknown;
  readonly email?: unknown;
  readonly phone?: unknown;
  readonly exp?: unknown;
  readonly is_anonymous?: unknown;
  readonly user_metadata?: unknown;
}

/**
 * Whom a token is for. Its signature is the server's business: nothing here is decided by it. Null once it has run out.
 *
 * @throws `unauthenticated` for what is no token of a user
 */
export function sessionOfToken(token: string, now: number = Date.now()): Session | null {
  const { sub, email, phone, exp, is_anonymous: isAnonymous, user_metadata: metadata } = claimsOf(token);
  if (typeof sub !== 'string') throw new LecternError('unauthenticated', { message: 'The token names no user' });
  if (typeof exp === 'number' && exp * 1000 <= now) return null;
  const named = typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : {};
  return {
    token,
    identity: {
      userId: sub,
      displayName: displayName(named, text(email), text(phone)),
      isGuest: isAnonymous === true,
    },
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function claimsOf(token: string): Claims {
  try {
    const [, payload = ''] = token.split('.');
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch (cause) {
    throw new LecternError('unauthenticated', { message: 'The token can’t be read', cause });
  }
}

export function sessionOfAuth({ access_token: token, user }: AuthSession): Session {
  const metadata: Readonly<Record<string, unknown>> = user.user_metadata;
  return {
    token,
    identity: {
      userId: user.id,
      displayName: displayName(metadata, user.email, user.phone),
      isGuest: user.is_anonymous === true,
    },
  };
}

/** What people call a user: a name they gave, or else an address. */
function displayName(metadata: Readonly<Record<string, unknown>>, ...others: readonly (string | undefined)[]): string {
  const names = ['full_name', 'display_name', 'name', 'preferred_username', 'user_name'].map((key) => metadata[key]);
  const given = [...names, ...others].find((name) => typeof name === 'string' && name.trim() !== '');
  return typeof given === 'string' ? given.trim() : 'Guest';
}
