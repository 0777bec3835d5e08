import type {
  AssetKind,
  ExportEstimate,
  ExportForecast,
  ExportFormat,
  ExportPreset,
  RenderEngine,
} from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';

export interface FrameRange {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** One way of exporting, with what it would come to. */
export interface ExportOption {
  readonly preset: ExportPreset;
  readonly estimate: ExportEstimate;
  /** As the sources make it likely where they were looked at, else by the bit rates alone. */
  readonly sizeBytes: number;
  /** True when the file is likely to be larger than the host takes. */
  readonly tooLarge: boolean;
}

/** The marked range of a document, or null when none is marked or nothing lies in it. */
export function markedRange({ settings, totalFrames }: TimelineDocument): FrameRange | null {
  if (settings.inFrame === null && settings.outFrame === null) return null;
  const startFrame = Math.max(0, settings.inFrame ?? 0);
  const endFrame = Math.min(totalFrames, settings.outFrame ?? totalFrames);
  return endFrame > startFrame ? { startFrame, endFrame } : null;
}

/** Every preset of the engine with what it comes to; `forecastBytes` knows better where it knows. */
export function exportOptions(
  render: RenderEngine,
  document: TimelineDocument,
  range: FrameRange | null,
  maxBytes: number | null,
  forecastBytes: (preset: ExportPreset) => number | null,
): readonly ExportOption[] {
  return render.presets.map((preset) => {
    const estimate = render.estimate({ document, preset, ...(range ? { range } : {}) });
    const sizeBytes = forecastBytes(preset) ?? estimate.sizeBytes;
    return { preset, estimate, sizeBytes, tooLarge: maxBytes !== null && sizeBytes > maxBytes };
  });
}

/** Whether there is room for it in this browser, as far as the browser tells. */
export function fits({ freeBytes, spaceBytes }: ExportForecast): boolean {
  return freeBytes === null || spaceBytes <= freeBytes;
}

export function kindOf({ height }: ExportPreset): AssetKind {
  return height > 0 ? 'video' : 'audio';
}

/** What is offered first: the largest picture that isn't blown up and that the host takes, else the smallest file. */
export function suggestedPreset(
  options: readonly ExportOption[],
  document: TimelineDocument,
): ExportPreset['id'] | null {
  const side = Math.min(document.settings.width, document.settings.height);
  const pictures = options.filter(({ preset }) => preset.height > 0);
  const fits = pictures.find(({ preset, tooLarge }) => preset.height <= side && !tooLarge);
  return (fits ?? pictures.findLast(({ tooLarge }) => !tooLarge) ?? pictures.at(-1) ?? options[0])?.preset.id ?? null;
}

const codecNames: Readonly<Record<string, string>> = { avc: 'H.264', vp9: 'VP9', aac: 'AAC', opus: 'Opus' };

/** `H.264 + AAC` */
export function codecLine({ videoCodec, audioCodec }: ExportFormat): string {
  return [videoCodec, audioCodec]
    .filter((codec) => codec !== null)
    .map((codec) => codecNames[codec] ?? codec)
    .join(' + ');
}

/** A file name without the characters that a file system refuses. */
export function cleanFileName(name: string): string {
  return name
    .replace(/[\\/:*?"<>|]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
