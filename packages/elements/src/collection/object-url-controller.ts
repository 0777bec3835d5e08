import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { toLecternError, type LecternError } from '@lectern/ports';

/** One object URL at a time for media that has to play from a blob; it is revoked as soon as it isn't shown any more. */
export class ObjectUrlController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #key: string | null = null;
  #url: string | null = null;
  #error: LecternError | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** Null until it is there. */
  get url(): string | null {
    return this.#url;
  }

  get error(): LecternError | null {
    return this.#error;
  }

  /** Shows what `load` gives from now on; the same key again changes nothing, null lets go. */
  show(key: string | null, load: () => Promise<Blob>): void {
    if (key === this.#key) return;
    this.#letGo();
    this.#key = key;
    if (key === null) return;
    load().then(
      (blob) => {
        if (this.#key !== key) return;
        this.#url = URL.createObjectURL(blob);
        this.#host.requestUpdate();
      },
      (error: unknown) => {
        if (this.#key !== key) return;
        this.#error = toLecternError(error);
        this.#host.requestUpdate();
      },
    );
  }

  /** Says that what was loaded can't be played. */
  fail(error: LecternError): void {
    this.#error = error;
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#letGo();
  }

  #letGo(): void {
    if (this.#url !== null) URL.revokeObjectURL(this.#url);
    this.#key = null;
    this.#url = null;
    this.#error = null;
  }
}

/** Saves a file through the browser's own download, as an attachment. */
export function saveFile(file: Blob, fileName: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has taken hold of the bytes by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 30_000);
}
