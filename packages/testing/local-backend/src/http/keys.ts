/** The keys of a project: what signs its tokens, and what its clients show. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createLocalJWKSet, errors, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { CryptoKey, JSONWebKeySet, JWTPayload } from 'jose';
import { ApiError } from './api-error.js';

/** The platform's tolerance of clocks that differ, in seconds. */
const CLOCK_TOLERANCE = 30;

export class ProjectKeys {
  /** For browsers: `sb_publishable_…`, the role `anon`. */
  readonly publishableKey: string = `sb_publishable_${randomBytes(16).toString('base64url')}`;
  /** For servers alone: `sb_secret_…`, the role `service_role`. */
  readonly secretKey: string = `sb_secret_${randomBytes(16).toString('base64url')}`;
  /** The public half, as `/auth/v1/.well-known/jwks.json` shows it. */
  readonly jwks: JSONWebKeySet;
  readonly #keyId: string;
  readonly #privateKey: CryptoKey;
  readonly #find: ReturnType<typeof createLocalJWKSet>;

  private constructor(jwks: JSONWebKeySet, keyId: string, privateKey: CryptoKey) {
    this.jwks = jwks;
    this.#keyId = keyId;
    this.#privateKey = privateKey;
    this.#find = createLocalJWKSet(jwks);
  }

  /** Makes keys that nobody had before. */
  static async create(): Promise<ProjectKeys> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: false });
    const kid = randomUUID();
    const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', key_ops: ['verify'], kid };
    return new ProjectKeys({ keys: [jwk] }, kid, privateKey);
  }

  /** Signs a token with ES256. Claims are taken as they are; nothing is added. */
  sign(claims: JWTPayload): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: this.#keyId })
      .sign(this.#privateKey);
  }

  /**
   * @param clockTolerance in seconds
   * @throws ApiError `PGRST301` for a token that isn't one of ours, `PGRST303` for one that has expired
   */
  async verify(token: string, clockTolerance: number = CLOCK_TOLERANCE): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#find, {
        algorithms: ['ES256'],
        clockTolerance,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new ApiError(401, 'PGRST303', 'JWT expired');
      if (error instanceof errors.JWTClaimValidationFailed) throw new ApiError(401, 'PGRST303', error.message);
      if (error instanceof errors.JOSEError) {
        throw new ApiError(401, 'PGRST301', 'No suitable key or wrong key type', error.message);
      }
      throw error;
    }
  }

  /** The role of one of the project's own keys. */
  roleOf(key: string | undefined): 'anon' | 'service_role' | undefined {
    if (key === this.publishableKey) return 'anon';
    return key === this.secretKey ? 'service_role' : undefined;
  }
}
