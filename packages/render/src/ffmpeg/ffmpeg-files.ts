/**
 * What `ffmpeg.worker.js` has beyond the worker of `@ffmpeg/ffmpeg`, which is loaded behind it: files of ours in ffmpeg's
 * file system. A source is read where it lies, in pieces, and what is written goes to disk as it comes; neither is ever
 * whole in memory.
 */
import { type WrittenBytes, openWrittenBytes } from './converted-bytes.js';
import type { FileCall, FileReport } from './ffmpeg-protocol.js';

interface Node {
  readonly id: number;
  readonly mode: number;
  node_ops: object;
  stream_ops: object;
}
interface Stream {
  readonly node: Node;
  position: number;
}
type SystemErrorConstructor = new (code: number) => Error;

/** What is used of Emscripten's file system. */
interface FileSystem {
  readonly ErrnoError: SystemErrorConstructor;
  createNode(parent: Node | null, name: string, mode: number, device: number): Node;
  mkdir(path: string): unknown;
  mount(type: object, options: object, path: string): unknown;
  unmount(path: string): void;
  rmdir(path: string): void;
}
interface Core {
  readonly FS: FileSystem;
}
type CreateCore = (options: object) => Promise<Core>;

interface Scope {
  createFFmpegCore?: CreateCore;
  addEventListener(type: 'message', listener: (event: MessageEvent<FileCall>) => void): void;
  postMessage(message: FileReport): void;
}
const scope = globalThis as unknown as Scope;

const folderMode = 0o040777;
const fileMode = 0o100777;
/** Codes of WASI, which Emscripten uses: no such file, not allowed, no room. */
const noSuchFile = 44;
const notPermitted = 63;
const noRoom = 51;

/** One file of ffmpeg's, of ours underneath. */
interface Bytes {
  size(): number;
  read(into: Uint8Array, position: number): number;
  write(data: Uint8Array, position: number): number;
  truncate(size: number): void;
}

/** Bytes read from disk at once: ffmpeg asks for 32 KB, and each question of a blob costs the same. */
const readAhead = 1024 * 1024;

class SourceBytes implements Bytes {
  readonly #blob: Blob;
  readonly #reader: { readAsArrayBuffer(blob: Blob): ArrayBuffer } = new (
    globalThis as unknown as { FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer } }
  ).FileReaderSync();
  #block = new Uint8Array(0);
  #blockStart = 0;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  size(): number {
    return this.#blob.size;
  }

  read(into: Uint8Array, position: number): number {
    if (position >= this.#blob.size) return 0;
    if (position < this.#blockStart || position >= this.#blockStart + this.#block.byteLength) {
      this.#block = new Uint8Array(this.#reader.readAsArrayBuffer(this.#blob.slice(position, position + readAhead)));
      this.#blockStart = position;
    }
    const offset = position - this.#blockStart;
    const found = this.#block.subarray(offset, offset + into.byteLength);
    into.set(found);
    return found.byteLength;
  }

  write(): number {
    return 0;
  }

  truncate(): void {
    // A source stays as it is.
  }
}

/** Frames of one size as one file. */
class FrameBytes implements Bytes {
  readonly #frames: readonly Uint8Array[];
  readonly #frameBytes: number;

  constructor(frames: readonly Uint8Array[]) {
    this.#frames = frames;
    this.#frameBytes = frames[0]?.byteLength ?? 1;
  }

  size(): number {
    return this.#frames.length * this.#frameBytes;
  }

  read(into: Uint8Array, position: number): number {
    const frame = this.#frames[Math.floor(position / this.#frameBytes)];
    if (!frame) return 0;
    const offset = position % this.#frameBytes;
    const found = frame.subarray(offset, offset + into.byteLength);
    into.set(found);
    return found.byteLength;
  }

  write(): number {
    return 0;
  }

  truncate(): void {
    // Frames stay as they are.
  }
}

function outputBytes(written: WrittenBytes): Bytes {
  return {
    size: () => written.size,
    read: (into, position) => written.read(into, position),
    write: (data, position) => written.write(data, position),
    truncate: (size) => {
      written.truncate(size);
    },
  };
}

