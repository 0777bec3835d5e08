/** Uploads: the reservation in the database, the unfinished upload in the store, and how the two become a blob. */
import type { ObjectStore, StoreError } from '../_shared/object-store.ts';
import type { StoredPart } from '../_shared/object-store.ts';
import type { ProjectApi } from '../_shared/project-api.ts';
import { Refusal } from '../_shared/refusal.ts';
import type { User } from './access-token.ts';
import { planParts, sizeOfPart } from './parts.ts';
import type { PartPlan } from './parts.ts';

export type SessionStatus = 'open' | 'done' | 'cancelled' | 'expired';

/** A row of `upload_sessions`. */
export interface Session {
  readonly id: string;
  readonly key: string;
  readonly object_name: string;
  readonly size_bytes: number;
  readonly mime_type: string;
  readonly status: SessionStatus;
  readonly multipart_id: string | null;
  readonly expires_at: string;
}

/** What is asked for before a byte is sent. */
export interface Reservation {
  readonly id: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  /** Columns of the asset that the bytes become. */
  readonly record: Readonly<Record<string, unknown>> | null;
}

const COLUMNS = 'id,key,object_name,size_bytes,mime_type,status,multipart_id,expires_at';
/** A list in an error is no longer than this. */
const MOST_NAMED = 100;

export const planOf = ({ size_bytes: sizeBytes }: Session): PartPlan => planParts(sizeBytes);

export class UploadSessions {
  readonly #project: ProjectApi;
  readonly #store: ObjectStore;
  readonly #now: () => number;

  constructor(project: ProjectApi, store: ObjectStore, now: () => number) {
    this.#project = project;
    this.#store = store;
    this.#now = now;
  }

  /** A session of the user's own. @throws Refusal `not-found`, also for somebody else's */
  async find(id: string, user: User): Promise<Session> {
    const query = { id: `eq.${id}`, owner_id: `eq.${user.id}`, store: 'eq.b2', select: COLUMNS };
    const [session] = await this.#project.rows<Session>('upload_sessions', query, user);
    if (session === undefined) throw new Refusal('not-found', 'There is no such upload', { details: { id } });
    const isOver = session.status === 'open' && Date.parse(session.expires_at) <= this.#now();
    return isOver ? { ...session, status: 'expired' } : session;
  }

