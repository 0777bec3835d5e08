import { html, nothing, svg, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { styleMap } from '../foundation/style-map.js';
import type { Preview, PreviewState } from '@lectern/ports';
import { evaluate, formatTimecode, type ClipId, type ClipRecord, type TimelineDocument } from '@lectern/timeline';
import { studioCommand, type EditorState, type ProjectSession, type StudioCommandId } from '@lectern/core';
import { LecternElement } from '../foundation/lectern-element.js';
import { PointerDragController } from '../foundation/pointer-drag-controller.js';
import { ProjectElement } from '../foundation/project-element.js';
import { errorView, stateView } from '../foundation/state-view.js';
import { StoreController } from '../foundation/store-controller.js';
import { handleStudioKey } from '../foundation/studio-keys.js';
import { pictureNotices } from './picture-notices.js';
import { PlaybackWatch } from './playback-watch.js';
import { PreviewSurface } from './preview-surface.js';
import { readProxySetting, writeProxySetting } from './proxy-setting.js';
import { studioPreviewStyles } from './studio-preview.styles.js';
import { TimeField } from './time-field.js';
import { transportButtons, transportExtras, type TransportAction } from './transport.js';
import { handlesView, layerAt, layerOf, type HandleKind } from './transform-handles.js';
import { TransformDrag } from './transform-drag.js';

/**
 * The player of an open project: the picture at the playhead, letterboxed at the project's aspect, with transport,
 * scrub bar, volume, safe areas and full screen. Dragging the selected clip's box moves and sizes it; the inspector's
 * fields do the same without dragging.
 *
 * | key | does |
 * | --- | --- |
 * | Space | play or pause |
 * | K | stand still |
 * | J, L | play backwards, forwards; again is faster |
 * | K with J or L | one frame; held, at half the speed |
 * | ← → | one frame; with Shift ten |
 * | Home, End | start, end |
 *
 * @tagname studio-preview
 * @summary Plays the open project.
 * @slot empty - Buttons under the words of an empty project.
 * @event lectern-play - Playback began; `detail: {frame}`.
 * @event lectern-pause - Playback stopped; `detail: {frame}`.
 * @csspart canvas - The picture.
 * @csspart handles - The box around the selected clip.
 * @csspart transport - The row of buttons.
 * @csspart play - The play button.
 * @csspart proxy - The switch between a proxy and its original, where there is one.
 * @csspart rate - The speed of playback, where it isn't the usual one.
 * @csspart missing - What can't be shown.
 * @csspart state - What is shown when there is nothing to play, or playing failed.
 * @cssproperty [--lectern-preview-stage] - What surrounds the picture.
 * @cssproperty [--lectern-preview-handle] - Colour of the box around the selected clip.
 */
export class StudioPreviewElement extends ProjectElement {
  static override styles: CSSResultGroup = [LecternElement.styles, studioPreviewStyles];

  /** Shows the title-safe and action-safe areas. */
  @property({ type: Boolean, reflect: true }) guides = false;
  /** Starts again at the end, or at the in point when a range is marked. */
  @property({ type: Boolean, reflect: true }) loop = false;
  /** Leaves out transport and scrub bar, for hosts with their own. */
  @property({ type: Boolean, reflect: true, attribute: 'no-controls' }) noControls = false;
  /** Volume from 0 to 1. */
  @property({ type: Number }) volume = 1;
  @property({ type: Boolean }) muted = false;

  @state() private preview: PreviewState | null = null;
  @state() private fullScreen = false;

  @query('.scrub input') private readonly scrubField!: HTMLInputElement | null;
  @query('.played') private readonly played!: HTMLElement | null;

  readonly #surface = new PreviewSurface(this);
  readonly #transform = new TransformDrag(new PointerDragController(this));
  readonly #watch = new PlaybackWatch();
  readonly #time = new TimeField(this, {
    t: (key) => this.t(key),
    frame: () => this.#frame,
    rate: () => this.#timeline.value?.settings.frameRate ?? null,
    go: (frame) => {
      this.pause();
      this.seek(frame);
    },
  });
  readonly #timeline = new StoreController<EditorState, TimelineDocument>(this, null, (s) => s.state.document);
  readonly #selectedId = new StoreController<EditorState, string | null>(this, null, (s) =>
    s.state.selection.clipIds.length === 1 ? (s.state.selection.clipIds[0] ?? null) : null,
  );
  readonly #rate = new StoreController<EditorState, number>(this, null, (s) => s.shuttleRate);
  #resumeAfterScrub = false;
  #shownHandlesAt = -1;
  #stops: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('fullscreenchange', this.#onFullScreen);
    this.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    this.removeEventListener('fullscreenchange', this.#onFullScreen);
    this.removeEventListener('keydown', this.#onKey);
    super.disconnectedCallback();
  }

  /** Plays from the playhead. */
  async play(): Promise<void> {
    const project = this.activeProject;
    if (!project) return;
    project.editor.setShuttleRate(1);
    await project.preview.play();
  }

  pause(): void {
    this.#player?.pause();
  }

  /** Goes to a frame of the timeline. */
  seek(frame: number): void {
    this.activeProject?.editor.seek(frame);
  }

  protected override projectChanged(project: ProjectSession | null): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#watch.reset();
    this.#timeline.setStore(project?.editor.store ?? null);
    this.#selectedId.setStore(project?.editor.store ?? null);
    this.#rate.setStore(project?.editor.store ?? null);
    const preview = project?.preview ?? null;
    this.#surface.setPreview(preview);
    this.preview = preview?.state() ?? null;
    if (!project || !preview) return;
    preview.setVolume(this.muted ? 0 : this.volume);
    preview.useProxies(readProxySetting());
    this.#stops = [
      preview.subscribe((next) => {
        this.#onPreview(next);
      }),
      project.editor.store.subscribe((next, previous) => {
        if (next.playheadFrame !== previous.playheadFrame) this.#showFrame();
      }),
    ];
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('volume') || changed.has('muted')) this.#player?.setVolume(this.muted ? 0 : this.volume);
    this.#showFrame();
  }

  protected override render(): TemplateResult {
    const project = this.activeProject;
    const timeline = this.#timeline.value;
    if (!project || !timeline) return this.#renderNoProject();
    const empty = timeline.totalFrames === 0;
    return html`<div class="stage" part="stage" @pointerdown=${this.#onStagePress}>
        ${
          empty
            ? stateView({
                icon: 'film',
                title: this.t('preview.emptyTitle'),
                text: this.t('preview.emptyText'),
                actions: html`<slot name="empty"></slot>`,
              })
            : this.#renderPicture(timeline)
        }
      </div>
      ${this.noControls ? nothing : this.#renderControls(timeline, empty)}`;
  }

  #renderNoProject(): TemplateResult {
    if (this.openError) return errorView(this.openError, this.localize.messages, () => this.reopen());
    if (this.opening)
      return html`<div class="stage" aria-busy="true">
        <span class="chip loading"><span class="spinner"></span>${this.t('common.loading')}</span>
      </div>`;
    return stateView({ icon: 'film', title: this.t('preview.noProject'), text: this.t('preview.noProjectText') });
  }

  #renderPicture(timeline: TimelineDocument): TemplateResult {
    const { width, height } = timeline.settings;
    return html`<div class="picture" style=${styleMap({ '--ratio': String(width / height) })}>
        ${this.#surface.canvas} ${this.guides ? guideLines : nothing} ${this.#renderHandles(timeline)}
      </div>
      ${this.#renderStatus(timeline)}`;
  }

  #renderHandles(timeline: TimelineDocument): TemplateResult | typeof nothing {
    const clip = this.#selectedClip(timeline);
    const state = this.activeProject?.editor.store.getState();
    if (!clip || !state || state.readOnly || this.preview?.status === 'playing') return nothing;
    const layer = layerOf(timeline, state.playheadFrame, clip.id);
    if (!layer) return nothing;
    return handlesView(layer, timeline.settings, layer.kind !== 'text', this.#onHandle);
  }

  #renderStatus(timeline: TimelineDocument): TemplateResult {
    return pictureNotices({
      messages: this.localize.messages,
      state: this.preview,
      rate: this.#rate.value ?? 0,
      droppedShare: this.#watch.droppedShare,
      loadingName: this.preview ? this.#nameAt(timeline, this.preview.frame) : null,
      tryAgain: () => {
        this.seek(this.#frame);
      },
      useProxies: (use) => {
        writeProxySetting(use);
        this.#player?.useProxies(use);
      },
    });
  }

  #renderControls(timeline: TimelineDocument, empty: boolean): TemplateResult {
    const { inFrame, outFrame, frameRate } = timeline.settings;
    const total = timeline.totalFrames;
    const view = {
      t: (key: Parameters<typeof this.t>[0]) => this.t(key),
      playing: this.preview?.status === 'playing',
      disabled: empty,
      volume: this.volume,
      volumeText: this.localize.messages.format.percent(this.muted ? 0 : this.volume),
      muted: this.muted || this.volume === 0,
      loop: this.loop,
      guides: this.guides,
      fullScreen: this.fullScreen ? 'yes' : document.fullscreenEnabled ? 'no' : 'impossible',
      act: this.#act,
      setVolume: this.#setVolume,
    } as const;
    return html`<div class="scrub">
        <div class="track">
          ${
            inFrame === null && outFrame === null
              ? nothing
              : html`<span
                  class="range"
                  style=${styleMap({
                    left: `${String(((inFrame ?? 0) / Math.max(1, total)) * 100)}%`,
                    right: `${String((1 - (outFrame ?? total) / Math.max(1, total)) * 100)}%`,
                  })}
                ></span>`
          }
          <span class="played"></span>
        </div>
        <input
          type="range"
          min="0"
          step="1"
          max=${Math.max(0, total - 1)}
          aria-label=${this.t('preview.seek')}
          ?disabled=${empty}
          @input=${this.#onScrub}
          @change=${this.#onScrubEnd}
        />
      </div>
      <div class="transport" part="transport" role="group" aria-label=${this.t('preview.transport')}>
        <div class="times">
          ${this.#time.render(empty)}
          <span class="total timecode">/ ${formatTimecode(total, frameRate)}</span>
        </div>
        ${transportButtons(view)} ${transportExtras(view)}
      </div>`;
  }

  get #player(): Preview | null {
    return this.activeProject?.preview ?? null;
  }

  get #frame(): number {
    return this.activeProject?.editor.store.getState().playheadFrame ?? 0;
  }

  /** What follows the playhead is written by hand: a whole render for each frame would cost playback dearly. */
  #showFrame(): void {
    const timeline = this.#timeline.value;
    if (!timeline) return;
    const frame = this.#frame;
    const { frameRate } = timeline.settings;
    const last = Math.max(0, timeline.totalFrames - 1);
    const time = formatTimecode(frame, frameRate);
    const { scrubField } = this;
    this.#time.show();
    if (scrubField) {
      scrubField.value = String(Math.min(frame, last));
      scrubField.setAttribute(
        'aria-valuetext',
        this.t('preview.seekValue', { time, total: formatTimecode(timeline.totalFrames, frameRate) }),
      );
    }
    this.played?.style.setProperty('--played', String(last === 0 ? 0 : Math.min(1, frame / last)));
    this.#surface.canvas?.setAttribute('aria-label', this.t('preview.picture', { time }));
    // The box of the selected clip may come, go or move with the playhead.
    if (this.#selectedId.value && this.preview?.status !== 'playing' && frame !== this.#shownHandlesAt) {
      this.#shownHandlesAt = frame;
      this.requestUpdate();
    }
  }

  #onPreview(next: PreviewState): void {
    const previous = this.preview;
    const dropped = this.#watch.droppedShare;
    this.#watch.observe(next);
    const statusChanged =
      previous?.status !== next.status || previous.error !== next.error || previous.proxy !== next.proxy;
    if (statusChanged && (next.status === 'playing') !== (previous?.status === 'playing')) {
      const playing = next.status === 'playing';
      this.emit(playing ? 'lectern-play' : 'lectern-pause', { frame: next.frame });
      if (!playing && next.status === 'paused') this.#loopAtEnd(next.frame);
    }
    const { outFrame, inFrame } = this.#timeline.value?.settings ?? { inFrame: null, outFrame: null };
    if (this.loop && next.status === 'playing' && outFrame !== null && next.frame >= outFrame) this.seek(inFrame ?? 0);
    // Only what the template shows makes a render: frames go through `#showFrame`.
    if (statusChanged || dropped !== this.#watch.droppedShare) this.preview = next;
  }

  #loopAtEnd(frame: number): void {
    const timeline = this.#timeline.value;
    if (!this.loop || !timeline || frame < timeline.totalFrames - 1) return;
    this.seek(timeline.settings.inFrame ?? 0);
    void this.play();
  }

  readonly #act = (action: TransportAction): void => {
    const total = this.#timeline.value?.totalFrames ?? 0;
    switch (action) {
      case 'go-start':
        this.seek(0);
        return;
      case 'step-back':
        this.#step(-1);
        return;
      case 'toggle':
        this.#toggle();
        return;
      case 'step-forward':
        this.#step(1);
        return;
      case 'go-end':
        this.seek(total);
        return;
      case 'mute':
        this.#setVolume(this.muted || this.volume === 0 ? this.volume || 1 : 0);
        return;
      case 'loop':
        this.loop = !this.loop;
        return;
      case 'guides':
        this.guides = !this.guides;
        return;
      case 'full-screen':
        if (this.fullScreen) void document.exitFullscreen();
        else void this.requestFullscreen().catch(() => undefined);
    }
  };

  #toggle(): void {
    if (this.activeProject) studioCommand('playPause').run(this.activeProject);
  }

  #step(frames: number): void {
    this.pause();
    this.seek(this.#frame + frames);
  }

  readonly #setVolume = (volume: number): void => {
    this.muted = volume === 0;
    if (volume > 0) this.volume = volume;
  };

  readonly #onFullScreen = (): void => {
    this.fullScreen = this.matches(':fullscreen');
  };

  readonly #onScrub = (event: Event): void => {
    if (this.preview?.status === 'playing') {
      this.#resumeAfterScrub = true;
      this.pause();
    }
    this.seek(Number((event.target as HTMLInputElement).value));
  };

  readonly #onScrubEnd = (): void => {
    if (!this.#resumeAfterScrub) return;
    this.#resumeAfterScrub = false;
    void this.play();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // A studio around it has all the keys, and a person's own choice of them.
    if (this.activeProject?.hasView === true) return;
    handleStudioKey(event, this.activeProject, { only: playbackCommands });
  };

  readonly #onHandle = (event: PointerEvent, kind: HandleKind): void => {
    const project = this.activeProject;
    const picture = this.renderRoot.querySelector<HTMLElement>('.picture');
    const clip = this.#timeline.value && this.#selectedClip(this.#timeline.value);
    if (!project || !picture || !clip) return;
    event.stopPropagation();
    this.#transform.begin(event, kind, { editor: project.editor, clip, picture: picture.getBoundingClientRect() });
  };

  /** A press on the picture chooses what is seen there. */
  readonly #onStagePress = (event: PointerEvent): void => {
    const project = this.activeProject;
    const timeline = this.#timeline.value;
    const picture = this.renderRoot.querySelector<HTMLElement>('.picture');
    if (!project || !timeline || !picture || event.button !== 0 || event.composedPath()[0] instanceof HTMLButtonElement)
      return;
    const box = picture.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    const layer = x >= 0 && x <= 1 && y >= 0 && y <= 1 ? layerAt(timeline, this.#frame, x, y) : null;
    project.editor.select(layer ? [layer.clipId] : []);
  };

  #selectedClip(timeline: TimelineDocument): ClipRecord | null {
    const id = this.#selectedId.value;
    return id ? (timeline.clips.get(id as ClipId) ?? null) : null;
  }

  #nameAt(timeline: TimelineDocument, frame: number): string | null {
    const layer = evaluate(timeline, frame).layers.findLast(({ kind }) => kind === 'video' || kind === 'image');
    return (layer && timeline.clips.get(layer.clipId)?.name) ?? null;
  }
}

/** The keys that mean something where there is only a player. */
const playbackCommands: ReadonlySet<StudioCommandId> = new Set<StudioCommandId>([
  'playPause',
  'pause',
  'shuttleBackward',
  'shuttleForward',
  'slowBackward',
  'slowForward',
  'previousFrame',
  'nextFrame',
  'back10Frames',
  'forward10Frames',
  'goToStart',
  'goToEnd',
]);

/** Action-safe 93 % and title-safe 90 % of the picture (SMPTE ST 2046-1), and its centre. */
const guideLines = svg`<svg class="guides" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
  <rect x="3.5" y="3.5" width="93" height="93"></rect>
  <rect x="5" y="5" width="90" height="90"></rect>
  <path d="M50 46v8M47.5 50h5"></path>
</svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'studio-preview': StudioPreviewElement;
  }
  interface HTMLElementEventMap {
    'lectern-play': CustomEvent<{ readonly frame: number }>;
    'lectern-pause': CustomEvent<{ readonly frame: number }>;
  }
}
