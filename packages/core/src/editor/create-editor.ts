import {
  beginGesture,
  copyClips,
  createState,
  emptyChange,
  emptyHistory,
  isEmptyChange,
  pushHistory,
  redo,
  runCommand,
  squashChanges,
  undo,
  type Change,
  type CommandArgs,
  type CommandName,
  type GestureArgs as WholeGestureArgs,
  type GestureKind,
  type History,
  type HistoryStep,
  type NewId,
  type Selection,
  type TimelineDocument,
  type TimelineState,
  type Transaction,
  type TransactionSpec,
} from '@lectern/timeline';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Editor, EditorArgs, EditorArgsList, EditorGesture, EditorState, GestureArgs } from './editor.js';
import { historyLabel } from './history-label.js';

export interface EditorOptions {
  readonly document: TimelineDocument;
  /** What can be undone and redone in it from before. */
  readonly history?: History;
  readonly newId: NewId;
  /** Milliseconds, for steps that are merged when they follow each other closely. */
  readonly clock?: () => number;
  readonly readOnly?: boolean;
  /** Checks the document's invariants after every transaction; for development and tests. */
  readonly checked?: boolean;
}

/** Steps with the same key that follow within this time are one step of the history. */
const mergeMs = 1000;
const defaultZoom = 4;
const minZoom = 0.002;
const maxZoom = 64;
const zoomStep = 1.5;

const playheadCommands: ReadonlySet<CommandName> = new Set<CommandName>([
  'clip.add',
  'clip.addText',
  'clip.addColour',
  'clip.trim',
  'clip.roll',
  'clip.split',
  'clip.splitAll',
  'clip.paste',
  'clip.closeGap',
  'marker.add',
  'range.setIn',
  'range.setOut',
]);

const monotonic = (): number => performance.now();

export function createEditor(options: EditorOptions): Editor {
  return new TimelineEditor(options);
}

