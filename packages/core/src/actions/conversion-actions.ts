import {
  LecternError,
  serialiseError,
  toLecternError,
  type Asset,
  type ConvertedFile,
  type PreparedConversion,
} from '@lectern/ports';
import { isConversionBusy, type ConversionJob } from '../conversions/conversion-job.js';
import { queryKeys } from '../queries/query-keys.js';
import type { ActionContext } from './action-context.js';
import type { Actions } from './actions.js';

type ConversionActions = Pick<Actions, 'prepareConversion' | 'convertAsset' | 'cancelConversion' | 'dismissConversion'>;

/** How much of the bar converting gets; storing gets the rest. */
const convertShare = 0.94;

interface Running {
  readonly id: string;
  readonly stop: AbortController;
  prepared: PreparedConversion | null;
}

/** Files that can't be read here are converted one at a time: two would take twice as long each. */
export function conversionActions(context: ActionContext, actions: Pick<Actions, 'notify'>): ConversionActions {
  const { backend, newId, queryClient, render, store, uploads } = context;
  let running: Running | null = null;

  const current = (): ConversionJob | null => store.getState().conversions.current;
  const update = (id: string, change: Partial<ConversionJob>): void => {
    store.setState(({ conversions: { current: job } }) => {
      if (job?.id !== id) return {};
      return {
        conversions: { current: { ...job, ...change, fraction: Math.max(job.fraction, change.fraction ?? 0) } },
      };
    });
  };
  const forget = (id: string): void => {
    if (current()?.id === id) store.setState({ conversions: { current: null } });
  };
  const end = (): void => {
    running?.stop.abort();
    running?.prepared?.dispose();
    running = null;
  };
  const fail = (job: ConversionJob, cause: unknown, signal: AbortSignal): LecternError => {
    const error = signal.aborted ? new LecternError('aborted') : toLecternError(cause, 'render-failed');
    if (running?.id === job.id) end();
    if (error.code === 'aborted') {
      forget(job.id);
      return error;
    }
    const { code, details } = error;
    const told = serialiseError(new LecternError(code, { details: { fileName: job.name, ...details }, cause }));
    update(job.id, { status: 'failed', error: told, secondsLeft: null });
    return error;
  };

  const storeFile = async (
    job: ConversionJob,
    asset: Asset,
    made: ConvertedFile,
    signal: AbortSignal,
  ): Promise<string> => {
    update(job.id, { status: 'storing', fraction: convertShare, secondsLeft: null });
    // The original stays as the version before. A version of another kind would break every place that it is used in.
    const place =
      made.kind === asset.kind ? { replaceAssetId: asset.id } : { studioMetadata: { converted_from: asset.id } };
    const [item] = uploads.add([
      {
        file: made.file,
        ...(made.handle ? { handle: made.handle } : {}),
        fileName: `${asset.name.replace(/\.[a-z0-9]{2,4}$/i, '')}.${made.extension}`,
        sourceType: asset.sourceType,
        tags: asset.tags,
        onDuplicate: 'upload-anyway',
        ...place,
      },
    ]);
    if (!item) throw new LecternError('unknown', { message: 'the upload engine took no file' });
    update(job.id, { resultId: item.assetId });
    const stop = uploads.subscribe((items) => {
      const now = items.find(({ id }) => id === item.id);
      if (now && now.sizeBytes > 0)
        update(job.id, { fraction: convertShare + (1 - convertShare) * (now.sentBytes / now.sizeBytes) });
    });
    const cancel = (): void => uploads.cancel(item.id);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const { assetId } = await uploads.finished(item.id);
      uploads.clear(item.id);
      return assetId;
    } finally {
      signal.removeEventListener('abort', cancel);
      stop();
    }
  };

  return {
    async prepareConversion(assetId) {
      const { converter } = render;
      const former = current();
      if (former && isConversionBusy(former)) {
        if (former.assetId === assetId) return;
        throw new LecternError('conflict', { details: { name: former.name }, message: 'a conversion is running' });
      }
      end();
      const asset = await backend.assets.get(assetId);
      const stop = new AbortController();
      const job: ConversionJob = {
        id: newId(),
        assetId,
        name: asset.name,
        status: 'looking',
        forecast: null,
        fraction: 0,
        secondsLeft: null,
        resultId: null,
        error: null,
      };
      const mine: Running = { id: job.id, stop, prepared: null };
      running = mine;
      store.setState({ conversions: { current: job } });
      const { signal } = stop;
      try {
        if (!converter) throw new LecternError('undecodable', { message: 'the host provides no converter' });
        if (asset.sizeBytes > converter.maxBytes) {
          throw new LecternError('file-too-large', {
            details: { sizeBytes: asset.sizeBytes, limit: converter.maxBytes },
          });
        }
        const file = await backend.blobs.get(asset.blobKey, { signal });
        mine.prepared = await converter.prepare(file, { signal });
        update(job.id, { status: 'ready', forecast: mine.prepared.forecast });
      } catch (error) {
        throw fail(job, error, signal);
      }
    },

    async convertAsset() {
      const job = current();
      const mine = running;
      if (job?.status !== 'ready' || mine?.id !== job.id || !mine.prepared)
        throw new LecternError('conflict', { message: 'nothing is ready to be converted' });
      const { signal } = mine.stop;
      update(job.id, { status: 'converting', secondsLeft: mine.prepared.forecast.seconds });
      try {
        const made = await mine.prepared.convert({
          signal,
          onProgress: ({ fraction, secondsLeft }) => {
            update(job.id, { fraction: fraction * convertShare, secondsLeft });
          },
        });
        let resultId: string;
        try {
          resultId = await storeFile(job, await backend.assets.get(job.assetId, { signal }), made, signal);
        } finally {
          await made.release();
        }
        end();
        // What was told of its upload is no longer so.
        for (const { id, assetId, storedUndecodable } of uploads.items())
          if (storedUndecodable && assetId === job.assetId) uploads.clear(id);
        for (const queryKey of [queryKeys.assetAll(job.assetId), queryKeys.assetLists()])
          void queryClient.invalidateQueries({ queryKey });
        update(job.id, { status: 'done', fraction: 1, resultId });
        actions.notify({ tone: 'success', message: { key: 'notice.converted', params: { name: job.name } } });
        return resultId;
      } catch (cause) {
        const error = fail(job, cause, signal);
        if (error.code !== 'aborted')
          actions.notify({
            tone: 'error',
            message: { key: 'notice.convertFailed', params: { name: job.name } },
            error: current()?.error ?? serialiseError(error),
          });
        throw error;
      }
    },

    cancelConversion() {
      const job = current();
      end();
      if (job) forget(job.id);
      return Promise.resolve();
    },

    dismissConversion() {
      const job = current();
      if (!job || isConversionBusy(job)) return Promise.resolve();
      end();
      forget(job.id);
      return Promise.resolve();
    },
  };
}
