/** The two requests that go to the store itself, with nothing but their signed address to show. */
import { LecternError, toLecternError } from '@lectern/ports';
import { failureOfLine, refusalOfStore } from './refusals.js';

export interface PartRequest {
  readonly url: string;
  readonly body: Blob;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  /** Bytes on their way; where nothing tells, only the whole part in the end. */
  readonly onMoved: (sentBytes: number) => void;
}

/**
 * Sends a part, with exactly its length as `Content-Length` and no header of our own.
 *
 * @throws `forbidden` for an address that has expired, `not-found` for an upload that the store gave up
 */
export async function putPart(request: PartRequest): Promise<void> {
  try {
    // `fetch` doesn't tell how far an upload is; this older way does, wherever there is one.
    await (typeof XMLHttpRequest === 'undefined' ? putByFetch(request) : putByXhr(request));
  } catch (error) {
    throw await reasonOf(error, request);
  }
  request.onMoved(request.body.size);
}

async function putByFetch({ url, body, signal, fetch: send }: PartRequest): Promise<void> {
  const response = await send(url, { method: 'PUT', body, signal, credentials: 'omit' });
  const text = await response.text();
  if (!response.ok) throw refusalOfStore(response.status, text, response.headers.get('retry-after'));
}

function putByXhr({ url, body, signal, onMoved }: PartRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const callOff = (): void => {
      xhr.abort();
    };
    const settle = (act: () => void) => (): void => {
      signal.removeEventListener('abort', callOff);
      act();
    };
    xhr.open('PUT', url);
    xhr.upload.onprogress = ({ loaded }) => {
      onMoved(Math.min(loaded, body.size));
    };
    xhr.onload = settle(() => {
      if (xhr.status >= 200 && xhr.status < 300) resolve();
      else reject(refusalOfStore(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after')));
    });
    xhr.onerror = settle(() => {
      reject(new LecternError('offline', { message: 'The line to the store broke' }));
    });
    xhr.onabort = settle(() => {
      reject(new LecternError('aborted'));
    });
    signal.addEventListener('abort', callOff, { once: true });
    if (signal.aborted) reject(new LecternError('aborted'));
    else xhr.send(body);
  });
}

/** A file that can't be read any more fails as a broken line does; reading it tells them apart. */
async function reasonOf(error: unknown, { body, signal }: PartRequest): Promise<LecternError> {
  const failure = failureOfLine(error);
  if (failure.code !== 'offline' || signal.aborted) return failure;
  try {
    await body.slice(0, 1).arrayBuffer();
    return failure;
  } catch (unreadable) {
    return toLecternError(unreadable);
  }
}

export interface ReadRequest {
  readonly url: string;
  /** The first byte that is wanted. */
  readonly from: number;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
}

/** Begins to read. Says whether the answer begins where it was asked to, or at the first byte. */
export async function readFrom({
  url,
  from,
  signal,
  fetch: send,
}: ReadRequest): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly fromStart: boolean }> {
  try {
    const headers = from === 0 ? {} : { Range: `bytes=${from}-` };
    const response = await send(url, { signal, headers, credentials: 'omit' });
    if (!response.ok) {
      throw refusalOfStore(response.status, await response.text(), response.headers.get('retry-after'));
    }
    return { body: response.body ?? new Blob([]).stream(), fromStart: response.status !== 206 };
  } catch (error) {
    throw failureOfLine(error);
  }
}
