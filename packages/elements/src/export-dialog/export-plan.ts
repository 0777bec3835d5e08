import type { ExportEstimate, ExportFormat, ExportPreset, RenderEngine } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';

export interface FrameRange {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** One way of exporting, with what it would come to. */
export interface ExportOption {
  readonly preset: ExportPreset;
  readonly estimate: ExportEstimate;
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

/** Every preset of the engine with its estimate. */
export function exportOptions(
  render: RenderEngine,
  document: TimelineDocument,
  range: FrameRange | null,
  maxBytes: number | null,
): readonly ExportOption[] {
  return render.presets.map((preset) => {
    const estimate = render.estimate({ document, preset, ...(range ? { range } : {}) });
    return { preset, estimate, tooLarge: maxBytes !== null && estimate.sizeBytes > maxBytes };
  });
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
