/**
 * A bucket of Backblaze B2, by its S3 interface: the few calls that are needed, signed with aws4fetch. The AWS SDK sends
 * checksums that B2 refuses.
 */
import { AwsV4Signer } from 'aws4fetch';
import { Refusal, retryAfterOf } from './refusal.ts';

/** An application key of B2 and the bucket it opens. */
export interface StoreConfig {
  /** Such as `https://s3.eu-central-003.backblazeb2.com`, without a slash at the end. */
  readonly endpoint: string;
  /** Such as `eu-central-003`. */
  readonly region: string;
  readonly bucket: string;
  /** What the names of all objects begin with; the key is bound to it. Default: `media/`. */
  readonly namePrefix?: string;
  readonly keyId: string;
  readonly applicationKey: string;
}

export interface StoreOptions {
  /** The time in milliseconds. */
  readonly now: () => number;
  /** How long one call may take, in milliseconds. */
  readonly patience: number;
}

/** A part that the store has. */
export interface StoredPart {
  readonly part: number;
  readonly sizeBytes: number;
  /** With its quotes. */
  readonly eTag: string;
}

export interface UnfinishedUpload {
  readonly objectName: string;
  readonly uploadId: string;
  /** In milliseconds. */
  readonly initiated: number;
}

export interface StoredVersion {
  readonly objectName: string;
  readonly versionId: string;
  /** In milliseconds. */
  readonly modified: number;
}

interface Call {
  readonly method: string;
  /** Without the prefix; none for what is asked of the bucket. */
  readonly objectName?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The store said no, in its own words. */
export class StoreError extends Error {
  readonly status: number;
  /** S3's, such as `NoSuchUpload`. */
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.name = 'StoreError';
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,5})|#(\d{1,6})|(\w+));/g,
    (whole, hex?: string, decimal?: string, name = '') => {
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return CHARACTERS[name as string] ?? whole;
    },
  );
}

/** The text of the first element of that name. */
function textIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : unescape(text);
}

/** The insides of all elements of that name; they don't nest. */
function elementsIn(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map((match) => match[1] ?? '');
}

/** A time as signatures write it: `YYYYMMDDTHHMMSSZ`. */
const stamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/[-:]|\.\d+/g, '');

export class ObjectStore {
  readonly #config: StoreConfig;
  readonly #options: StoreOptions;
  readonly #prefix: string;
  /** Keys that signatures are made with, which are good for a day. */
  readonly #cache = new Map<string, ArrayBuffer>();

  constructor(config: StoreConfig, options: StoreOptions) {
    this.#config = config;
    this.#options = options;
    this.#prefix = config.namePrefix ?? 'media/';
  }

