import { isLecternError, type LecternError, type LecternErrorCode } from '../errors.js';
import type { Unsubscribe } from '../call-options.js';

/** A promise of a port that wasn't kept. */
export class ContractFailure extends Error {
  override readonly name: string = 'ContractFailure';
}

export function fail(message: string): never {
  throw new ContractFailure(message);
}

export function expectTrue(value: boolean, message: string): asserts value {
  if (!value) fail(message);
}

/** Equal as JSON values: the order of keys doesn't matter, a missing key is not an undefined one's equal but a null's never. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [canonical(actual), canonical(expected)];
  if (got !== wanted) fail(`${what}: expected ${wanted}, got ${got}`);
}

/** The error, when the work fails as documented. */
export async function expectError(code: LecternErrorCode, work: Promise<unknown>, what: string): Promise<LecternError> {
  let outcome: unknown;
  try {
    outcome = await work;
  } catch (error) {
    if (!isLecternError(error)) fail(`${what}: expected ${code}, got the foreign error ${String(error)}`);
    if (error.code !== code) fail(`${what}: expected ${code}, got ${error.code} (${error.message})`);
    return error;
  }
  return fail(`${what}: expected ${code}, got the answer ${canonical(outcome)}`);
}

/** A signal that has fired already. */
export function firedSignal(): AbortSignal {
  return AbortSignal.abort();
}

/** Waits until a subscription says what is waited for; realtime may take a while. */
export async function expectNotice<N>(
  subscribe: (listener: (notice: N) => void) => Unsubscribe,
  cause: () => Promise<unknown>,
  fits: (notice: N) => boolean,
  what: string,
): Promise<void> {
  const patienceMs = 10_000;
  let stop: Unsubscribe = () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const told = new Promise<true>((resolve) => {
      stop = subscribe((notice) => {
        if (fits(notice)) resolve(true);
      });
    });
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, patienceMs, false);
    });
    await cause();
    if (!(await Promise.race([told, late]))) fail(`${what}: nothing was heard in ${String(patienceMs)} ms`);
  } finally {
    clearTimeout(timer);
    stop();
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
