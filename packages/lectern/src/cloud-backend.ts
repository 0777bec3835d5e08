import type { AccessToken, SupabaseClient, SupabaseSource } from '@lectern/adapter-supabase';
import { openMoveNotes, type ConnectedBackendOptions } from '@lectern/core';
import { type Backend, LecternError } from '@lectern/ports';

/** A Supabase project by its address, for a page without a client of its own. */
export interface SupabaseAddress {
  /** `https://<project>.supabase.co` */
  readonly url: string;
  /** The key that is meant for browsers: `sb_publishable_…`, or the older `anon` one. */
  readonly publishableKey: string;
  /**
   * Tokens of the host's own sign-in. Left out, the session is used that Supabase's sign-in keeps in this browser for that
   * project: a host that signs people in with supabase-js on the same origin needs to do no more.
   */
  readonly accessToken?: AccessToken;
}

/** Where bytes are kept in Backblaze B2: the signer, `supabase/functions/b2-uploads`. */
export interface B2Address {
  /** `https://<project>.supabase.co/functions/v1/b2-uploads` */
  readonly signerUrl: string;
}

/** What the page gave: its client or an address; null when it means to have one and hasn't. */
export type SupabaseSetting = SupabaseClient | SupabaseAddress | null;

function isAddress(supabase: SupabaseClient | SupabaseAddress): supabase is SupabaseAddress {
  return 'publishableKey' in supabase || 'url' in supabase;
}

/**
 * How to reach the project, as the stand-in of the core takes it. The adapters are loaded when they are needed: a page
 * that keeps everything in its browser never asks for them.
 *
 * @throws TypeError for a key that may never be in a page
 */
export function cloudBackend(
  supabase: SupabaseSetting,
  b2: B2Address | undefined,
): Pick<ConnectedBackendOptions, 'name' | 'remote' | 'notes'> {
  const source = supabase === null ? null : sourceOf(supabase);
  if (source === null) return { name: 'supabase', remote: null };
  return {
    name: 'supabase',
    // What went up to one project isn't in another one.
    notes: () => openMoveNotes(`supabase/${projectOf(source)}`),
    async remote(): Promise<Backend> {
      assertAddress('client' in source ? null : source.url);
      assertAddress(b2?.signerUrl ?? null);
      const [{ createSupabaseBackend }, store] = await Promise.all([
        import('@lectern/adapter-supabase'),
        b2 ? import('@lectern/adapter-b2') : null,
      ]);
      if (!store || !b2) return createSupabaseBackend(source);
      const { signerUrl } = b2;
      return createSupabaseBackend(source, { store: (project) => store.createB2Store({ signerUrl, ...project }) });
    },
  };
}

/** Null for an address that isn't filled in. */
function sourceOf(supabase: SupabaseClient | SupabaseAddress): SupabaseSource | null {
  if (!isAddress(supabase)) return { client: supabase };
  const { url, publishableKey, accessToken } = supabase;
  // What a template left empty isn't there, whatever the types say.
  if (!url || !publishableKey) return null;
  assertPublishable(publishableKey);
  return { url: url.replace(/\/+$/, ''), publishableKey, ...(accessToken ? { accessToken } : {}) };
}

function projectOf(source: SupabaseSource): string {
  const url =
    'client' in source ? (source.client as unknown as { readonly supabaseUrl?: unknown }).supabaseUrl : source.url;
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : '';
}

/** @throws `invalid-input`, which counts as not configured */
function assertAddress(address: string | null): void {
  if (address === null || URL.canParse(address)) return;
  throw new LecternError('invalid-input', { message: `${address} is no address`, details: { path: 'url' } });
}

/** Whoever has a secret key is everybody at once. */
function assertPublishable(key: string): void {
  if (!key.startsWith('sb_secret_') && roleOf(key) !== 'service_role') return;
  throw new TypeError('This is a secret key. It belongs on a server; a page takes the publishable one.');
}

function roleOf(key: string): unknown {
  try {
    const [, claims = ''] = key.split('.');
    return (JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))) as { readonly role?: unknown }).role;
  } catch {
    return undefined;
  }
}
