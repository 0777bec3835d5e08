import type * as z from 'zod';
import { LecternError } from './errors.js';

/** The value as the schema reads it. @throws `invalid-input` with the place and what was expected there */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  const expected = issue?.message ?? 'another value';
  throw new LecternError('invalid-input', {
    details: { path, expected },
    message: `${path === '' ? 'The value' : path}: ${expected}`,
    cause: result.error,
  });
}
