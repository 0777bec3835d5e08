import type { ExportForecast, ExportRequest } from '@lectern/ports';
import { exportRange, exportSize } from '../presets.js';
import type { ForecastTask } from '../worker/protocol.js';
import { formatFor } from './export-job.js';
import { freeSpace } from './free-space.js';
import { knownSpeed } from './known-speed.js';

/** What an export will take: a worker looks at the sources, the page knows its browser. */
export async function forecastRequest(
  request: ExportRequest,
  look: (task: ForecastTask) => Promise<Omit<ExportForecast, 'freeBytes'>>,
): Promise<ExportForecast> {
  const { document, preset } = request;
  const forecast = await look({
    records: [...document.records()],
    ...exportRange(request),
    preset,
    format: formatFor(request),
    reuseAssetId: request.reuseAssetId ?? null,
    soundGain: 1,
    knownSpeed: preset.height > 0 ? knownSpeed(exportSize(document.settings, preset)) : null,
  });
  return { ...forecast, freeBytes: await freeSpace() };
}
