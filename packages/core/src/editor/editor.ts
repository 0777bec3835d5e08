import type {
  ClipId,
  ClipboardContents,
  CommandArgs,
  CommandName,
  GestureArgs as WholeGestureArgs,
  GestureKind,
  History,
  TimelineDocument,
  TimelineState,
  Transaction,
  TransactionSpec,
} from '@lectern/timeline';
import type { StoreApi } from 'zustand/vanilla';
import type { PlainMessageKey } from '../messages/messages.js';

/** The document under edit and how it is looked at. */
export interface EditorState {
  /** The timeline with a running gesture's preview in it. */
  readonly state: TimelineState;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What undo would take back, as a label; null when there is nothing. */
  readonly undoLabel: PlainMessageKey | null;
  readonly redoLabel: PlainMessageKey | null;
  readonly gesture: 'none' | GestureKind;
  readonly readOnly: boolean;
  readonly playheadFrame: number;
  /** Pixels per frame. */
  readonly zoom: number;
  /** The frame at the left edge of the timeline's view; may be fractional. */
  readonly scrollFrame: number;
  /** Width of the timeline's view in CSS pixels; 0 until it has been told. */
  readonly viewWidth: number;
  readonly snapping: boolean;
  readonly tool: 'select' | 'razor';
  readonly clipboard: ClipboardContents | null;
  /** Playback speed that J, K and L ask for: 0 stands, negative goes backward. */
  readonly shuttleRate: number;
  /** Counts the transactions that changed the document. */
  readonly revision: number;
}

/** Commands whose `frame` is the playhead's when it is left out (`range.setOut`: the frame after it). */
export type PlayheadCommand =
  | 'clip.add'
  | 'clip.addText'
  | 'clip.addColour'
  | 'clip.trim'
  | 'clip.roll'
  | 'clip.split'
  | 'clip.splitAll'
  | 'clip.paste'
  | 'clip.closeGap'
  | 'marker.add'
  | 'range.setIn'
  | 'range.setOut';

type Optional<Args, Keys extends string> = Omit<Args, Keys> & Partial<Pick<Args, Extract<keyof Args, Keys>>>;

/** A command's arguments; the playhead's frame and the clipboard's contents are filled in when left out. */
export type EditorArgs<Name extends CommandName> = Name extends PlayheadCommand
  ? Optional<CommandArgs<Name>, 'frame' | 'contents'>
  : CommandArgs<Name>;

/** Nothing needs to be given where every argument has a default. */
export type EditorArgsList<Name extends CommandName> =
  Partial<EditorArgs<Name>> extends EditorArgs<Name> ? [args?: EditorArgs<Name>] : [args: EditorArgs<Name>];

/** What stays the same throughout a gesture: which clip, which edge. */
export type GestureArgs<Kind extends GestureKind> = Partial<WholeGestureArgs<Kind>>;
/** What a preview adds to that: where it is now. */
export type GesturePreview<Kind extends GestureKind> = Partial<WholeGestureArgs<Kind>>;

/** A drag under way. Each preview is made from where it began, so their number doesn't matter. */
export interface EditorGesture<Kind extends GestureKind = GestureKind> {
  readonly active: boolean;
  /** Shows it, with what `begin` was given and this. False where that does nothing: then the start is shown. */
  preview(args: GesturePreview<Kind>): boolean;
  /** Makes the last preview one step of the history; false when it changed nothing. */
  commit(): boolean;
  cancel(): void;
}

export interface Editor {
  readonly store: StoreApi<EditorState>;
  /** The document without a running gesture. */
  readonly document: TimelineDocument;
  /** What can be undone and redone. JSON, so that it can be kept. */
  readonly history: History;
  /** Runs a command; false when it doesn't apply here. A running gesture is cancelled first. */
  run<Name extends CommandName>(name: Name, ...args: EditorArgsList<Name>): boolean;
  /** Like `run`, and steps with the same key that follow each other closely become one step of the history. */
  runMerged<Name extends CommandName>(mergeKey: string, name: Name, ...args: EditorArgsList<Name>): boolean;
  /** Whether `run` would do something. */
  can<Name extends CommandName>(name: Name, ...args: EditorArgsList<Name>): boolean;
  /**
   * Several edits as one step of the history. `apply` makes the next one and returns the state to make the one after it
   * from; given null, it returns the state as it is.
   */
  transact(userEvent: string, steps: (apply: (spec: TransactionSpec | null) => TimelineState) => void): boolean;
  dispatch(spec: TransactionSpec, options?: { readonly mergeKey?: string }): Transaction;
  undo(): boolean;
  redo(): boolean;
  copy(): boolean;
  cut(): boolean;
  paste(): boolean;
  /** Begins a drag with the arguments that stay the same; null while read-only. Another one is cancelled. */
  begin<Kind extends GestureKind>(kind: Kind, args?: GestureArgs<Kind>): EditorGesture<Kind> | null;
  /** Cancels a running gesture; false when there is none. */
  cancelGesture(): boolean;
  select(clipIds: readonly ClipId[]): void;
  /** Moves the playhead, kept inside 0…totalFrames. */
  seek(frame: number): void;
  /** Keeps `anchorFrame` (the playhead when left out) where it is on the screen. */
  setZoom(pixelsPerFrame: number, anchorFrame?: number): void;
  zoomIn(): void;
  zoomOut(): void;
  zoomToFit(): void;
  setScrollFrame(frame: number): void;
  setViewWidth(pixels: number): void;
  setSnapping(snapping: boolean): void;
  setTool(tool: 'select' | 'razor'): void;
  setShuttleRate(rate: number): void;
  setReadOnly(readOnly: boolean): void;
  /** Replaces the document from outside (another tab, their version), and the history by one that belongs to it. */
  load(document: TimelineDocument, history?: History): void;
  /** Called after each transaction; not for previews. */
  subscribeTransactions(listener: (transaction: Transaction) => void): () => void;
  /** Called when the document to show changed: transactions, and previews of gestures. */
  subscribeDocument(listener: (document: TimelineDocument) => void): () => void;
}
