import type { ExportEstimate, ExportPreset, ExportRequest } from '@lectern/ports';

/** The named ways of exporting, best first. Bits per second. */
export const exportPresets: readonly ExportPreset[] = [
  { id: 'lms-1080p', height: 1080, videoBitrate: 6_000_000, audioBitrate: 160_000 },
  { id: 'lms-720p', height: 720, videoBitrate: 3_000_000, audioBitrate: 128_000 },
  { id: 'smallest', height: 480, videoBitrate: 900_000, audioBitrate: 96_000 },
  { id: 'audio-only', height: 0, videoBitrate: 0, audioBitrate: 128_000 },
];

/** The nearest even number of pixels, at least 2: 4:2:0 pictures have no odd sizes. */
export function evenSize(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}

/** The size that a preset gives a project's picture: the preset's height, the project's aspect. 0 × 0 for sound alone. */
export function exportSize(
  settings: { readonly width: number; readonly height: number },
  preset: ExportPreset,
): { readonly width: number; readonly height: number } {
  if (preset.height === 0) return { width: 0, height: 0 };
  // For an upright picture the preset's height is the shorter side, so that "1080p" means the same amount of detail.
  const scale = preset.height / Math.min(settings.width, settings.height);
  return { width: evenSize(settings.width * scale), height: evenSize(settings.height * scale) };
}

/** The stretch of frames that a request asks for, inside the document. */
export function exportRange(request: Pick<ExportRequest, 'document' | 'range'>): {
  startFrame: number;
  endFrame: number;
} {
  const total = request.document.totalFrames;
  const startFrame = Math.min(total, Math.max(0, request.range?.startFrame ?? 0));
  const endFrame = Math.min(total, Math.max(startFrame, request.range?.endFrame ?? total));
  return { startFrame, endFrame };
}

/** About how large the file will be: the bit rates times the length, and what the container adds. */
export function estimateExport(request: Omit<ExportRequest, 'format'>): ExportEstimate {
  const { startFrame, endFrame } = exportRange(request);
  const { frameRate } = request.document.settings;
  const durationSeconds = ((endFrame - startFrame) * frameRate.den) / frameRate.num;
  const size = exportSize(request.document.settings, request.preset);
  const bits = (request.preset.videoBitrate + request.preset.audioBitrate) * durationSeconds;
  return { sizeBytes: Math.ceil((bits / 8) * 1.02) + 4096, ...size, durationSeconds };
}
