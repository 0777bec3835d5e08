import { LecternError, toLecternError } from '@lectern/ports';
import type { BlobPlace } from './blob-directory.js';
import type { Connection } from './connection.js';
import { BlobGatherer, throwIfAborted } from '@lectern/ports/adapter-kit';

/** Breaks without a byte in between before it is given up. */
const patience = 3;
const firstPauseMs = 300;

/** The bytes of an object; when the line drops, only what is missing is asked for. @throws `not-found`, `offline`, … */
export async function download(connection: Connection, place: BlobPlace, signal: AbortSignal): Promise<Blob> {
  const gathered = new BlobGatherer();
  let eTag: string | null = null;
  for (let breaks = 0; ;) {
    const before = gathered.size;
    try {
      eTag = await receive(connection, place, signal, gathered, eTag);
      if (gathered.size >= place.sizeBytes) break;
      throw new LecternError('offline', { message: 'The line dropped' });
    } catch (error) {
      throwIfAborted(signal);
      const failure = toLecternError(error, 'offline');
      breaks = gathered.size > before ? 1 : breaks + 1;
      if (!failure.retryable || breaks > patience) throw failure;
      await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 2 ** (breaks - 1)));
    }
  }
  if (gathered.size !== place.sizeBytes) {
    throw new LecternError('corrupt', {
      message: `${place.key} has ${String(gathered.size)} bytes, not ${String(place.sizeBytes)}`,
    });
  }
  return gathered.finish(place.mimeType);
}

/** One answer's bytes, up to where it breaks off. */
async function receive(
  connection: Connection,
  { objectName }: BlobPlace,
  signal: AbortSignal,
  gathered: BlobGatherer,
  eTag: string | null,
): Promise<string | null> {
  const headers: Record<string, string> = {};
  if (gathered.size > 0) {
    headers['range'] = `bytes=${String(gathered.size)}-`;
    if (eTag !== null) headers['if-range'] = eTag;
  }
  const response = await connection.storage(`object/authenticated/media/${objectName}`, { headers }, { signal });
  // Whoever doesn't know ranges begins anew.
  if (response.status !== 206) gathered.reset();
  const reader = response.body?.getReader();
  if (!reader) return response.headers.get('etag');
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      // A line that nothing comes over any more is one that has dropped, whatever it says of itself.
      watchdog = setTimeout(stop, connection.timeoutMs);
      const { done, value } = await reader.read();
      clearTimeout(watchdog);
      throwIfAborted(signal);
      if (done) return response.headers.get('etag');
      gathered.add(value);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener('abort', stop);
  }
}
