import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface FileDropOptions {
  /** Whether files are taken now. */
  readonly enabled: () => boolean;
  readonly files: (files: readonly File[]) => void;
}

/** Takes files that are dropped anywhere on the host, folders with what is in them. */
export class FileDropController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: FileDropOptions;
  #depth = 0;

  constructor(host: ReactiveControllerHost & HTMLElement, options: FileDropOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** True while files are held over the host. */
  get active(): boolean {
    return this.#depth > 0;
  }

  hostConnected(): void {
    this.#host.addEventListener('dragenter', this.#onEnter);
    this.#host.addEventListener('dragover', this.#onOver);
    this.#host.addEventListener('dragleave', this.#onLeave);
    this.#host.addEventListener('drop', this.#onDrop);
  }

  hostDisconnected(): void {
    this.#depth = 0;
    this.#host.removeEventListener('dragenter', this.#onEnter);
    this.#host.removeEventListener('dragover', this.#onOver);
    this.#host.removeEventListener('dragleave', this.#onLeave);
    this.#host.removeEventListener('drop', this.#onDrop);
  }

  #takes(event: DragEvent): boolean {
    return !event.defaultPrevented && this.#options.enabled() && (event.dataTransfer?.types.includes('Files') ?? false);
  }

  readonly #onEnter = (event: DragEvent): void => {
    if (!this.#takes(event)) return;
    event.preventDefault();
    this.#depth += 1;
    if (this.#depth === 1) this.#host.requestUpdate();
  };

  readonly #onOver = (event: DragEvent): void => {
    if (!this.#takes(event) || !event.dataTransfer) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  };

  readonly #onLeave = (event: DragEvent): void => {
    if (this.#depth === 0) return;
    // Leaving the host altogether counts once and for all: enter and leave of what is inside don't always pair.
    const inside = event.relatedTarget instanceof Node && this.#host.contains(event.relatedTarget);
    this.#depth =
      inside || event.relatedTarget === this.#host ? Math.max(1, this.#depth - 1) : Math.max(0, this.#depth - 1);
    if (this.#depth === 0) this.#host.requestUpdate();
  };

  readonly #onDrop = (event: DragEvent): void => {
    this.#depth = 0;
    this.#host.requestUpdate();
    if (!this.#takes(event) || !event.dataTransfer) return;
    event.preventDefault();
    void filesOf(event.dataTransfer).then((files) => {
      if (files.length > 0) this.#options.files(files);
    });
  };
}

/** Whether a file passes the `accept` of a file input: media types, `video/*` and `.ext`, separated by commas. */
export function isAccepted(file: File, accept: string | null): boolean {
  const patterns = (accept ?? '')
    .split(',')
    .map((pattern) => pattern.trim().toLowerCase())
    .filter((pattern) => pattern !== '');
  if (patterns.length === 0) return true;
  const name = file.name.toLowerCase();
  const type = file.type.toLowerCase();
  return patterns.some((pattern) => {
    if (pattern.startsWith('.')) return name.endsWith(pattern);
    if (pattern.endsWith('/*')) return type.startsWith(pattern.slice(0, -1));
    return type === pattern;
  });
}

/** The files of a drop, those in folders too. The entries have to be taken before anything is awaited. */
async function filesOf(transfer: DataTransfer): Promise<readonly File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return [...transfer.files];
  const found = await Promise.all(entries.map((entry) => (entry ? filesBelow(entry) : Promise.resolve([]))));
  return found.flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<readonly File[]> {
  if (entry.isFile) {
    return new Promise((resolve) => {
      (entry as FileSystemFileEntry).file(
        (file) => {
          // What a system puts into folders for itself.
          resolve(file.name.startsWith('.') ? [] : [file]);
        },
        () => {
          resolve([]);
        },
      );
    });
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<readonly FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => {
        resolve([]);
      });
    });
    if (batch.length === 0) break;
    all.push(...batch);
  }
  return (await Promise.all(all.map(filesBelow))).flat();
}