  /** Reserves room as the user, and begins the upload in the store. The same again is the same upload. */
  async reserve({ id, key, sizeBytes, mimeType, record }: Reservation, user: User): Promise<Session> {
    await this.#project.call(
      'reserve_upload',
      { p_id: id, p_key: key, p_size_bytes: sizeBytes, p_mime_type: mimeType, p_store: 'b2', p_asset: record },
      user,
    );
    const session = await this.find(id, user);
    if (session.status === 'done') return session;
    refuseEnded(session);
    return this.#begun(session);
  }

  /** The session with an upload that has a name in the store. */
  async #begun(session: Session): Promise<Session> {
    if (session.multipart_id !== null || planOf(session).partCount === 0) return session;
    const { id, object_name: objectName, mime_type: mimeType } = session;
    const own = await this.#store.createUpload(objectName, mimeType || 'application/octet-stream');
    const args = { p_id: id, p_multipart_id: own };
    const noted = await this.#project.call<{ readonly multipart_id: string }>('note_multipart', args, 'service');
    // Somebody asked at the same time and was first: theirs is gone on with.
    if (noted.multipart_id !== own) await this.#store.abortUpload(objectName, own);
    return { ...session, multipart_id: noted.multipart_id };
  }

  /** Addresses to send parts to, each for its exact length. @param seconds how long they are good */
  async sign(session: Session, parts: readonly number[], seconds: number): Promise<readonly SignedPart[]> {
    refuseEnded(session);
    const plan = planOf(session);
    const { object_name: objectName, multipart_id: uploadId } = await this.#begun(session);
    return Promise.all(
      parts.map(async (part) => {
        const sizeBytes = sizeOfPart(plan, part);
        const query = { partNumber: String(part), uploadId: uploadId ?? '' };
        const url = await this.#store.addressOf({ method: 'PUT', objectName, query }, seconds, sizeBytes);
        return { part, url, sizeBytes };
      }),
    );
  }

  /** What the store has, and what became of the upload. */
  async look(session: Session): Promise<{ readonly session: Session; readonly parts: readonly StoredPart[] }> {
    if (session.status !== 'open' || planOf(session).partCount === 0) return { session, parts: [] };
    const { object_name: objectName, multipart_id: uploadId } = session;
    const parts = uploadId === null ? null : await this.#store.parts(objectName, uploadId);
    if (parts !== null) return { session, parts };
    // The store has given it up, or it was finished and nobody was told.
    if (await this.#isStored(session)) return { session: await this.#record(session), parts: [] };
    return { session: await this.#beginAgain(session), parts: [] };
  }

  /** Puts a new upload in the place of one that the store doesn't know any more. */
  async #beginAgain(session: Session): Promise<Session> {
    const { id, multipart_id: gone } = session;
    if (gone !== null) {
      // Only in the place of that one: another request may have done it already.
      const query = { id: `eq.${id}`, status: 'eq.open', multipart_id: `eq.${gone}`, select: 'id' };
      await this.#project.change('upload_sessions', query, { multipart_id: null }, 'service');
    }
    return this.#begun({ ...session, multipart_id: null });
  }

  async #isStored({ object_name: objectName, size_bytes: sizeBytes }: Session): Promise<boolean> {
    return (await this.#store.sizeOf(objectName)) === sizeBytes;
  }

  /** All bytes are there, as the store says: blob and asset are made in one transaction. Twice is once. */
  async #record(session: Session): Promise<Session> {
    const { id, size_bytes: sizeBytes } = session;
    await this.#project.call('complete_upload', { p_id: id, p_size_bytes: sizeBytes }, 'service');
    return { ...session, status: 'done' };
  }

  /**
   * Makes an object of the parts that the store itself lists.
   *
   * @throws Refusal `conflict` for parts that are missing or have another size, `server` and `timeout` when it isn't known
   */
  async complete(session: Session): Promise<Session> {
    if (session.status === 'done') return session;
    refuseEnded(session);
    const plan = planOf(session);
    const { object_name: objectName, multipart_id: uploadId } = session;
    if (plan.partCount === 0) {
      if (!(await this.#isStored(session)))
        await this.#store.putEmpty(objectName, session.mime_type || 'application/octet-stream');
      return this.#record(session);
    }
    const parts = uploadId === null ? null : await this.#store.parts(objectName, uploadId);
    if (parts === null) {
      if (await this.#isStored(session)) return this.#record(session);
      throw missing(Array.from({ length: plan.partCount }, (_, index) => index + 1));
    }
    refuseOtherParts(plan, parts);
    try {
      await this.#store.completeUpload(objectName, uploadId ?? '', parts);
    } catch (error) {
      if (!(await this.#mayBeStored(session))) throw error;
    }
    return this.#record(session);
  }

  /** After a completion that failed, or whose answer was lost. */
  async #mayBeStored(session: Session): Promise<boolean> {
    try {
      return await this.#isStored(session);
    } catch {
      // What went wrong first says more.
      return false;
    }
  }

  /** Gives up what is open: the reservation first, so that nobody finishes what is being taken away. */
  async cancel(session: Session, user: User): Promise<SessionStatus> {
    const { id, object_name: objectName, multipart_id: uploadId } = session;
    const { status } = await this.#project.call<{ readonly status: SessionStatus }>(
      'cancel_upload',
      { p_id: id },
      user,
    );
    // If this fails, the clean-up finds it: its reservation is gone.
    if (status !== 'done' && uploadId !== null) await this.#store.abortUpload(objectName, uploadId);
    return status;
  }
}

export interface SignedPart {
  readonly part: number;
  readonly url: string;
  readonly sizeBytes: number;
}

function refuseEnded({ id, status }: Session): void {
  if (status === 'open') return;
  throw new Refusal('conflict', 'This upload has ended', { details: { id, status } });
}

function missing(parts: readonly number[]): Refusal {
  const named = parts.slice(0, MOST_NAMED).map(String);
  return new Refusal('conflict', 'Parts are missing, or have another size', { details: { parts: named } });
}

/** @throws Refusal `conflict` for anything but the parts 1 … n, each of its size */
function refuseOtherParts(plan: PartPlan, parts: readonly StoredPart[]): void {
  const sizes = new Map(parts.map(({ part, sizeBytes }) => [part, sizeBytes]));
  const wrong: number[] = [];
  for (let part = 1; part <= plan.partCount; part += 1) {
    if (sizes.get(part) !== sizeOfPart(plan, part)) wrong.push(part);
  }
  if (wrong.length > 0) throw missing(wrong);
  if (parts.length > plan.partCount) {
    throw new Refusal('server', 'The store has parts that nobody asked for', { status: 500 });
  }
}

/** What the store said no with, for whoever asked. */
export function refusalOfStore(error: StoreError): Refusal {
  const later = error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter };
  const isPassing = error.status >= 500 || error.status === 429 || error.status === 408 || error.status === 200;
  const status = isPassing ? {} : { status: 500 };
  return new Refusal('server', 'The store of the bytes refused', { cause: error, ...later, ...status });
}
