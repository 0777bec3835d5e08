/** The clean-up as a function of the project, for whatever starts it once a day. */
import { Refusal } from '../_shared/refusal.ts';
import { cleanUp } from './cleanup.ts';
import type { CleanupConfig } from './cleanup.ts';

export interface B2CleanupConfig extends CleanupConfig {
  /** Whoever starts it shows this: `Authorization: Bearer <secret>`. At least 32 characters. */
  readonly jobSecret: string;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/** Takes the same time wherever two texts differ. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(one), digest(other)]);
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0;
}

/** @throws RangeError for a secret that could be guessed */
export function createB2CleanupHandler({
  jobSecret,
  ...config
}: B2CleanupConfig): (request: Request) => Promise<Response> {
  if (jobSecret.length < 32) throw new RangeError(`The job's secret has ${jobSecret.length} characters, and needs 32`);
  return async (request) => {
    const shown = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
    if (!(await isSame(shown, jobSecret))) {
      return new Refusal('unauthenticated', 'The job’s secret is missing, or another').toResponse();
    }
    if (request.method !== 'POST') {
      const details = { path: 'method', expected: 'POST' };
      return new Refusal('invalid-input', 'The job is started by POST', { status: 405, details }).toResponse();
    }
    const report = await cleanUp(config);
    return Response.json(report, { status: report.failures.length === 0 ? 200 : 503 });
  };
}
