/** Settings from the environment, as the platform and the host give them. */
import type { StoreConfig } from './object-store.ts';
import type { ProjectConfig } from './project-api.ts';

export type ReadVariable = (name: string) => string | undefined;

/** Reads variables, and in the end says which are missing, all at once. */
export class Environment {
  readonly #read: ReadVariable;
  readonly #missing: string[] = [];

  constructor(read: ReadVariable) {
    this.#read = read;
  }

  optional(name: string): string | undefined {
    const text = this.#read(name)?.trim();
    return text === '' ? undefined : text;
  }

  /** The first of some names that is set. */
  required(...names: readonly [string, ...string[]]): string {
    const found = names.map((name) => this.optional(name)).find((text) => text !== undefined);
    if (found === undefined) this.#missing.push(names.join(' or '));
    return found ?? '';
  }

  /** Parts between commas. */
  list(name: string): readonly string[] | undefined {
    return this.optional(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /** A whole number, at least 1. @throws RangeError */
  count(name: string): number | undefined {
    const text = this.optional(name);
    if (text !== undefined && !/^[1-9]\d{0,14}$/.test(text))
      throw new RangeError(`${name} is no whole number from 1: ${text}`);
    return text === undefined ? undefined : Number(text);
  }

  /** One of the project's keys: the platform's own variable is JSON with names of keys, an older one the key itself. */
  #key(names: string, ...single: readonly [string, ...string[]]): string {
    const text = this.optional(names);
    if (text === undefined) return this.required(...single, names);
    const keys = JSON.parse(text) as Readonly<Record<string, string>>;
    const key = keys['default'] ?? Object.values(keys)[0];
    if (key === undefined) this.#missing.push(names);
    return key ?? '';
  }

  project(): ProjectConfig {
    return {
      url: this.required('SUPABASE_URL').replace(/\/+$/, ''),
      publishableKey: this.#key('SUPABASE_PUBLISHABLE_KEYS', 'SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_ANON_KEY'),
      secretKey: this.#key('SUPABASE_SECRET_KEYS', 'SUPABASE_SECRET_KEY', 'SUPABASE_SERVICE_ROLE_KEY'),
    };
  }

  store(keyId: string, applicationKey: string): StoreConfig {
    const endpoint = this.required('B2_ENDPOINT').replace(/\/+$/, '');
    const inName = /^https:\/\/s3\.([a-z0-9-]+)\.backblazeb2\.com$/.exec(endpoint)?.[1];
    const namePrefix = this.optional('B2_NAME_PREFIX');
    return {
      endpoint,
      region: inName ?? this.required('B2_REGION'),
      bucket: this.required('B2_BUCKET'),
      ...(namePrefix === undefined ? {} : { namePrefix }),
      keyId: this.required(keyId),
      applicationKey: this.required(applicationKey),
    };
  }

  /** @throws Error with the names of everything that was asked for and isn't set */
  check(): void {
    if (this.#missing.length > 0) throw new Error(`Not set: ${this.#missing.join(', ')}`);
  }
}
