import type { ProjectSession, LecternSession } from '@lectern/core';
import type { ClipId, ClipRecord, TimelineDocument } from '@lectern/timeline';
import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { styleMap } from '../foundation/style-map.js';
import { Announcer } from '../foundation/announcer.js';
import { icon } from '../foundation/icon.js';
import { ProjectElement } from '../foundation/project-element.js';
import { RovingFocusController } from '../foundation/roving-focus-controller.js';
import type { Keymap } from '../foundation/studio-keys.js';
import { ArtController } from './art-controller.js';
import { clipStyles } from './clips.styles.js';
import { ClipsTable } from './clips-table.js';
import { tableStyles } from './clips-table.styles.js';
import { CommandStates } from './command-states.js';
import { DropController } from './drop-controller.js';
import { EditorWatch } from './editor-watch.js';
import { GrabController } from './grab-controller.js';
import { GridController } from './grid-controller.js';
import { KeyboardController } from './keyboard-controller.js';
import { lanes } from './lanes.js';
import { MediaAdder } from './media-adder.js';
import type { KeyNames } from './menu-items.js';
import { MenusController } from './menus-controller.js';
import { overlay } from './overlay.js';
import { PlayheadController } from './playhead-controller.js';
import { PointerController } from './pointer-controller.js';
import { RenameController } from './rename-controller.js';
import { ruler } from './ruler.js';
import { rulerStyles } from './ruler.styles.js';
import { frameStyles } from './studio-timeline.styles.js';
import { frameToX, layoutRows, type Row } from './timeline-geometry.js';
import { emptyView, failedView, loadingView, noProjectView } from './timeline-states.js';
import { foldAt, toolbar } from './timeline-toolbar.js';
import type { TimelineView } from './timeline-view.js';
import { toolbarStyles } from './toolbar.styles.js';
import { TrackHeaderController } from './track-header-controller.js';
import { trackStyles } from './tracks.styles.js';
import { ViewportController } from './viewport-controller.js';
import { ZoomGestures } from './zoom-gestures.js';

/** The clip whose properties are asked for. */
export interface ClipInspectDetail {
  readonly clipId: string;
}

/**
 * The timeline editor: tracks and clips over time, by mouse, finger and keyboard, and the same as a table.
 *
 * | Key | Where | What it does |
 * | --- | --- | --- |
 * | arrows | on a clip or a track's header | go to the next clip or track and pick it (Shift: on top, Control: without) |
 * | Control+Space | on a clip | picks it or puts it back |
 * | Enter | on a clip | asks for its properties (`lectern-clip-inspect`) |
 * | M | on a clip | takes it up: arrows move it by a frame (Shift: ten, Control: to a cut, Page: a second), up and down over tracks, Enter drops, Escape puts it back |
 * | M | elsewhere | sets a marker at the playhead |
 * | F2 | on a clip | renames it |
 * | Enter | on a track's header | goes to its controls; Escape comes back |
 * | arrows | on a trim or fade handle, on the playhead | move it by a frame (Shift: ten; Page: a second) |
 * | Enter, F2, Delete, arrows | on a marker | go there, rename it, delete it, next marker |
 *
 * and the keys of every studio command. Pointer: Shift while trimming turns rippling round, Alt while moving turns
 * inserting into overwriting and back, Shift while scrubbing doesn't snap, Control or ⌘ with the wheel zooms. Every drag
 * can be done without dragging: in the menus, by key, and in the table.
 *
 * @tagname studio-timeline
 * @summary Edits the clips and tracks of a project.
 *
 * @event {CustomEvent<ClipInspectDetail>} lectern-clip-inspect - Someone asks for the properties of a clip. Cancelable: unless prevented, the studio around it shows its inspector.
 *
 * @csspart base - The frame around everything.
 * @csspart toolbar - The toolbar.
 * @csspart scroller - The scrolled area of ruler and tracks.
 * @csspart ruler - The ruler.
 * @csspart playhead - The handle of the playhead.
 * @csspart track - A row: header and lane of a track.
 * @csspart track-header - The header of a track.
 * @csspart clip - A clip.
 * @csspart trim-handle - The handles at the edges of the picked clip.
 * @csspart fade-handle - The handles of its fades.
 * @csspart table - The table of clips.
 * @csspart state - The picture and words of an empty, failing or missing project.
 *
 * @cssproperty --lectern-color-playhead - The playhead.
 * @cssproperty --lectern-color-clip-video - Clips of videos.
 * @cssproperty --lectern-color-clip-audio - Clips of sound.
 * @cssproperty --lectern-color-clip-image - Clips of pictures.
 * @cssproperty --lectern-color-clip-text - Titles.
 * @cssproperty --lectern-color-clip-colour - Fields of one colour.
 */
export class StudioTimelineElement extends ProjectElement {
  static override styles: CSSResultGroup = [
    ProjectElement.styles,
    frameStyles,
    toolbarStyles,
    rulerStyles,
    trackStyles,
    clipStyles,
    tableStyles,
  ];

