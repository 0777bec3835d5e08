/**
 * What is said between the page and `ffmpeg.worker.js`. The library's own messages are those of `@ffmpeg/ffmpeg`; ours
 * begin with `LECTERN_`.
 */
export interface LibraryCalls {
  readonly LOAD: { readonly input: { readonly coreURL: string; readonly wasmURL: string }; readonly output: boolean };
  /** Ends with the exit code; 1 when it took longer than `timeout` milliseconds. */
  readonly EXEC: {
    readonly input: { readonly args: readonly string[]; readonly timeout?: number };
    readonly output: number;
  };
  readonly FFPROBE: { readonly input: { readonly args: readonly string[] }; readonly output: number };
  readonly READ_FILE: { readonly input: { readonly path: string }; readonly output: Uint8Array<ArrayBuffer> };
  readonly WRITE_FILE: {
    readonly input: { readonly path: string; readonly data: Uint8Array<ArrayBuffer> };
    readonly output: boolean;
  };
  readonly DELETE_FILE: { readonly input: { readonly path: string }; readonly output: boolean };
}

/** What was written. */
export interface Written {
  readonly size: number;
  /** It ended because there was no more room. */
  readonly isFull: boolean;
  /** The bytes when they aren't in a file of the private file system. */
  readonly blob: Blob | null;
}

export interface FileCalls {
  /** Puts a file at `folder/name`, to be read. */
  readonly LECTERN_SOURCE: {
    readonly input: { readonly folder: string; readonly name: string; readonly blob: Blob };
    readonly output: null;
  };
  /** Puts raw frames of one size at `folder/name`, one behind the other. */
  readonly LECTERN_FRAMES: {
    readonly input: {
      readonly folder: string;
      readonly name: string;
      readonly frames: readonly Uint8Array<ArrayBuffer>[];
    };
    readonly output: null;
  };
  /** Lets `folder/name` be written into a file of that name on disk; into memory for null. */
  readonly LECTERN_OUTPUT: {
    readonly input: { readonly folder: string; readonly name: string; readonly fileName: string | null };
    readonly output: null;
  };
  /** Takes a folder away. What was written, for an output. */
  readonly LECTERN_CLOSE: { readonly input: { readonly folder: string }; readonly output: Written | null };
}

export type Calls = LibraryCalls & FileCalls;

export type FileCall = {
  [Type in keyof FileCalls]: { readonly id: number; readonly type: Type; readonly data: FileCalls[Type]['input'] };
}[keyof FileCalls];

export interface FileReport {
  readonly id: number;
  readonly type: keyof FileCalls | 'ERROR';
  readonly data: Written | string | null;
}

export type FromFfmpeg =
  | { readonly type: 'LOG'; readonly data: { readonly message: string } }
  /** `time`: of what was written last, in microseconds. */
  | { readonly type: 'PROGRESS'; readonly data: { readonly progress: number; readonly time: number } }
  | { readonly type: 'ERROR'; readonly id: number; readonly data: string }
  | { readonly type: keyof Calls; readonly id: number; readonly data: unknown };
