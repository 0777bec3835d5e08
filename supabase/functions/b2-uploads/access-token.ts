/** Who asks, by the token of the project's own Auth. */
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Refusal } from '../_shared/refusal.ts';

export interface TokenConfig {
  /** Such as `https://<project>.supabase.co/auth/v1`. */
  readonly issuer: string;
  /** Where its public keys are. */
  readonly jwksUrl: string;
  /** The time in milliseconds. */
  readonly now: () => number;
}

/** A user who has signed in. */
export interface User {
  readonly id: string;
  readonly token: string;
}

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE = 5;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** @returns what makes a user of a request @throws Refusal `unauthenticated`; `server` when the keys can't be had */
export function createTokenReader({ issuer, jwksUrl, now }: TokenConfig): (request: Request) => Promise<User> {
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (request) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (token === undefined) throw new Refusal('unauthenticated', 'A user’s access token is missing');
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: 'authenticated',
        // The keys are public ones: a token that is signed with nothing, or with a shared secret, can't be meant.
        algorithms: ['ES256'],
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: new Date(now()),
      });
      if (payload['role'] !== 'authenticated' || !UUID.test(payload.sub ?? '')) {
        throw new Refusal('unauthenticated', 'The token isn’t a user’s');
      }
      return { id: payload.sub ?? '', token };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      if (error instanceof errors.JWTExpired) throw new Refusal('unauthenticated', 'The token has expired');
      const isUnreachable = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
      // jose's plain error is of fetching the keys; so is whatever isn't jose's.
      if (isUnreachable || !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') {
        throw new Refusal('server', 'The keys of the project can’t be had', { cause: error });
      }
      throw new Refusal('unauthenticated', 'The token isn’t one of this project');
    }
  };
}
