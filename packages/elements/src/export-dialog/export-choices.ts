import type { ReactiveController, ReactiveControllerHost } from 'lit';
import {
  toLecternError,
  type Asset,
  type ExportForecast,
  type ExportFormat,
  type ExportPreset,
  type ExportRequest,
} from '@lectern/ports';
import type { ExportOptions, LecternSession, ProjectSession } from '@lectern/core';
import {
  cleanFileName,
  exportOptions,
  fits,
  kindOf,
  markedRange,
  suggestedPreset,
  type ExportOption,
} from './export-plan.js';
import { readLoudness, usualLoudness, writeLoudness } from './loudness-setting.js';

/** What the browser can encode at the chosen size. */
export type Formats =
  | { readonly status: 'probing' }
  | { readonly status: 'known'; readonly formats: readonly ExportFormat[] }
  | { readonly status: 'failed'; readonly error: ReturnType<typeof toLecternError> };

/** What the chosen export will take. One that can't be made stands in nobody's way. */
export type Forecast =
  | { readonly status: 'asking' }
  | { readonly status: 'known'; readonly forecast: ExportForecast }
  | { readonly status: 'failed' };

export type Destination = 'update' | 'new';

/** Where the choices are made. */
export interface ExportPlace {
  readonly session: LecternSession | null;
  readonly project: ProjectSession | null;
  readonly maxBytes: number | null;
  /** Whether they are on show: nothing is looked up for choices that nobody sees. */
  readonly isShown: boolean;
}