/** A file system of one folder with one file. */
function folderOf(fs: FileSystem, name: string, bytes: Bytes): object {
  const refuse = (): never => {
    throw new fs.ErrnoError(notPermitted);
  };
  const nodeOps = {
    getattr: (node: Node) => {
      const size = node.mode === fileMode ? bytes.size() : 4096;
      const time = new Date(0);
      const owner = { dev: 1, ino: node.id, nlink: 1, uid: 0, gid: 0, rdev: 0 };
      return { ...owner, mode: node.mode, size, atime: time, mtime: time, ctime: time, blksize: 4096, blocks: 1 };
    },
    setattr: (_node: Node, { size }: { size?: number }) => {
      if (size !== undefined) bytes.truncate(size);
    },
    lookup: () => {
      throw new fs.ErrnoError(noSuchFile);
    },
    readdir: () => ['.', '..', name],
    mknod: refuse,
    rename: refuse,
    unlink: refuse,
    rmdir: refuse,
    symlink: refuse,
  };
  const streamOps = {
    read: (_stream: Stream, memory: Int8Array, offset: number, length: number, position: number) =>
      bytes.read(new Uint8Array(memory.buffer, memory.byteOffset + offset, length), position),
    write: (_stream: Stream, memory: Int8Array, offset: number, length: number, position: number) => {
      const written = bytes.write(new Uint8Array(memory.buffer, memory.byteOffset + offset, length), position);
      if (written === 0 && length > 0) throw new fs.ErrnoError(noRoom);
      return written;
    },
    llseek: (stream: Stream, offset: number, whence: number) =>
      whence === 1 ? stream.position + offset : whence === 2 ? bytes.size() + offset : offset,
  };
  return {
    mount: () => {
      const folder = fs.createNode(null, '/', folderMode, 0);
      const file = fs.createNode(folder, name, fileMode, 0);
      for (const node of [folder, file]) Object.assign(node, { node_ops: nodeOps, stream_ops: streamOps });
      return folder;
    },
  };
}

let core: Core | null = null;
let createCore: CreateCore | undefined;

// The library keeps the core to itself, but puts the function that makes it here.
Object.defineProperty(scope, 'createFFmpegCore', {
  configurable: true,
  set: (create: CreateCore | undefined) => {
    createCore = create;
  },
  get: () =>
    createCore &&
    (async (options: object): Promise<Core> => {
      const made = await (createCore as CreateCore)(options);
      core = made;
      return made;
    }),
});

const outputs = new Map<string, WrittenBytes>();

function mount(folder: string, name: string, bytes: Bytes): void {
  if (!core) throw new TypeError('the core is loaded first');
  core.FS.mkdir(folder);
  core.FS.mount(folderOf(core.FS, name, bytes), {}, folder);
}

function unmount(folder: string): void {
  core?.FS.unmount(folder);
  core?.FS.rmdir(folder);
}

async function obey({ data: call }: MessageEvent<FileCall>): Promise<FileReport['data']> {
  switch (call.type) {
    case 'LECTERN_SOURCE':
      mount(call.data.folder, call.data.name, new SourceBytes(call.data.blob));
      return null;
    case 'LECTERN_FRAMES':
      mount(call.data.folder, call.data.name, new FrameBytes(call.data.frames));
      return null;
    case 'LECTERN_OUTPUT': {
      const written = await openWrittenBytes(call.data.fileName);
      outputs.set(call.data.folder, written);
      mount(call.data.folder, call.data.name, outputBytes(written));
      return null;
    }
    case 'LECTERN_CLOSE': {
      const written = outputs.get(call.data.folder);
      unmount(call.data.folder);
      outputs.delete(call.data.folder);
      if (!written) return null;
      const { size, isFull } = written;
      return { size, isFull, blob: written.close() };
    }
  }
}

// Before the library's own handler, which answers to everything.
scope.addEventListener('message', (event) => {
  const { id, type } = event.data;
  if (!type.startsWith('LECTERN_')) return;
  event.stopImmediatePropagation();
  obey(event).then(
    (data) => {
      scope.postMessage({ id, type, data });
    },
    (error: unknown) => {
      const { errno } = error as { readonly errno?: number };
      scope.postMessage({ id, type: 'ERROR', data: errno === undefined ? String(error) : `error ${String(errno)}` });
    },
  );
});
