import { LecternError, serialiseError, toLecternError, type SaveKind, type SaveRequest } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import type { DriverContext, SavedDocument } from './driver-context.js';
import type { Effect, PreparedSave } from './machine/machine.js';
import { saveRequestOf, smallSaveRequestOf, type SaveFacts } from './save-request.js';

const sendTimeoutMs = 15_000;
/** Browsers let requests of 64 KiB in all outlive their page; the rest is for the envelope. */
const keepaliveBytes = 60_000;

interface Payload {
  readonly request: SaveRequest;
  readonly document: TimelineDocument;
}

/** Carries saves to the back end, as the machine says. */
export class RemoteSaver {
  readonly #context: DriverContext;
  readonly #payloads: Map<string, Payload> = new Map();
  /** Ends the waiting for an answer. */
  readonly #controller: AbortController = new AbortController();

  constructor(context: DriverContext) {
    this.#context = context;
  }

  dispose(): void {
    this.#controller.abort();
  }

  /** What a save sent; null for one that this page doesn't know. */
  requestOf(saveId: string | null): SaveRequest | null {
    return saveId === null ? null : (this.#payloads.get(saveId)?.request ?? null);
  }

  /** The document of a save that was acknowledged, with its revision. What it was sent with is forgotten. */
  takeSaved(saveId: string | null, rev: number): SavedDocument | null {
    const payload = saveId === null ? undefined : this.#payloads.get(saveId);
    this.#payloads.clear();
    return payload === undefined ? null : { rev, document: payload.document };
  }

  async prepare(kind: SaveKind, urgent: boolean): Promise<void> {
    const { editor, machine, take } = this.#context;
    const { save } = machine.remote;
    try {
      if (editor === null || save === null) throw new LecternError('aborted');
      const { document } = editor;
      const { seq } = machine.local;
      const facts = this.#facts(kind, save.baseRev);
      const small = urgent ? smallSaveRequestOf(document, facts, keepaliveBytes) : null;
      const request = small ?? (await saveRequestOf(document, facts));
      const { saveId, hash } = request;
      this.#payloads.set(saveId, { request, document });
      take({ type: 'prepared', saveId, seqTo: seq, hash, keepalive: small !== null });
      if (this.#context.machine.remote.save?.saveId !== saveId) this.#payloads.delete(saveId);
    } catch (error) {
      take({ type: 'prepare-failed', error: serialiseError(error) });
    }
  }

  /** Keeps what is here as a revision beside the head, where a save from `baseRev` runs into it. @throws LecternError */
  async keepAside(document: TimelineDocument, baseRev: number): Promise<void> {
    const { projects, userId } = this.#context.options;
    const request = await saveRequestOf(document, this.#facts('conflict', baseRev));
    await projects.save(request, { asUserId: userId });
  }

  async send({ save, keepalive }: Extract<Effect, { readonly type: 'send' }>): Promise<void> {
    const { options, take } = this.#context;
    const { userId, projects, identity, clock } = options;
    const payload = this.#payloads.get(save.saveId);
    const timeout = new AbortController();
    const stopTimer = clock.after(sendTimeoutMs, () => {
      timeout.abort();
    });
    const { signal } = timeout;
    this.#controller.signal.addEventListener(
      'abort',
      () => {
        timeout.abort();
      },
      { signal },
    );
    const late = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new LecternError('timeout'));
      });
    });
    late.catch(() => undefined);
    try {
      if (payload === undefined) throw new LecternError('aborted');
      const outlives = keepalive && isSmall(payload.request);
      // One user's work never goes with another's token: the port is told, and asked first where there is time.
      const saving = outlives
        ? projects.save(payload.request, { asUserId: userId, keepalive: true })
        : identity.current({ signal }).then((current) => {
            if (current.userId !== userId) throw new LecternError('unauthenticated');
            return projects.save(payload.request, { signal, asUserId: userId });
          });
      const answer = await Promise.race([saving, late]);
      take({ type: 'answered', saveId: save.saveId, answer });
    } catch (error) {
      const isLate = signal.aborted && !this.#context.closed;
      const failure = isLate ? new LecternError('timeout', { cause: error }) : toLecternError(error);
      const random = clock.random();
      take({ type: 'send-failed', saveId: save.saveId, error: serialiseError(failure), random });
    } finally {
      stopTimer();
      timeout.abort();
      this.#forgetEnded(save);
    }
  }

  #facts(kind: SaveKind, baseRev: number): SaveFacts {
    const { newId, projectId, title } = this.#context.options;
    return { projectId, baseRev, saveId: newId(), kind, ...(baseRev === 0 ? title() : {}) };
  }

  #forgetEnded({ saveId }: PreparedSave): void {
    if (this.#context.machine.remote.save?.saveId !== saveId) this.#payloads.delete(saveId);
  }
}

function isSmall(request: SaveRequest): boolean {
  return new TextEncoder().encode(JSON.stringify(request)).length <= keepaliveBytes;
}