/** What a person chooses before an export, and what follows from it: formats, sizes, time and space. */
export class ExportChoices implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #place: () => ExportPlace;
  readonly #known: Map<string, readonly ExportFormat[]> = new Map();
  readonly #forecasts: Map<string, Forecast> = new Map();
  presetId: ExportPreset['id'] | null = null;
  format: ExportFormat | null = null;
  formats: Formats = { status: 'probing' };
  name = '';
  nameMissing = false;
  useMarked = false;
  loudness = false;
  /** The file that the project was exported to before: `asking` until that is known, null when there is none. */
  earlier: Asset | 'asking' | null = null;
  #wanted: Destination = 'update';
  #container: ExportFormat['container'] = 'mp4';
  #asking = new AbortController();
  #isForecasting = false;
  #probed = '';

  constructor(host: ReactiveControllerHost, place: () => ExportPlace) {
    this.#host = host;
    this.#place = place;
    host.addController(this);
  }

  hostUpdated(): void {
    if (!this.#place().isShown) return;
    this.#probeFormats();
    void this.#forecastNext();
  }

  hostDisconnected(): void {
    this.forget();
  }

  /** Another session or project: nothing that was found out holds for it. */
  forget(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    if (this.earlier === 'asking') this.earlier = null;
    this.#known.clear();
    this.#forecasts.clear();
    this.#isForecasting = false;
    this.#probed = '';
  }

  /** Begins anew, with what suits the project, its earlier export and the host's limit. */
  begin(untitled: string): void {
    const { project } = this.#place();
    this.#forecasts.clear();
    // What failed is asked again.
    if (this.formats.status === 'failed') this.#probed = '';
    this.earlier = null;
    this.#wanted = 'update';
    this.useMarked = false;
    this.nameMissing = false;
    this.loudness = readLoudness();
    if (!project) return;
    this.name = cleanFileName(project.details.getState().title) || untitled;
    this.presetId = suggestedPreset(this.options, project.editor.document);
    void this.#findEarlier(project);
  }

  get options(): readonly ExportOption[] {
    const { session, project, maxBytes } = this.#place();
    if (!session || !project) return [];
    return exportOptions(session.render, project.editor.document, this.#range, maxBytes, ({ id }) => {
      const known = this.#forecasts.get(this.#keyOf(id) ?? '');
      return known?.status === 'known' ? known.forecast.sizeBytes : null;
    });
  }

  get chosen(): ExportOption | null {
    return this.options.find(({ preset }) => preset.id === this.presetId) ?? null;
  }

  /** Of what is chosen; null while it isn't known what could be encoded at all. */
  get forecast(): Forecast | null {
    const key = this.presetId === null ? null : this.#keyOf(this.presetId);
    return key === null ? null : (this.#forecasts.get(key) ?? { status: 'asking' });
  }

  /** The published file can be updated by what is chosen: it stays a video, or sound. */
  get canUpdate(): boolean {
    const { chosen, earlier } = this;
    return typeof earlier === 'object' && earlier !== null && chosen !== null && kindOf(chosen.preset) === earlier.kind;
  }

  get destination(): Destination {
    return this.canUpdate ? this.#wanted : 'new';
  }

  get fits(): boolean {
    return this.forecast?.status !== 'known' || fits(this.forecast.forecast);
  }

  get canStart(): boolean {
    return this.format !== null && this.chosen !== null && this.earlier !== 'asking' && this.fits;
  }

  choosePreset(id: ExportPreset['id']): void {
    this.presetId = id;
    this.#host.requestUpdate();
  }

  chooseFormat(format: ExportFormat): void {
    this.#container = format.container;
    this.format = format;
    this.#host.requestUpdate();
  }

  setName(name: string): void {
    this.name = name;
    if (name.trim()) this.nameMissing = false;
    this.#host.requestUpdate();
  }

  setUseMarked(useMarked: boolean): void {
    this.useMarked = useMarked;
    this.#host.requestUpdate();
  }

  setLoudness(on: boolean): void {
    this.loudness = on;
    writeLoudness(on);
    this.#host.requestUpdate();
  }

  setDestination(destination: Destination): void {
    this.#wanted = destination;
    this.#host.requestUpdate();
  }

  /** What is to be done; null, with the reason on show, when something is missing. */
  take(): ExportOptions | null {
    const { canStart, chosen, earlier, format } = this;
    const update = this.destination === 'update' && typeof earlier === 'object' && earlier !== null;
    const name = update ? earlier.name.replace(/\.\w{2,4}$/, '') : cleanFileName(this.name);
    this.nameMissing = name === '';
    this.#host.requestUpdate();
    if (!canStart || !chosen || !format || this.nameMissing) return null;
    return {
      ...this.#settingsOf(chosen.preset, format),
      name,
      ...(update ? { replaceAssetId: earlier.id } : {}),
    };
  }

  get #range(): ReturnType<typeof markedRange> {
    const { project } = this.#place();
    return this.useMarked && project ? markedRange(project.editor.document) : null;
  }

  #settingsOf(
    preset: ExportPreset,
    format: ExportFormat,
  ): Pick<ExportRequest, 'preset' | 'format' | 'range' | 'loudness' | 'reuseAssetId'> {
    const range = this.#range;
    const { earlier } = this;
    return {
      preset,
      format,
      ...(range ? { range } : {}),
      ...(this.loudness ? { loudness: usualLoudness } : {}),
      ...(typeof earlier === 'object' && earlier !== null ? { reuseAssetId: earlier.id } : {}),
    };
  }

  async #findEarlier(project: ProjectSession): Promise<void> {
    const { session } = this.#place();
    const { lastExportId } = project.details.getState();
    if (!session || lastExportId === null) return;
    this.earlier = 'asking';
    const { signal } = this.#asking;
    // What the cache says may be of before it was deleted, or updated.
    const [asset] = await session.backend.assets.getMany([lastExportId], { signal }).catch(() => []);
    if (signal.aborted || this.#place().project !== project) return;
    this.earlier = asset?.status === 'active' && asset.deletedAt === null ? asset : null;
    if (this.earlier) this.#likeBefore(this.earlier);
    this.#host.requestUpdate();
  }

  /** An update is most likely of the same kind, and only then can anything be taken over. */
  #likeBefore({ mimeType, studioMetadata }: Asset): void {
    const before = this.options.find(({ preset }) => preset.id === studioMetadata['preset']);
    if (before) this.presetId = before.preset.id;
    if (typeof studioMetadata['loudness'] === 'number') this.loudness = true;
    this.#container = mimeType.endsWith('/webm') ? 'webm' : 'mp4';
    if (this.formats.status === 'known') this.#useFormats(this.formats.formats);
  }

  /** Asks the engine what can be encoded at the chosen size; each size once. */
  #probeFormats(): void {
    const { session } = this.#place();
    const { chosen } = this;
    if (!session || !chosen) return;
    const { width, height } = chosen.estimate;
    const key = `${String(width)}×${String(height)}`;
    if (key === this.#probed) return;
    this.#probed = key;
    const known = this.#known.get(key);
    if (known) {
      this.#useFormats(known);
      return;
    }
    this.formats = { status: 'probing' };
    this.format = null;
    this.#host.requestUpdate();
    const { signal } = this.#asking;
    session.render.capabilities(width, height, { signal }).then(
      ({ formats }) => {
        if (signal.aborted) return;
        this.#known.set(key, formats);
        if (this.#probed === key) this.#useFormats(formats);
      },
      (error: unknown) => {
        if (signal.aborted || this.#probed !== key) return;
        this.formats = { status: 'failed', error: toLecternError(error) };
        this.#host.requestUpdate();
      },
    );
  }

  #useFormats(formats: readonly ExportFormat[]): void {
    this.formats = { status: 'known', formats };
    this.format = formats.find(({ container }) => container === this.#container) ?? formats[0] ?? null;
    this.#host.requestUpdate();
  }

  /** What a forecast depends on; null while there is no format to make it of. */
  #keyOf(id: ExportPreset['id']): string | null {
    const { format, loudness } = this;
    if (!format) return null;
    const { reuseAssetId = '' } = typeof this.earlier === 'object' ? { reuseAssetId: this.earlier?.id } : {};
    const range = this.#range;
    const { container, videoCodec, audioCodec } = format;
    return [id, container, videoCodec, audioCodec, range?.startFrame, range?.endFrame, loudness, reuseAssetId].join();
  }

  /** First of what is chosen; where the host has a limit, then of the others, which may have to be marked. */
  async #forecastNext(): Promise<void> {
    const { session, project, maxBytes } = this.#place();
    const { chosen, format } = this;
    if (!session || !project || !chosen || !format || this.earlier === 'asking' || this.#isForecasting) return;
    const wanted = maxBytes === null ? [chosen] : [chosen, ...this.options.filter((option) => option !== chosen)];
    for (const { preset } of wanted) {
      const key = this.#keyOf(preset.id);
      if (key === null || this.#forecasts.has(key)) continue;
      const { signal } = this.#asking;
      const { document } = project.editor;
      const request: ExportRequest = { document, ...this.#settingsOf(preset, format) };
      this.#isForecasting = true;
      this.#forecasts.set(key, { status: 'asking' });
      const forecast = await session.render.forecast(request, { signal }).then(
        (known): Forecast => ({ status: 'known', forecast: known }),
        (): Forecast => ({ status: 'failed' }),
      );
      if (signal.aborted) return;
      this.#isForecasting = false;
      this.#forecasts.set(key, forecast);
      // The next one, which may be another by now.
      this.#host.requestUpdate();
      return;
    }
  }
}
