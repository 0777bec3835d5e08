import type { NewId } from '../ids.js';
import type { TimelineState, TransactionSpec } from '../state.js';

/** What a command needs of the world. */
export interface CommandContext {
  readonly newId: NewId;
}

/**
 * An edit as a plain function of the state and of arguments that are JSON. Null means that it doesn't apply here: a key
 * falls through, a button is disabled. Never changes the state: pass what it returns to `state.update`.
 *
 * @throws TypeError or RangeError for arguments that no state could make sense of
 */
export type Command<Args> = (state: TimelineState, args: Args, context: CommandContext) => TransactionSpec | null;

/** @throws RangeError unless the value is an integer from `least` on */
export function requireInteger(name: string, value: number, least: number = -Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be an integer${least >= 0 ? ` from ${least} on` : ''}, got ${String(value)}`);
  }
  return value === 0 ? 0 : value;
}

/** @throws RangeError unless the value is a frame: an integer from 0 on */
export function requireFrame(name: string, value: number): number {
  return requireInteger(name, value, 0);
}

/** @throws TypeError unless the value is a string; longer than `longest` is cut */
export function requireText(name: string, value: string, longest: number): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, got ${typeof value}`);
  return value.slice(0, longest);
}
