import {
  isLecternError,
  type LecternErrorCode,
  type SaveAnswer,
  type SaveOptions,
  type SaveRequest,
} from '@lectern/ports';
import type { Change, TimelineDocument } from '@lectern/timeline';
import { autosaveStatement } from '../autosave-sentence.js';
import { isUnsaved } from '../journal-image.js';
import type { JournalEntry, JournalImage, JournalSnapshot } from '../journal.js';
import type { AutosaveEvent, AutosaveMachine, Effect } from '../machine/machine.js';
import { printDocument } from '../stored-document.js';
import type { Committed, DeviceJournal } from './device-journal.js';
import { editsIn, editsOf, editsOfChange } from './edits.js';
import type { NetworkObserver } from './network.js';
import type { Server, StoredRevision } from './server.js';
import { projectId, type Tab, type TabObserver } from './tab.js';
import type { Host, World } from './world.js';

/** The bound at which a journal is folded, and what may be made while that is under way. */
const mostEntries = 200 + 60;
const mostOutboxRows = 6;

/** Errors after which a save has surely ended. */
const finalErrors: ReadonlySet<LecternErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'not-found',
  'invalid-input',
  'quota-exceeded',
]);

/** The rules of the save protocol, checked while things happen. */
export class Invariants implements NetworkObserver, TabObserver {
  readonly #world: World;
  readonly #server: Server;
  readonly #journals: DeviceJournal[] = [];
  /** Edits whose `durable` resolved, and which of them no kept revision has. */
  readonly #promised: Set<number> = new Set();
  readonly #atRisk: Set<number> = new Set();
  /** Edits that a person took back or chose against. */
  readonly #waived: Set<number> = new Set();
  /** Edits that the server has ever had. */
  readonly #received: Set<number> = new Set();
  readonly #saveIds: Set<string> = new Set();
  readonly #contents: Map<string, string> = new Map();
  readonly #headTexts: Map<number, string> = new Map();
  /** Saves that were sent and whose end isn't known, by tab and epoch. */
  readonly #inFlight: Map<string, Set<string>> = new Map();
  readonly #keys: Map<string, string> = new Map();

  constructor(world: World, server: Server) {
    this.#world = world;
    this.#server = server;
    server.onRevision = (kept, before) => {
      this.#onRevision(kept, before);
    };
    server.onThinned = () => {
      this.#onThinned();
    };
  }

  watch(journal: DeviceJournal): void {
    this.#journals.push(journal);
    journal.onCommit = (committed) => {
      this.#onCommit(committed);
    };
  }

  // Tabs

