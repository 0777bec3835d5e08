import type { LecternSession } from '@lectern/core';
import {
  frameToSeconds,
  getProperty,
  type AssetRecord,
  type ClipRecord,
  type TimelineDocument,
} from '@lectern/timeline';
import { FilmstripCache } from './filmstrip-cache.js';
import { paintStrip, stripSlots, type StripArea } from './filmstrip-painter.js';
import { PeaksCache } from './peaks-cache.js';
import { StillCache } from './still-cache.js';
import { paintWaveform } from './waveform-painter.js';

/** One canvas to keep up to date: the drawn stretch of a clip. CSS pixels. */
export interface ClipArt {
  readonly canvas: HTMLCanvasElement;
  readonly clip: ClipRecord;
  /** Left edge of the drawn stretch from the clip's left edge. */
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** Whether its sound is switched off. */
  readonly quiet: boolean;
  /** Whether it is in sight, and not only near it. */
  readonly inSight: boolean;
}

const stripHeight = 64;

/**
 * Draws pictures and sound on the canvases of clips. Pictures are asked for a moment after the view stood still, and
 * only for what is in sight; a canvas is drawn again only when something that it shows has changed.
 */
export class ClipPainter {
  readonly #films: FilmstripCache;
  readonly #peaks: PeaksCache;
  readonly #stills: StillCache;
  readonly #onFailure: () => void;
  readonly #versions = new Map<string, number>();
  readonly #painted = new WeakMap<HTMLCanvasElement, { readonly source: ClipRecord['source']; readonly key: string }>();
  #art: readonly ClipArt[] = [];
  #document: TimelineDocument | null = null;
  #zoom = 1;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(session: LecternSession, onFailure: () => void) {
    const changed = (assetId: string): void => {
      this.#versions.set(assetId, (this.#versions.get(assetId) ?? 0) + 1);
      if (this.failure(assetId) !== null) this.#onFailure();
      this.#schedule();
    };
    this.#onFailure = onFailure;
    this.#films = new FilmstripCache({ render: session.render, onChange: changed, height: stripHeight * pixelRatio() });
    this.#peaks = new PeaksCache(session.render, changed);
    this.#stills = new StillCache(session, changed);
  }

  /** Why an asset can't be shown or heard, or null. */
  failure(assetId: string): unknown {
    return this.#films.failure(assetId) ?? this.#peaks.failure(assetId);
  }

  /** What is in the document now. */
  update(document: TimelineDocument, zoom: number, art: readonly ClipArt[]): void {
    this.#document = document;
    this.#zoom = zoom;
    this.#art = art;
    this.#schedule();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#ask();
    }, 120);
  }

  retry(): void {
    this.#films.retry();
    this.#peaks.retry();
    this.#ask();
  }

  dispose(): void {
    if (this.#frame !== 0) cancelAnimationFrame(this.#frame);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#films.dispose();
    this.#peaks.dispose();
    this.#stills.dispose();
    this.#art = [];
  }

  #schedule(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      for (const art of this.#art) this.#paint(art);
    });
  }

  #ask(): void {
    const wanted = new Map<string, Set<number>>();
    for (const art of this.#art) {
      if (!art.inSight || art.clip.source.kind !== 'asset') continue;
      const asset = this.#asset(art.clip);
      if (asset?.kind !== 'video') continue;
      const times = wanted.get(asset.id) ?? new Set<number>();
      for (const { time } of stripSlots(this.#stripArea(art, asset, this.#split(art, asset).film)))
        if (time < asset.durationSeconds) times.add(time);
      wanted.set(asset.id, times);
    }
    this.#films.want(wanted);
  }

  #paint(art: ClipArt): void {
    const { canvas, clip, width, height } = art;
    const asset = this.#asset(clip);
    if (!asset || width <= 0 || height <= 0) return;
    const ratio = pixelRatio();
    const colour = getComputedStyle(canvas).color;
    const gain = soundGain(clip);
    const key = [
      art.x,
      width,
      height,
      this.#zoom,
      ratio,
      colour,
      gain,
      art.quiet,
      this.#versions.get(asset.id) ?? 0,
    ].join(' ');
    const before = this.#painted.get(canvas);
    if (before?.key === key && before.source === clip.source) return;
    const context = canvas.getContext('2d');
    if (!context) return;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { film, wave } = this.#split(art, asset);
    if (film > 0) {
      const still = this.#stills.picture(asset.id);
      paintStrip(context, this.#stripArea(art, asset, film), (seconds) =>
        asset.kind === 'video' ? (this.#films.nearest(asset.id, seconds) ?? still) : still,
      );
    }
    if (wave > 0) {
      context.fillStyle = colour;
      context.globalAlpha = art.quiet ? 0.3 : 1;
      const secondsPerPixel = this.#secondsPerPixel(clip);
      paintWaveform(context, this.#peaks.waveform(asset.id, asset.durationSeconds), {
        x: 0,
        y: film,
        width,
        height: wave,
        fromSeconds: this.#startSeconds(clip) + art.x * secondsPerPixel,
        secondsPerPixel,
        gain,
      });
    }
    // Asking the caches may have changed nothing yet; what they bring comes with a new version.
    this.#painted.set(canvas, { source: clip.source, key });
  }

  /** How the height is shared between pictures and sound. */
  #split({ clip, height }: ClipArt, asset: AssetRecord): { readonly film: number; readonly wave: number } {
    const sounds = clip.source.kind === 'asset' && asset.audioCodec !== null && getProperty(clip, 'audioEnabled');
    if (asset.kind === 'audio' || (clip.source.kind === 'asset' && this.#onAudioTrack(clip)))
      return { film: 0, wave: height };
    if (!sounds || height < 30) return { film: height, wave: 0 };
    const wave = Math.min(40, Math.round(height * 0.36));
    return { film: height - wave, wave };
  }

  #onAudioTrack(clip: ClipRecord): boolean {
    return this.#document?.track(clip.trackId)?.kind === 'audio';
  }

  #stripArea({ clip, x, width }: ClipArt, asset: AssetRecord, height: number): StripArea {
    const secondsPerPixel = this.#secondsPerPixel(clip);
    return {
      x: 0,
      width,
      height,
      sourceX: x + (clip.source.kind === 'asset' ? this.#startSeconds(clip) / secondsPerPixel : 0),
      secondsPerPixel,
      aspect: asset.width > 0 && asset.height > 0 ? asset.width / asset.height : 16 / 9,
    };
  }

  #startSeconds(clip: ClipRecord): number {
    if (clip.source.kind !== 'asset' || !this.#document) return 0;
    return frameToSeconds(clip.source.trimStartFrame, this.#document.settings.frameRate);
  }

  #secondsPerPixel(clip: ClipRecord): number {
    const speed = clip.source.kind === 'asset' ? clip.source.speed.num / clip.source.speed.den : 1;
    const rate = this.#document?.settings.frameRate ?? { num: 30, den: 1 };
    return frameToSeconds(speed / this.#zoom, rate);
  }

  #asset(clip: ClipRecord): AssetRecord | undefined {
    return 'assetId' in clip.source ? this.#document?.assets.get(clip.source.assetId) : undefined;
  }
}

/** A clip's own volume as a factor, for the height of its waveform. */
function soundGain(clip: ClipRecord): number {
  const decibels = getProperty(clip, 'volume');
  return decibels <= -60 ? 0 : 10 ** (decibels / 20);
}

function pixelRatio(): number {
  return Math.min(2, globalThis.devicePixelRatio || 1);
}
