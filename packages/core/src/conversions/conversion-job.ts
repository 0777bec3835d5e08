import type { Asset, ConversionForecast, RenderEngine, SerialisedError } from '@lectern/ports';

/**
 * `looking → ready → converting → storing → done`, or `failed`. It waits for somebody only when it is `ready`; what is
 * cancelled is gone.
 */
export type ConversionStatus = 'looking' | 'ready' | 'converting' | 'storing' | 'done' | 'failed';

/** One asset on its way to something that this browser can read. */
export interface ConversionJob {
  readonly id: string;
  readonly assetId: string;
  /** The asset's name. */
  readonly name: string;
  readonly status: ConversionStatus;
  /** Once it was looked at. */
  readonly forecast: ConversionForecast | null;
  /** 0…1 of the whole way, storing included; it never goes back. */
  readonly fraction: number;
  /** Null until it can be told. */
  readonly secondsLeft: number | null;
  /** The asset that it is in: its own, or a new one where a version may not be of another kind. */
  readonly resultId: string | null;
  readonly error: SerialisedError | null;
}

const busy: ReadonlySet<ConversionStatus> = new Set<ConversionStatus>(['looking', 'converting', 'storing']);

/** True while it does something. */
export function isConversionBusy({ status }: Pick<ConversionJob, 'status'>): boolean {
  return busy.has(status);
}

/** Whether an asset can't be read by this browser, and there is something to convert it with. */
export function canConvert(asset: Asset, { converter }: Pick<RenderEngine, 'converter'>): boolean {
  if (converter === null || asset.kind === 'image' || asset.deletedAt !== null) return false;
  // What this browser has no reader for has no facts at all.
  return asset.probe === null ? asset.status === 'active' : !asset.probe.decodable;
}