  async #sign(
    call: Call,
    address: { readonly seconds: number; readonly contentLength?: number } | undefined,
  ): Promise<{ readonly url: URL; readonly headers: Headers }> {
    const { endpoint, region, bucket, keyId, applicationKey } = this.#config;
    const { method, objectName, query = {}, headers = {}, body } = call;
    const path = objectName === undefined ? '' : `${this.#prefix}${objectName}`;
    const url = new URL(`${endpoint}/${bucket}/${path.split('/').map(encodeURIComponent).join('/')}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (address !== undefined) url.searchParams.set('X-Amz-Expires', String(address.seconds));
    const length = address?.contentLength;
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: length === undefined ? headers : { ...headers, 'content-length': String(length) },
      ...(body === undefined ? {} : { body }),
      accessKeyId: keyId,
      secretAccessKey: applicationKey,
      service: 's3',
      region,
      cache: this.#cache,
      datetime: stamp(this.#options.now()),
      signQuery: address !== undefined,
      // The length is signed too, which B2 holds a body to: it has no policies for forms.
      allHeaders: length !== undefined,
    });
    return signer.sign();
  }

  /** @throws StoreError, Refusal `timeout` or `server` when the store can't be reached */
  async #ask(call: Call): Promise<Answer> {
    const { url, headers } = await this.#sign(call, undefined);
    let response: Response;
    let text: string;
    try {
      const signal = AbortSignal.timeout(this.#options.patience);
      response = await fetch(url, { method: call.method, headers, body: call.body ?? null, signal, redirect: 'error' });
      text = await response.text();
    } catch (cause) {
      const isLate = cause instanceof Error && cause.name === 'TimeoutError';
      throw new Refusal(isLate ? 'timeout' : 'server', 'The store of the bytes did not answer', { cause });
    }
    if (!response.ok) {
      const code = textIn(text, 'Code') ?? `HTTP${response.status}`;
      throw new StoreError(response.status, code, textIn(text, 'Message') ?? code, retryAfterOf(response));
    }
    return { status: response.status, headers: response.headers, text };
  }

  /** An address for one request, good for so many seconds. A body has to have exactly the length that is given. */
  async addressOf(
    call: {
      readonly method: 'GET' | 'PUT';
      readonly objectName: string;
      readonly query?: Readonly<Record<string, string>>;
    },
    seconds: number,
    contentLength?: number,
  ): Promise<string> {
    const { url } = await this.#sign(call, { seconds, ...(contentLength === undefined ? {} : { contentLength }) });
    return url.href;
  }

  /** Begins an upload in parts. @returns the store's name for it */
  async createUpload(objectName: string, contentType: string): Promise<string> {
    const headers = { 'content-type': contentType };
    const { text } = await this.#ask({ method: 'POST', objectName, query: { uploads: '' }, headers });
    const uploadId = textIn(text, 'UploadId');
    if (uploadId === undefined) throw new Refusal('server', 'The store began no upload', { cause: text.slice(0, 200) });
    return uploadId;
  }

  /** The parts that are there, in order, all pages; null for an upload that the store doesn't know any more. */
  async parts(objectName: string, uploadId: string): Promise<readonly StoredPart[] | null> {
    const parts: StoredPart[] = [];
    let marker: string | undefined;
    do {
      const query = { uploadId, ...(marker === undefined ? {} : { 'part-number-marker': marker }) };
      let text: string;
      try {
        ({ text } = await this.#ask({ method: 'GET', objectName, query }));
      } catch (error) {
        if (error instanceof StoreError && error.status === 404) return null;
        throw error;
      }
      for (const part of elementsIn(text, 'Part')) {
        parts.push({
          part: Number(textIn(part, 'PartNumber')),
          sizeBytes: Number(textIn(part, 'Size')),
          eTag: textIn(part, 'ETag') ?? '',
        });
      }
      const next: string | undefined =
        textIn(text, 'IsTruncated') === 'true' ? textIn(text, 'NextPartNumberMarker') : undefined;
      // A page that leads to itself would be asked for for ever.
      if (next !== undefined && next === marker) throw new Refusal('server', 'The store lists the same parts again');
      marker = next;
    } while (marker !== undefined);
    return parts.sort((a, b) => a.part - b.part);
  }

  /** @throws StoreError also for an error in an answer 200, which is how S3 tells of what went wrong late */
  async completeUpload(objectName: string, uploadId: string, parts: readonly StoredPart[]): Promise<void> {
    const list = parts.map(
      ({ part, eTag }) => `<Part><PartNumber>${part}</PartNumber><ETag>${eTag.replaceAll('"', '&quot;')}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`;
    const headers = { 'content-type': 'application/xml' };
    const { status, text } = await this.#ask({ method: 'POST', objectName, query: { uploadId }, headers, body });
    if (!text.includes('<CompleteMultipartUploadResult')) {
      throw new StoreError(status, textIn(text, 'Code') ?? 'NoResult', textIn(text, 'Message') ?? 'No result');
    }
  }

  /** Giving up what isn't there is harmless. */
  async abortUpload(objectName: string, uploadId: string): Promise<void> {
    await this.#unlessGone({ method: 'DELETE', objectName, query: { uploadId } });
  }

  async #unlessGone(call: Call): Promise<void> {
    try {
      await this.#ask(call);
    } catch (error) {
      if (!(error instanceof StoreError) || error.status !== 404) throw error;
    }
  }

  /** How many bytes an object has; null when there is none. */
  async sizeOf(objectName: string): Promise<number | null> {
    try {
      const { headers } = await this.#ask({ method: 'HEAD', objectName });
      return Number(headers.get('content-length') ?? NaN);
    } catch (error) {
      if (error instanceof StoreError && error.status === 404) return null;
      throw error;
    }
  }

  /** An object without a byte: B2's parts have one at least. */
  async putEmpty(objectName: string, contentType: string): Promise<void> {
    await this.#ask({ method: 'PUT', objectName, headers: { 'content-type': contentType }, body: '' });
  }

  /** Unfinished uploads of all objects whose names begin so, page by page. */
  async *unfinishedUploads(namePrefix = ''): AsyncGenerator<readonly UnfinishedUpload[]> {
    for await (const xml of this.#pages(
      'uploads',
      namePrefix,
      ['key-marker', 'upload-id-marker'],
      ['NextKeyMarker', 'NextUploadIdMarker'],
    )) {
      yield elementsIn(xml, 'Upload').map((upload) => ({
        objectName: this.#objectNameIn(upload),
        uploadId: textIn(upload, 'UploadId') ?? '',
        initiated: Date.parse(textIn(upload, 'Initiated') ?? ''),
      }));
    }
  }

  /** Versions of all objects whose names begin so, with the marks that hide them, page by page. */
  async *versions(namePrefix = ''): AsyncGenerator<readonly StoredVersion[]> {
    for await (const xml of this.#pages(
      'versions',
      namePrefix,
      ['key-marker', 'version-id-marker'],
      ['NextKeyMarker', 'NextVersionIdMarker'],
    )) {
      yield [...elementsIn(xml, 'Version'), ...elementsIn(xml, 'DeleteMarker')].map((version) => ({
        objectName: this.#objectNameIn(version),
        versionId: textIn(version, 'VersionId') ?? '',
        modified: Date.parse(textIn(version, 'LastModified') ?? ''),
      }));
    }
  }

  #objectNameIn(xml: string): string {
    return (textIn(xml, 'Key') ?? '').slice(this.#prefix.length);
  }

  async *#pages(
    subresource: 'uploads' | 'versions',
    namePrefix: string,
    markers: readonly [string, string],
    next: readonly [string, string],
  ): AsyncGenerator<string> {
    let from: Readonly<Record<string, string>> = {};
    for (;;) {
      const query = { [subresource]: '', prefix: `${this.#prefix}${namePrefix}`, ...from };
      const { text } = await this.#ask({ method: 'GET', query });
      yield text;
      const [key, id] = [textIn(text, next[0]), textIn(text, next[1])];
      if (textIn(text, 'IsTruncated') !== 'true' || key === undefined) return;
      const to = { [markers[0]]: key, ...(id === undefined ? {} : { [markers[1]]: id }) };
      if (JSON.stringify(to) === JSON.stringify(from)) throw new Refusal('server', 'The store lists the same again');
      from = to;
    }
  }

  async deleteVersion({ objectName, versionId }: Pick<StoredVersion, 'objectName' | 'versionId'>): Promise<void> {
    await this.#unlessGone({ method: 'DELETE', objectName, query: { versionId } });
  }

  /** Every version of an object: without naming one, B2 only hides it. @returns how many went */
  async deleteObject(objectName: string): Promise<number> {
    let count = 0;
    for await (const page of this.versions(objectName)) {
      for (const version of page) {
        if (version.objectName !== objectName) continue;
        await this.deleteVersion(version);
        count += 1;
      }
    }
    return count;
  }
}