  /** `off`: keys without Control, ⌘ or Alt do nothing, other than on what has the focus (WCAG 2.1.4). */
  @property() shortcuts: 'on' | 'off' = 'on';

  /** The tracks as graphics or the clips as a table. */
  @property({ reflect: true }) view: 'graphics' | 'table' = 'graphics';

  /** Other keys for commands. Inside a studio its keys hold, and these are only shown. */
  @property({ attribute: false }) keymap: Keymap | null = null;

  readonly #now = (): TimelineView | null => this.#view();
  readonly #say = (text: string): void => {
    this.#announcer.say(text);
  };
  readonly #inspect = (clip: ClipRecord): void => {
    const asked = this.emit<ClipInspectDetail>('lectern-clip-inspect', { clipId: clip.id }, { cancelable: true });
    if (asked) this.activeProject?.request('inspector');
  };
  readonly #announcer: Announcer = new Announcer(this);
  readonly #viewport: ViewportController = new ViewportController(
    this,
    () => this.activeProject?.editor ?? null,
    () => {
      this.#art.update();
    },
  );
  readonly #art: ArtController = new ArtController(this, this.#viewport, this.#now);
  readonly #grid: GridController = new GridController(this, this.#viewport, this.#now);
  readonly #grab: GrabController = new GrabController(this, this.#now, this.#say, (clip) => {
    this.#grid.focus({ trackId: clip.trackId, clipId: clip.id });
  });
  readonly #rename: RenameController = new RenameController(this, this.#now);
  readonly #menus: MenusController = new MenusController(this, {
    view: this.#now,
    names: () => this.#names,
    inspect: this.#inspect,
    grab: (clip) => {
      this.#grid.focus({ trackId: clip.trackId, clipId: clip.id });
      this.#grab.grab(clip);
    },
    renameClip: (clip, anchor) => {
      this.#rename.clip(clip, anchor);
    },
    renameMarker: (marker, anchor) => {
      this.#rename.marker(marker, anchor);
    },
    renameTrack: (track) => {
      this.#headers.startRename(track);
    },
  });
  readonly #pointer: PointerController = new PointerController(this, {
    viewport: this.#viewport,
    view: this.#now,
    activate: (clip) => {
      this.#grid.activate(clip);
    },
    inspect: this.#inspect,
    openMenu: (hit, at) => {
      this.#menus.forHit(hit, at);
    },
  });
  readonly #keyboard: KeyboardController = new KeyboardController({
    view: this.#now,
    grid: this.#grid,
    grab: this.#grab,
    commands: () =>
      this.projectSession !== null || this.project !== null
        ? { keymap: this.keymap, singleKeys: this.shortcuts !== 'off' }
        : null,
    inspect: this.#inspect,
    rename: (clip, cell) => {
      this.#rename.clip(clip, cell);
    },
  });
  readonly #table: ClipsTable = new ClipsTable(this, {
    say: this.#say,
    openMenu: (row, clip, button) => {
      this.activeProject?.editor.select([clip.id]);
      this.#menus.forClip(row, clip, button);
    },
  });
  readonly #playhead: PlayheadController = new PlayheadController(this, () => {
    const editor = this.activeProject?.editor;
    return editor ? { state: editor.store.getState(), messages: this.localize.messages } : null;
  });
  readonly #states: CommandStates = new CommandStates(this, () => this.activeProject);
  readonly #watch: EditorWatch = new EditorWatch(this, {
    viewport: this.#viewport,
    playhead: this.#playhead,
    states: this.#states,
    messages: () => this.localize.messages,
    say: this.#say,
  });
  readonly #toolbarFocus: RovingFocusController = new RovingFocusController(this, {
    items: () => [...(this.shadowRoot?.querySelectorAll<HTMLElement>('.tools [data-tool]') ?? [])],
    orientation: 'horizontal',
    rtl: () => this.localize.direction === 'rtl',
  });
  readonly #headers: TrackHeaderController = new TrackHeaderController(this, {
    editor: () => this.activeProject?.editor ?? null,
    openMenu: (track, button) => {
      this.#menus.forTrack(track, button);
    },
    done: (track) => {
      this.#grid.focus({ trackId: track.id, clipId: null });
    },
  });
  readonly #media: MediaAdder = new MediaAdder({
    host: this,
    project: () => this.activeProject,
    session: () => this.session,
    messages: () => this.localize.messages,
    say: this.#say,
  });
  readonly #zoom: ZoomGestures = new ZoomGestures(this.#viewport);
  #rows: { readonly document: TimelineDocument; readonly rows: readonly Row[] } | null = null;

  constructor() {
    super();
    new DropController(this, {
      view: this.#now,
      session: () => this.session,
      viewport: this.#viewport,
      show: (shown) => {
        this.#pointer.show(shown);
      },
      failed: this.#media.tellFailure,
    });
  }

  protected override sessionChanged(session: LecternSession | null): void {
    super.sessionChanged(session);
    this.#art.setSession(session);
  }

  protected override projectChanged(project: ProjectSession | null): void {
    this.#watch.setEditor(project?.editor ?? null);
    this.#rows = null;
  }

  protected override render(): TemplateResult {
    const { messages } = this.localize;
    const view = this.#view();
    if (!view) {
      if (this.openError)
        return failedView(this.openError, messages, () => {
          this.reopen();
        });
      return this.opening ? loadingView(messages) : noProjectView(messages);
    }
    const fold = foldAt(this.#viewport.hostWidth || this.clientWidth);
    return html`<div
        class="frame"
        part="base"
        role="group"
        aria-label=${messages.t('timeline.label')}
        aria-roledescription=${messages.t('timeline.roleDescription')}
      >
        <div>
          ${toolbar(view, {
            fold,
            names: this.#names,
            enabled: this.#states.enabled,
            shown: this.view,
            setShown: (shown) => {
              this.view = shown;
            },
            openMore: (button) => {
              this.#menus.forTools(fold, button);
            },
            handleKey: (event) => {
              this.#toolbarFocus.handleKey(event);
            },
          })}
          ${view.state.readOnly ? html`<div class="notice" role="status">${icon('lock')}${messages.t('timeline.readOnly')}</div>` : nothing}
        </div>
        <div class="body">${this.view === 'table' ? this.#table.render(view) : this.#renderGraphics(view)}</div>
      </div>
      ${this.#menus.render(messages.t('common.moreActions'))} ${this.#rename.render()} ${this.#media.render()}
      ${this.#announcer.render()}`;
  }

  get #names(): KeyNames {
    return { messages: this.localize.messages, keymap: this.keymap };
  }

  #renderGraphics(view: TimelineView): TemplateResult {
    const { messages, direction } = view;
    const { overlay: shown } = this.#pointer;
    const end = frameToX(view.document.totalFrames, view.zoom) + this.#viewport.width / 2;
    return html`<div
        class="scroller"
        part="scroller"
        dir="ltr"
        tabindex="-1"
        ?data-rtl=${direction === 'rtl'}
        data-tool=${view.state.tool}
        @pointerdown=${this.#pointer.handleDown}
        @pointermove=${this.#pointer.handleHover}
        @pointerleave=${this.#pointer.handleLeave}
        @click=${this.#pointer.handleClick}
        @dblclick=${this.#pointer.handleDoubleClick}
        @contextmenu=${this.#pointer.handleContextMenu}
        @wheel=${this.#zoom.wheel}
        @touchmove=${this.#zoom.touchMove}
        @touchend=${this.#zoom.handleTouchEnd}
        @focusin=${this.#grid.handleFocusIn}
        @keydown=${this.#keyboard.handleKey}
      >
        <div
          class="content"
          style=${styleMap({ width: `calc(var(--header) + ${String(Math.max(this.#viewport.width, Math.ceil(end)))}px)` })}
        >
          <div class="top">
            <div class="corner"><span class="timecode position" aria-hidden="true"></span></div>
            ${ruler(
              view,
              {
                renameMarker: (marker, anchor) => {
                  this.#rename.marker(marker, anchor);
                },
              },
              this.#playhead.render(messages),
            )}
          </div>
          ${lanes(view, this.#headers, shown.trackDrop, shown.target)}
          ${
            view.state.readOnly
              ? nothing
              : html`<div class="add-row" dir=${direction}>
                  <button
                    class="button"
                    data-size="small"
                    data-variant="plain"
                    type="button"
                    aria-haspopup="menu"
                    @click=${(event: Event) => {
                      this.#menus.forNewTrack(event.currentTarget as HTMLElement);
                    }}
                  >
                    ${icon('add')}<span class="truncate">${messages.t('timeline.addTrack')}</span>
                  </button>
                </div>`
          }
          ${overlay(view, shown)}
        </div>
      </div>
      ${
        view.document.clips.size === 0
          ? emptyView(messages, { over: shown.over, readOnly: view.state.readOnly, add: this.#media.add })
          : nothing
      }`;
  }

  #view(): TimelineView | null {
    const project = this.activeProject;
    if (!project) return null;
    const state = project.editor.store.getState();
    const { document, selection } = state.state;
    if (this.#rows?.document !== document) this.#rows = { document, rows: layoutRows(document) };
    const { rows } = this.#rows;
    return {
      project,
      editor: project.editor,
      state,
      document,
      rows,
      zoom: state.zoom,
      window: this.#viewport.window,
      rowWindow: this.#viewport.rowWindow,
      messages: this.localize.messages,
      direction: this.localize.direction,
      selected: new Set<ClipId>(selection.clipIds),
      active: this.#grid.place(rows, document),
      dragged: this.#pointer.overlay.dragged,
      grabbedClipId: this.#grab.clipId,
      renamingTrackId: this.#headers.renamingId,
      width: this.#viewport.hostWidth,
      assetFailure: this.#art.failure,
    };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'studio-timeline': StudioTimelineElement;
  }
  interface HTMLElementEventMap {
    'lectern-clip-inspect': CustomEvent<ClipInspectDetail>;
  }
}
