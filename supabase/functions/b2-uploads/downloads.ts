/** Addresses to read bytes from, for whoever may read them, and letting go of bytes. */
import type { ObjectStore } from '../_shared/object-store.ts';
import type { ProjectApi } from '../_shared/project-api.ts';
import { Refusal, invalidInput } from '../_shared/refusal.ts';
import type { User } from './access-token.ts';
import { isShownInPlace } from './media-type.ts';

/** A row of `media_blobs`. */
interface Blob {
  readonly object_name: string;
  readonly store: string;
  readonly size_bytes: number;
  readonly mime_type: string;
}

/** An address, and what is behind it. */
export interface ReadAddress {
  readonly url: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
}

interface Asset {
  readonly owner_id: string;
  readonly name: string;
  readonly blob_key: string | null;
  readonly poster_key: string | null;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const notFound = (what: string, id: string): Refusal =>
  new Refusal('not-found', `There is no such ${what}`, { details: { what, id } });

/** A name as a header can carry it (RFC 8187). */
function disposition(name: string | undefined): string {
  if (name === undefined) return 'attachment';
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}

export class Downloads {
  readonly #project: ProjectApi;
  readonly #store: ObjectStore;

  constructor(project: ProjectApi, store: ObjectStore) {
    this.#project = project;
    this.#store = store;
  }

  async #blob(ownerId: string, key: string, user: User): Promise<Blob | undefined> {
    const query = { owner_id: `eq.${ownerId}`, key: `eq.${key}`, select: 'object_name,store,size_bytes,mime_type' };
    const [blob] = await this.#project.rows<Blob>('media_blobs', query, user);
    return blob;
  }

  async #asset(id: string, user: User): Promise<Asset | undefined> {
    const query = { id: `eq.${id}`, select: 'owner_id,name,blob_key,poster_key' };
    const [asset] = await this.#project.rows<Asset>('media_files', query, user);
    return asset;
  }

  /** By the key that the library knows the bytes by. Somebody else's only by an asset that the user may see. */
  async ofKey(key: string, user: User, seconds: number): Promise<ReadAddress> {
    const own = await this.#blob(user.id, key, user);
    if (own !== undefined) return this.#address(own, undefined, seconds);
    const assetId = /^assets\/([^/]+)\//.exec(key)?.[1] ?? '';
    const asset = UUID.test(assetId) ? await this.#asset(assetId, user) : undefined;
    const other = asset === undefined ? undefined : await this.#blob(asset.owner_id, key, user);
    if (other === undefined) throw new Refusal('not-found', 'There are no such bytes', { details: { key } });
    return this.#address(other, undefined, seconds);
  }

  /** @param version an id of a version, or its number; the current one when null */
  async ofAsset(
    { id, version, kind }: { readonly id: string; readonly version: string | null; readonly kind: 'file' | 'poster' },
    user: User,
    seconds: number,
  ): Promise<ReadAddress> {
    if (!UUID.test(id)) throw notFound('asset', id);
    const asset = await this.#asset(id, user);
    if (asset === undefined) throw notFound('asset', id);
    let keys: Pick<Asset, 'blob_key' | 'poster_key'> = asset;
    if (version !== null) {
      const isNumber = /^[1-9]\d{0,8}$/.test(version);
      if (!isNumber && !UUID.test(version)) throw invalidInput('version', 'an id of a version, or its number');
      const query = {
        asset_id: `eq.${id}`,
        [isNumber ? 'number' : 'id']: `eq.${version}`,
        select: 'blob_key,poster_key',
      };
      const [found] = await this.#project.rows<typeof keys>('media_file_versions', query, user);
      if (found === undefined) throw notFound('version', version);
      keys = found;
    }
    const key = kind === 'file' ? keys.blob_key : keys.poster_key;
    const blob = key === null ? undefined : await this.#blob(asset.owner_id, key, user);
    if (blob === undefined) throw notFound(kind, id);
    return this.#address(blob, kind === 'file' ? asset.name : undefined, seconds);
  }

  async #address(blob: Blob, name: string | undefined, seconds: number): Promise<ReadAddress> {
    const { object_name: objectName, store, size_bytes: sizeBytes, mime_type: mimeType } = blob;
    if (store !== 'b2') throw new Refusal('not-found', 'These bytes are in another store', { details: { store } });
    const query: Record<string, string> = {};
    if (!isShownInPlace(mimeType)) query['response-content-disposition'] = disposition(name);
    const url = await this.#store.addressOf({ method: 'GET', objectName, query }, seconds);
    return { url, sizeBytes, mimeType };
  }

  /** Lets go of bytes of the user's own that nothing refers to. @returns the object's name, or null when there was none */
  async discard(key: string, user: User): Promise<string | null> {
    const blob = await this.#blob(user.id, key, user);
    if (blob === undefined) return null;
    if (blob.store !== 'b2')
      throw new Refusal('not-found', 'These bytes are in another store', { details: { store: blob.store } });
    if (await this.#project.call<boolean>('discard_blob', { p_key: key }, user)) return blob.object_name;
    // Somebody else was faster, or something refers to it.
    if ((await this.#blob(user.id, key, user)) === undefined) return null;
    throw new Refusal('in-use', 'Something refers to these bytes', { details: { key } });
  }
}
