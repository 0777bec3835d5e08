import type { RenderEngine } from '@lectern/ports';

/** How many peaks a second of sound is read with; a pixel shows several or a part of one. */
export const peaksPerSecond = 100;

/** How many bins of a level become one of the next. */
const fold = 4;

interface Level {
  readonly min: Int8Array;
  readonly max: Int8Array;
}

/** The peaks of one asset at several resolutions, filled as they stream in. */
export class Waveform {
  readonly #levels: Level[] = [];
  /** Grows with each chunk, so that a painter knows whether it is out of date. */
  version = 0;
  /** How many bins of the finest level have come. */
  filled = 0;

  constructor(durationSeconds: number) {
    let bins = Math.max(1, Math.ceil(durationSeconds * peaksPerSecond) + 1);
    for (;;) {
      this.#levels.push({ min: new Int8Array(bins), max: new Int8Array(bins) });
      if (bins <= 64) return;
      bins = Math.ceil(bins / fold);
    }
  }

  add(startBin: number, min: Float32Array, max: Float32Array): void {
    const [finest] = this.#levels;
    if (!finest) return;
    const end = Math.min(startBin + min.length, finest.min.length);
    for (let bin = startBin; bin < end; bin += 1) {
      finest.min[bin] = quantise(min[bin - startBin] ?? 0);
      finest.max[bin] = quantise(max[bin - startBin] ?? 0);
    }
    let from = startBin;
    let to = end;
    for (let index = 1; index < this.#levels.length; index += 1) {
      const finer = this.#levels[index - 1] as Level;
      const level = this.#levels[index] as Level;
      from = Math.floor(from / fold);
      to = Math.min(Math.ceil(to / fold), level.min.length);
      for (let bin = from; bin < to; bin += 1) {
        let low = 127;
        let high = -127;
        for (let part = bin * fold; part < Math.min((bin + 1) * fold, finer.min.length); part += 1) {
          low = Math.min(low, finer.min[part] as number);
          high = Math.max(high, finer.max[part] as number);
        }
        level.min[bin] = low;
        level.max[bin] = high;
      }
    }
    this.filled = Math.max(this.filled, end);
    this.version += 1;
  }

  /** The lowest and highest sample (−1…1) between two times of the source; looks at no more than a handful of bins. */
  range(fromSeconds: number, toSeconds: number): readonly [low: number, high: number] {
    const width = Math.max(0, (toSeconds - fromSeconds) * peaksPerSecond);
    let index = 0;
    let scale = 1;
    while (index < this.#levels.length - 1 && width / scale > fold * 2) {
      index += 1;
      scale *= fold;
    }
    const level = this.#levels[index] as Level;
    const from = Math.max(0, Math.floor((fromSeconds * peaksPerSecond) / scale));
    const to = Math.min(level.min.length, Math.max(from + 1, Math.ceil((toSeconds * peaksPerSecond) / scale)));
    let low = 127;
    let high = -127;
    for (let bin = from; bin < to; bin += 1) {
      low = Math.min(low, level.min[bin] as number);
      high = Math.max(high, level.max[bin] as number);
    }
    return low > high ? [0, 0] : [low / 127, high / 127];
  }
}

function quantise(sample: number): number {
  return Math.round(Math.max(-1, Math.min(1, sample)) * 127);
}

interface Entry {
  readonly waveform: Waveform;
  status: 'waiting' | 'reading' | 'complete' | 'failed';
  controller: AbortController | null;
  failure: unknown;
}

/** Waveforms by asset, read one or two at a time as they come into sight, and kept: a whole hour is under a megabyte. */
export class PeaksCache {
  readonly #render: RenderEngine;
  readonly #onChange: (assetId: string) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #lanes: number;
  #disposed = false;

  constructor(render: RenderEngine, onChange: (assetId: string) => void, lanes = 2) {
    this.#render = render;
    this.#onChange = onChange;
    this.#lanes = lanes;
  }

  /** The waveform of an asset, asked for on first sight. */
  waveform(assetId: string, durationSeconds: number): Waveform {
    let entry = this.#entries.get(assetId);
    if (!entry) {
      entry = {
        waveform: new Waveform(durationSeconds),
        status: 'waiting',
        controller: null,
        failure: null,
      };
      this.#entries.set(assetId, entry);
      this.#advance();
    }
    return entry.waveform;
  }

  failure(assetId: string): unknown {
    return this.#entries.get(assetId)?.failure ?? null;
  }

  retry(): void {
    for (const [assetId, entry] of this.#entries) if (entry.status === 'failed') this.#entries.delete(assetId);
  }

  dispose(): void {
    this.#disposed = true;
    for (const entry of this.#entries.values()) entry.controller?.abort();
    this.#entries.clear();
  }

  #advance(): void {
    if (this.#disposed) return;
    let reading = [...this.#entries.values()].filter(({ status }) => status === 'reading').length;
    for (const [assetId, entry] of this.#entries) {
      if (reading >= this.#lanes) return;
      if (entry.status !== 'waiting') continue;
      reading += 1;
      void this.#read(assetId, entry);
    }
  }

  async #read(assetId: string, entry: Entry): Promise<void> {
    const controller = new AbortController();
    entry.controller = controller;
    entry.status = 'reading';
    try {
      for await (const { startBin, min, max } of this.#render.peaks(
        { assetId, peaksPerSecond },
        { signal: controller.signal },
      )) {
        if (controller.signal.aborted) return;
        entry.waveform.add(startBin, min, max);
        this.#onChange(assetId);
      }
      entry.status = 'complete';
    } catch (error) {
      if (controller.signal.aborted) return;
      entry.status = 'failed';
      entry.failure = error;
      this.#onChange(assetId);
    } finally {
      entry.controller = null;
      this.#advance();
    }
  }
}
