import { LecternError, type Backend, type LecternErrorCode } from '@lectern/ports';

type PortName = Exclude<keyof Backend, 'name' | 'dispose'>;

/** `assets`, `assets.list`, `projects.save` … : a port, or one call of one. */
export type CallName = PortName | `${PortName}.${string}`;

/** Calls that answer at once, and can't fail. */
const immediate: ReadonlySet<string> = new Set(['subscribe', 'state']);

export interface Faults {
  /** Calls that reject with that code. */
  readonly fail?: Readonly<Partial<Record<CallName, LecternErrorCode>>>;
  /** Calls that never answer. */
  readonly hang?: readonly CallName[];
}

/**
 * Wraps a back end so that some calls fail or hang. Give it a function to change the faults as a test goes on.
 * `ready` is awaited before the first call, for a back end that is still being filled.
 */
export function unreliable<B extends Backend>(
  backend: B,
  faults: () => Faults,
  ready: Promise<void> = Promise.resolve(),
): B {
  const wrap = <Port extends object>(portName: string, port: Port): Port =>
    new Proxy(port, {
      get(target, property, receiver): unknown {
        const value: unknown = Reflect.get(target, property, receiver);
        if (typeof value !== 'function' || typeof property !== 'string') return value;
        return (...args: unknown[]): unknown => {
          if (immediate.has(property)) return (value as (...all: unknown[]) => unknown).apply(target, args);
          const { fail = {}, hang = [] } = faults();
          const names = [portName, `${portName}.${property}`] as CallName[];
          const code = names.map((name) => fail[name]).find((found) => found !== undefined);
          if (code) return Promise.reject(new LecternError(code));
          if (names.some((name) => hang.includes(name))) return new Promise(() => undefined);
          return ready.then(() => (value as (...all: unknown[]) => unknown).apply(target, args));
        };
      },
    });
  const ports = new Map<string | symbol, object>();
  return new Proxy(backend, {
    get(target, property): unknown {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value === 'function') return (value as (...all: unknown[]) => unknown).bind(target);
      if (typeof value !== 'object' || value === null || typeof property !== 'string') return value;
      const known = ports.get(property) ?? wrap(property, value);
      ports.set(property, known);
      return known;
    },
  });
}