  readonly onDurable = (tab: Tab, edit: number): void => {
    this.#promised.add(edit);
    if (!this.#isKept(edit)) this.#atRisk.add(edit);
    this.#checkReach(`${tab.name} said that edit ${edit} is durable`);
  };

  readonly onWaived = (edits: Iterable<number>): void => {
    for (const edit of edits) this.#waived.add(edit);
  };

  readonly onSaved = (tab: Tab, edits: ReadonlySet<number>): void => {
    const missing = [...edits].filter((edit) => !this.#received.has(edit) && !this.#waived.has(edit));
    if (missing.length > 0) this.#world.violate('6', `${tab.name} said that it saved, without edits ${missing.join()}`);
  };

  readonly onStep = (tab: Tab, event: AutosaveEvent, effects: readonly Effect[], before: AutosaveMachine): void => {
    for (const effect of effects) {
      if (effect.type !== 'send' || tab.noted.has(effect.save.saveId)) continue;
      // In a page that goes both are begun in one breath.
      if (effect.keepalive) tab.noted.add(effect.save.saveId);
      if (effect.keepalive) continue;
      this.#world.violate('outbox first', `${tab.name} sends ${effect.save.saveId} before its row is written`);
    }
    if (event.type === 'choose' && event.choice === 'keep-mine') this.#overrule(tab, before);
    const { remote } = tab.machine;
    if (remote.status === 'conflict' && before.remote.status !== 'conflict') this.#checkQuestion(tab);
  };

  /** After everything that happens to a tab: what it says has to be true. */
  checkWords(tab: Tab): void {
    if (tab.driver === null || tab.stage !== 'open') return;
    const state = tab.driver.store.getState();
    const { key } = autosaveStatement(state).message;
    if (key === 'autosave.saved') {
      const { baseRev } = tab.machine.remote;
      if (this.#headTexts.get(baseRev) !== textOf(tab.document))
        this.#world.violate('6', `${tab.name} says Saved of what revision ${baseRev} isn't`);
    } else if (key === 'autosave.savedOnDevice') {
      const image = tab.device.journalOf(tab.userId).images.get(projectId);
      const kept = image === undefined ? new Set<number>() : readEdits(image).edits;
      // Until it hears that its epoch is over, a tab that wakes shows what was kept: what a person has taken away since,
      // in the tab that edits now, isn't missing.
      const isOver = image !== undefined && image.meta.epoch !== tab.epoch;
      const missing = [...editsOf(tab.document)].filter(
        (edit) => !kept.has(edit) && !this.#received.has(edit) && !(isOver && this.#waived.has(edit)),
      );
      if (missing.length > 0)
        this.#world.violate('6', `${tab.name} says Saved on this device, without edits ${missing.join()}`);
    }
  }

  /** In the end: what opens on a device, with all that the server keeps. */
  checkReopened(documents: readonly TimelineDocument[]): void {
    const found = new Set(documents.flatMap((document) => [...editsOf(document)]));
    const lost = [...this.#promised].filter(
      (edit) => !found.has(edit) && !this.#waived.has(edit) && !this.#isKept(edit),
    );
    if (lost.length > 0) this.#world.violate('1', `edits ${lost.join()} are gone after everything was opened again`);
  }

  // Network

  readonly onSend = (host: Host, request: SaveRequest, options: SaveOptions | undefined): void => {
    const { saveId, kind, hash, baseRev } = request;
    this.#world.tell(host.name, () => `sends ${saveId}${options?.keepalive === true ? ', keepalive' : ''}`);
    const content = `${hash} on ${baseRev}`;
    const before = this.#contents.get(saveId);
    if (before !== undefined && before !== content)
      this.#world.violate('4', `${saveId} was ${before} and is now ${content}`);
    this.#contents.set(saveId, content);
    if (kind === 'conflict' || request.projectId !== projectId) return;
    const key = `${host.name}, epoch ${host.epoch}`;
    const open = this.#inFlight.get(key) ?? new Set<string>();
    this.#inFlight.set(key, open.add(saveId));
    this.#keys.set(saveId, key);
    if (open.size > 1) this.#world.violate('3', `${key} has several saves under way: ${[...open].join()}`);
  };

  readonly onSettled = (_host: Host, saveId: string, error: unknown): void => {
    if (error !== null && !(isLecternError(error) && finalErrors.has(error.code))) return;
    this.#inFlight.get(this.#keys.get(saveId) ?? '')?.delete(saveId);
  };

  readonly onServed = (host: Host, userId: string | null, request: SaveRequest, answer: SaveAnswer): void => {
    const isWritten = answer.outcome === 'ok' || answer.outcome === 'conflict';
    if (isWritten && userId !== host.userId)
      this.#world.violate('9', `${request.saveId} of ${host.userId} was taken from ${String(userId)}`);
  };

  // Server

  #onRevision(kept: StoredRevision, before: StoredRevision | null): void {
    const { saveId, rev, parentRev, kind, projectId: id } = kept.revision;
    if (this.#saveIds.has(saveId)) this.#world.violate('4', `${saveId} made a second revision, ${rev}`);
    this.#saveIds.add(saveId);
    for (const edit of kept.edits) {
      this.#received.add(edit);
      this.#atRisk.delete(edit);
    }
    if (kind === 'conflict') return;
    if (id === projectId) this.#headTexts.set(rev, kept.text);
    if ((before?.revision.rev ?? 0) !== parentRev)
      this.#world.violate('2', `the head ${before?.revision.rev ?? 0} was replaced by a child of ${parentRev}`);
    const lost = [...(before?.edits ?? [])].filter((edit) => !kept.edits.has(edit) && !this.#waived.has(edit));
    if (lost.length > 0) this.#world.violate('2', `revision ${rev} lacks edits ${lost.join()}, and nobody chose so`);
  }

  #onThinned(): void {
    for (const edit of this.#promised) if (!this.#isKept(edit)) this.#atRisk.add(edit);
    this.#checkReach('old revisions were thinned');
  }

  #isKept(edit: number): boolean {
    if (!this.#received.has(edit)) return false;
    for (const { edits } of this.#server.kept()) if (edits.has(edit)) return true;
    return false;
  }

  // Journals

  #onCommit({ before, after, epoch, write, host }: Committed): void {
    const world = this.#world;
    const stale = (write.append ?? []).find((entry) => entry.epoch !== before.meta.epoch);
    if (epoch !== before.meta.epoch || stale !== undefined)
      world.violate('5', `${host.name} of epoch ${epoch} wrote in epoch ${before.meta.epoch}`);
    if (after.entries.length > mostEntries) world.violate('10', `the journal has ${after.entries.length} entries`);
    if (after.outbox.length > mostOutboxRows) world.violate('10', `the outbox has ${after.outbox.length} rows`);
    const reading = readAfter(before, after);
    if (!reading.sound && isUnsaved(after.meta))
      world.violate('readable journal', `${host.name} left entries that build on nothing`);
    const lost = [...readEdits(before).edits].filter(
      (edit) => !reading.edits.has(edit) && !this.#received.has(edit) && !this.#waived.has(edit),
    );
    if (lost.length > 0) world.violate('7', `${host.name} deleted edits ${lost.join()}, which nobody acknowledged`);
    this.#checkReach(`${host.name} wrote to its journal`);
  }

  #checkReach(when: string): void {
    for (const edit of this.#atRisk) {
      if (this.#waived.has(edit)) continue;
      const isThere = this.#journals.some((journal) => {
        const image = journal.images.get(projectId);
        return image !== undefined && isUnsaved(image.meta) && readEdits(image).edits.has(edit);
      });
      if (!isThere) {
        this.#world.violate('1', `edit ${edit} can't be reached any more, after ${when}`);
        return;
      }
    }
  }

  /** *Keep mine*: what the head that was shown has, and this tab hasn't, was chosen against. */
  #overrule(tab: Tab, { remote }: AutosaveMachine): void {
    const shown = this.#server.rows.get(projectId)?.revisions.get(remote.conflict?.headRev ?? 0);
    const mine = editsOf(tab.document);
    this.onWaived([...(shown?.edits ?? [])].filter((edit) => !mine.has(edit)));
  }

  /** Nobody is asked to choose where all that is there is here, too. */
  #checkQuestion(tab: Tab): void {
    const head = this.#server.rows.get(projectId)?.head;
    if (head === undefined || this.#waived.size > 0 || head.revision.rev !== tab.machine.remote.conflict?.headRev)
      return;
    const mine = editsOf(tab.document);
    if ([...head.edits].every((edit) => mine.has(edit)))
      this.#world.violate('no needless question', `${tab.name} asks about a head that has nothing new`);
  }
}

const texts = new WeakMap<TimelineDocument, string>();

export function textOf(document: TimelineDocument): string {
  const text = texts.get(document) ?? printDocument(document).text;
  texts.set(document, text);
  return text;
}

interface EditReading {
  readonly edits: ReadonlySet<number>;
  /** Whether all of it can be read: a snapshot, and entries that follow it without a gap. */
  readonly sound: boolean;
}

const readings = new WeakMap<JournalImage, EditReading>();
const snapshotEdits = new WeakMap<JournalSnapshot, ReadonlySet<number>>();
const nothingRead: EditReading = { edits: new Set(), sound: true };

/** Which edits a journal leads to. */
function readEdits(image: JournalImage): EditReading {
  let reading = readings.get(image);
  if (reading === undefined) {
    reading = read(image);
    readings.set(image, reading);
  }
  return reading;
}

/** The same after a write, which mostly only adds to what was there. */
function readAfter(before: JournalImage, after: JournalImage): EditReading {
  const count = before.entries.length;
  const isSame = before.snapshot === after.snapshot && after.entries[0] === before.entries[0];
  if (isSame && after.entries[count - 1] === before.entries[count - 1]) {
    const known = readEdits(before);
    const more = after.entries.slice(count);
    readings.set(
      after,
      more.length === 0 ? known : readOn(known, before.entries.at(-1)?.seq ?? after.snapshot?.seq ?? 0, more),
    );
  }
  return readEdits(after);
}

function read({ snapshot, entries }: JournalImage): EditReading {
  if (snapshot === null) return entries.length === 0 ? nothingRead : { edits: new Set(), sound: false };
  const edits = snapshotEdits.get(snapshot) ?? editsIn(snapshot.body);
  snapshotEdits.set(snapshot, edits);
  const after = entries.filter(({ seq }) => seq > snapshot.seq);
  return readOn({ edits, sound: true }, snapshot.seq, after);
}

function readOn(from: EditReading, fromSeq: number, entries: readonly JournalEntry[]): EditReading {
  const edits = new Set(from.edits);
  let seq = fromSeq;
  for (const entry of entries) {
    if (entry.seq !== seq + 1) return { edits, sound: false };
    seq = entry.seq;
    const { lost, gained } = editsOfChange(JSON.parse(entry.body) as Change);
    for (const edit of lost) edits.delete(edit);
    for (const edit of gained) edits.add(edit);
  }
  return { edits, sound: from.sound };
}
