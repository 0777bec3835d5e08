import type { ExportForecast, ExportRequest } from '@lectern/ports';
import { exportRange, exportSize } from '../presets.js';
import type { ForecastTask } from '../worker/protocol.js';
import { formatFor } from './export-job.js';
import { type TryRoom, freeSpace } from './free-space.js';
import { knownSpeed } from './known-speed.js';

/** What a forecast needs of the engine. */
export interface ForecastHost {
  readonly look: (task: ForecastTask) => Promise<Omit<ExportForecast, 'freeBytes'>>;
  readonly tryRoom: TryRoom;
}

/**
 * What an export will take: a worker looks at the sources, the page knows its browser.
 *
 * @param copiesPackets whether packets of sources may be passed on
 */
export async function forecastRequest(
  request: ExportRequest,
  copiesPackets: boolean,
  { look, tryRoom }: ForecastHost,
): Promise<ExportForecast> {
  const { document, preset } = request;
  const forecast = await look({
    records: [...document.records()],
    ...exportRange(request),
    preset,
    format: formatFor(request),
    reuseAssetId: request.reuseAssetId ?? null,
    loudness: request.loudness ?? null,
    notCopied: copiesPackets ? [] : [...document.assets.keys()],
    knownSpeed: preset.height > 0 ? knownSpeed(exportSize(document.settings, preset), request.format.encoder) : null,
  });
  return { ...forecast, freeBytes: await freeSpace(forecast.spaceBytes, tryRoom) };
}