class TimelineEditor implements Editor {
  readonly store: StoreApi<EditorState>;
  readonly #options: EditorOptions;
  readonly #transactionListeners: Set<(transaction: Transaction) => void> = new Set();
  readonly #documentListeners: Set<(document: TimelineDocument) => void> = new Set();
  /** What is committed; the store's has a running gesture's preview in it. */
  #state: TimelineState;
  #history: History;
  #gesture: RunningGesture | null = null;
  #lastMerge: { readonly key: string; readonly at: number } | null = null;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#state = this.#stateOf(options.document);
    this.#history = options.history ?? emptyHistory;
    this.store = createStore<EditorState>(() => ({
      state: this.#state,
      ...this.#historyState(),
      gesture: 'none',
      readOnly: options.readOnly ?? false,
      playheadFrame: 0,
      zoom: defaultZoom,
      scrollFrame: 0,
      viewWidth: 0,
      snapping: true,
      tool: 'select',
      clipboard: null,
      shuttleRate: 0,
      revision: 0,
    }));
  }

  get document(): TimelineDocument {
    return this.#state.document;
  }

  get history(): History {
    return this.#history;
  }

  run<Name extends CommandName>(name: Name, ...[args]: EditorArgsList<Name>): boolean {
    this.cancelGesture();
    return this.#perform(this.#spec(name, args), undefined);
  }

  runMerged<Name extends CommandName>(mergeKey: string, name: Name, ...[args]: EditorArgsList<Name>): boolean {
    this.cancelGesture();
    const at = (this.#options.clock ?? monotonic)();
    const follows = this.#lastMerge?.key === mergeKey && at - this.#lastMerge.at <= mergeMs;
    // A key of its own for each run of steps: the history merges equal keys however long ago they were.
    const key = follows ? mergeKey : `${mergeKey}@${String(at)}`;
    const done = this.#perform(this.#spec(name, args), follows ? (this.#history.done.at(-1)?.mergeKey ?? key) : key);
    if (done) this.#lastMerge = { key: mergeKey, at };
    return done;
  }

  can<Name extends CommandName>(name: Name, ...[args]: EditorArgsList<Name>): boolean {
    const spec = this.#spec(name, args);
    return spec !== null && this.#allowed(spec);
  }

  transact(userEvent: string, steps: (apply: (spec: TransactionSpec | null) => TimelineState) => void): boolean {
    this.cancelGesture();
    let state = this.#state;
    let change: Change = emptyChange;
    steps((spec) => {
      if (spec === null) return state;
      const transaction = state.update(spec);
      change = squashChanges(change, transaction.change);
      ({ state } = transaction);
      return state;
    });
    const { selection } = state;
    return isEmptyChange(change) ? false : this.#perform({ change, selection, userEvent }, undefined);
  }

  dispatch(spec: TransactionSpec, options: { readonly mergeKey?: string } = {}): Transaction {
    this.cancelGesture();
    return this.#commit(this.#state.update(spec), options.mergeKey);
  }

  undo(): boolean {
    // Undo in the middle of a drag takes the drag back.
    return this.cancelGesture() || this.#travel(undo(this.#history, this.#state));
  }

  redo(): boolean {
    return !this.cancelGesture() && this.#travel(redo(this.#history, this.#state));
  }

  copy(): boolean {
    const clipboard = copyClips(this.#state);
    if (clipboard === null) return false;
    this.store.setState({ clipboard });
    return true;
  }

  cut(): boolean {
    const contents = copyClips(this.#state);
    if (contents === null || !this.run('clip.cut', {})) return false;
    this.store.setState({ clipboard: contents });
    return true;
  }

  paste(): boolean {
    return this.run('clip.paste');
  }

  begin<Kind extends GestureKind>(kind: Kind, args: GestureArgs<Kind> = {}): EditorGesture<Kind> | null {
    this.cancelGesture();
    if (this.store.getState().readOnly) return null;
    const gesture = beginGesture(this.#state, kind, { newId: this.#options.newId });
    const running = new RunningGesture(
      (state) => {
        this.#show(state);
      },
      () => {
        this.#gesture = null;
        this.store.setState({ gesture: 'none' });
      },
      () => gesture.cancel(),
      () => {
        const spec = gesture.commit();
        // The preview goes before the edit comes, so that listeners see one change.
        this.store.setState({ state: this.#state });
        return this.#perform(spec, undefined);
      },
    );
    this.#gesture = running;
    this.store.setState({ gesture: kind });
    return {
      get active() {
        return running.active;
      },
      preview: (more) => {
        if (!running.active) return false;
        const preview = gesture.preview({ ...args, ...more } as WholeGestureArgs<Kind>);
        running.show(preview);
        return preview !== gesture.startState;
      },
      commit: () => running.commit(),
      cancel: () => {
        running.cancel();
      },
    };
  }

  cancelGesture(): boolean {
    if (this.#gesture === null) return false;
    this.#gesture.cancel();
    return true;
  }

  select(clipIds: EditorState['state']['selection']['clipIds']): void {
    this.run('selection.set', { clipIds });
  }

  seek(frame: number): void {
    const last = this.#state.document.totalFrames;
    const playheadFrame = Math.max(0, Math.min(Math.round(frame), last));
    if (playheadFrame !== this.store.getState().playheadFrame) this.store.setState({ playheadFrame });
  }

  setZoom(pixelsPerFrame: number, anchorFrame: number = this.store.getState().playheadFrame): void {
    const { zoom: before, scrollFrame } = this.store.getState();
    const zoom = Math.max(minZoom, Math.min(maxZoom, pixelsPerFrame));
    if (zoom === before) return;
    const anchorPixels = (anchorFrame - scrollFrame) * before;
    this.store.setState({ zoom, scrollFrame: Math.max(0, anchorFrame - anchorPixels / zoom) });
  }

  zoomIn(): void {
    this.setZoom(this.store.getState().zoom * zoomStep);
  }

  zoomOut(): void {
    this.setZoom(this.store.getState().zoom / zoomStep);
  }

  zoomToFit(): void {
    const { viewWidth } = this.store.getState();
    const { totalFrames } = this.#state.document;
    if (viewWidth <= 0 || totalFrames <= 0) return;
    // A little room behind the last clip, so that its end can be seen and grabbed.
    const zoom = Math.max(minZoom, Math.min(maxZoom, (viewWidth * 0.96) / totalFrames));
    this.store.setState({ zoom, scrollFrame: 0 });
  }

  setScrollFrame(frame: number): void {
    const scrollFrame = Math.max(0, frame);
    if (scrollFrame !== this.store.getState().scrollFrame) this.store.setState({ scrollFrame });
  }

  setViewWidth(pixels: number): void {
    if (pixels !== this.store.getState().viewWidth) this.store.setState({ viewWidth: pixels });
  }

  setSnapping(snapping: boolean): void {
    this.store.setState({ snapping });
  }

  setTool(tool: 'select' | 'razor'): void {
    this.store.setState({ tool });
  }

  setShuttleRate(shuttleRate: number): void {
    if (shuttleRate !== this.store.getState().shuttleRate) this.store.setState({ shuttleRate });
  }

  setReadOnly(readOnly: boolean): void {
    if (readOnly === this.store.getState().readOnly) return;
    if (readOnly) this.cancelGesture();
    this.store.setState({ readOnly });
  }

  load(document: TimelineDocument, history: History = emptyHistory): void {
    this.cancelGesture();
    this.#history = history;
    this.#lastMerge = null;
    this.#state = this.#stateOf(document, this.#state.selection);
    const { playheadFrame, revision } = this.store.getState();
    this.store.setState({
      state: this.#state,
      ...this.#historyState(),
      playheadFrame: Math.min(playheadFrame, document.totalFrames),
      revision: revision + 1,
    });
    this.#tellDocument(document);
  }

  subscribeTransactions(listener: (transaction: Transaction) => void): () => void {
    this.#transactionListeners.add(listener);
    return () => this.#transactionListeners.delete(listener);
  }

  subscribeDocument(listener: (document: TimelineDocument) => void): () => void {
    this.#documentListeners.add(listener);
    return () => this.#documentListeners.delete(listener);
  }

  #stateOf(document: TimelineDocument, selection?: Selection): TimelineState {
    return createState({
      document,
      checked: this.#options.checked ?? false,
      ...(selection === undefined ? {} : { selection }),
    });
  }

  #spec<Name extends CommandName>(name: Name, args: EditorArgs<Name> | undefined): TransactionSpec | null {
    const given = (args ?? {}) as Partial<Record<string, unknown>>;
    const filled: Partial<Record<string, unknown>> = { ...given };
    if (name === 'clip.paste' && given['contents'] === undefined) {
      const { clipboard } = this.store.getState();
      if (clipboard === null) return null;
      filled['contents'] = clipboard;
    }
    const appended = name === 'clip.add' && given['mode'] === 'append';
    if (playheadCommands.has(name) && given['frame'] === undefined && !appended) {
      const { playheadFrame } = this.store.getState();
      filled['frame'] = name === 'range.setOut' ? playheadFrame + 1 : playheadFrame;
    }
    return runCommand(this.#state, name, filled as unknown as CommandArgs<Name>, { newId: this.#options.newId });
  }

  #allowed(spec: TransactionSpec): boolean {
    if (!this.store.getState().readOnly) return true;
    return spec.put === undefined && spec.remove === undefined && spec.change === undefined;
  }

  #perform(spec: TransactionSpec | null, mergeKey: string | undefined): boolean {
    if (spec === null || !this.#allowed(spec)) return false;
    this.#commit(this.#state.update(spec), mergeKey);
    return true;
  }

  #commit(transaction: Transaction, mergeKey: string | undefined): Transaction {
    this.#history = pushHistory(this.#history, transaction, mergeKey === undefined ? {} : { mergeKey });
    this.#advance(transaction);
    return transaction;
  }

  #travel(to: HistoryStep | null): boolean {
    if (to === null || !this.#allowed(to.spec)) return false;
    this.#lastMerge = null;
    this.#history = to.history;
    this.#advance(this.#state.update(to.spec));
    return true;
  }

  #advance(transaction: Transaction): void {
    this.#state = transaction.state;
    const changed = !isEmptyChange(transaction.change);
    const { playheadFrame, revision } = this.store.getState();
    const { document } = this.#state;
    this.store.setState({
      state: this.#state,
      ...this.#historyState(),
      ...(changed ? { revision: revision + 1, playheadFrame: Math.min(playheadFrame, document.totalFrames) } : {}),
    });
    for (const listener of [...this.#transactionListeners]) listener(transaction);
    if (changed) this.#tellDocument(document);
  }

  #historyState(): Pick<EditorState, 'canUndo' | 'canRedo' | 'undoLabel' | 'redoLabel'> {
    const { done, undone } = this.#history;
    return {
      canUndo: done.length > 0,
      canRedo: undone.length > 0,
      undoLabel: historyLabel(done.at(-1)?.userEvent),
      redoLabel: historyLabel(undone.at(-1)?.userEvent),
    };
  }

  #show(state: TimelineState): void {
    const before = this.store.getState().state;
    if (state === before) return;
    this.store.setState({ state });
    if (state.document !== before.document) this.#tellDocument(state.document);
  }

  #tellDocument(document: TimelineDocument): void {
    for (const listener of [...this.#documentListeners]) listener(document);
  }
}

/** One drag: ends once, by committing or by being cancelled, whoever is first. */
class RunningGesture {
  active = true;
  readonly show: (state: TimelineState) => void;
  readonly #ended: () => void;
  readonly #cancel: () => TimelineState;
  readonly #commit: () => boolean;

  constructor(
    show: (state: TimelineState) => void,
    ended: () => void,
    cancel: () => TimelineState,
    commit: () => boolean,
  ) {
    this.show = show;
    this.#ended = ended;
    this.#cancel = cancel;
    this.#commit = commit;
  }

  commit(): boolean {
    if (!this.active) return false;
    this.active = false;
    this.#ended();
    return this.#commit();
  }

  cancel(): void {
    if (!this.active) return;
    this.active = false;
    this.#ended();
    this.show(this.#cancel());
  }
}
