/** What an exporting page tells of itself as it goes. */
export type ExportFact =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly phase: string; readonly frame: number; readonly totalFrames: number }
  | { readonly type: 'problem'; readonly error: string };

/** What is in a file that came out: to be compared with that of another one. */
export interface ExportContent {
  /** Of each frame the number of its source and of the picture in it; null where none can be read. */
  readonly frames: readonly (readonly [source: number, frame: number] | null)[];
  /** Loudness of each piece of 100 ms of the left channel, linear. */
  readonly loudness: readonly number[];
}

export interface ExportEnd {
  readonly content: ExportContent;
  readonly copied: number;
  readonly reused: number;
  readonly encoded: number;
}

/** An export that the engine says is unfinished. */
export interface UnfinishedFact {
  readonly id: string;
  readonly context: unknown;
  readonly frame: number;
  readonly totalFrames: number;
}
