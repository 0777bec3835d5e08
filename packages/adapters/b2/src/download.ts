import { LecternError } from '@lectern/ports';
import { BlobGatherer } from '@lectern/ports/adapter-kit';
import { withPatience } from './deadline.js';
import { patientRun, pauseAfter } from './patient-run.js';
import type { ReadAddresses } from './read-addresses.js';
import { failureOfLine } from './refusals.js';
import { readFrom } from './store-requests.js';

export interface DownloadOptions {
  readonly addresses: ReadAddresses;
  readonly fetch: typeof fetch;
  readonly stallMs: number;
  readonly signal: AbortSignal;
}

/** A broken line is taken up again so often without a byte in between. */
const triesWithoutAByte = 4;

/**
 * All bytes of a key. A line that breaks is taken up again where it broke.
 *
 * @throws `not-found`, `corrupt` when the store has another size than the records say
 */
export async function download(key: string, options: DownloadOptions): Promise<Blob> {
  const gathering = new BlobGatherer();
  const { addresses, signal, stallMs } = options;
  let failures = 0;
  let refused = false;
  for (;;) {
    const { url, sizeBytes, mimeType } = await patientRun(options)((attempt) =>
      addresses.of(key, { signal: attempt.signal }),
    );
    if (gathering.size === sizeBytes) return gathering.finish(mimeType);
    const before = gathering.size;
    try {
      await withPatience({ signal, stallMs }, (calledOff, moved) =>
        readOn(gathering, { ...options, url, sizeBytes, signal: calledOff, moved }),
      );
    } catch (error) {
      const failure = failureOfLine(error);
      const progressed = gathering.size > before;
      if (progressed) refused = false;
      if (failure.code === 'forbidden' && !refused) {
        // It has expired, or was made with a key that is no more.
        refused = true;
        addresses.forget(key);
        continue;
      }
      failures = progressed ? 1 : failures + 1;
      if (!failure.retryable || failures >= triesWithoutAByte) throw failure;
      await pauseAfter(failures, failure, signal);
    }
  }
}

async function readOn(
  gathering: BlobGatherer,
  options: Omit<DownloadOptions, 'addresses'> & {
    readonly url: string;
    readonly sizeBytes: number;
    readonly moved: () => void;
  },
): Promise<void> {
  const { sizeBytes, moved } = options;
  const { body, fromStart } = await readFrom({ ...options, from: gathering.size });
  if (fromStart) gathering.reset();
  for await (const chunk of body) {
    moved();
    gathering.add(chunk);
    if (gathering.size > sizeBytes) break;
  }
  if (gathering.size > sizeBytes) {
    throw new LecternError('corrupt', { message: `More than the ${sizeBytes} bytes that the records say` });
  }
  if (gathering.size < sizeBytes) throw new LecternError('offline', { message: 'The line broke' });
}
