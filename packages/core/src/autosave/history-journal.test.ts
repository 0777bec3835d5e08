import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ProjectsPort } from '@lectern/ports';
import { type ClipId, type History, emptyHistory } from '@lectern/timeline';
import { countingIds, createProjectDocument } from '../../../testing/src/builders.js';
import { createEditor } from '../editor/create-editor.js';
import type { Editor } from '../editor/editor.js';
import { historyWrite, readHistory, strayStepsOf } from './history-journal.js';
import type { Journal, JournalImage, KeptStep } from './journal.js';
import { sealEntry, sealSnapshot } from './journal-reader.js';
import { memoryJournal } from './memory-journal.js';
import { decideOpening, type Head, type Opening } from './opening.js';
import { hashDocument, printDocument } from './stored-document.js';

const start = createProjectDocument();
const clipId = 'clip-1' as ClipId;
const nameIn = (editor: Editor): string | undefined => editor.document.clips.get(clipId)?.name;
const names = ({ done }: History): readonly (string | undefined)[] =>
  done.map(({ change }) => (change.updated[clipId]?.[1] as { readonly name?: string } | undefined)?.name);

let editor: Editor;
const rename = (...list: readonly string[]): void => {
  for (const name of list) editor.run('clip.rename', { clipId, name });
};
beforeEach(() => {
  editor = createEditor({ document: start, newId: countingIds(), checked: true });
});

describe('what is written of a history', () => {
  it('is each step once, and what was dropped', () => {
    rename('One', 'Two');
    const first = editor.history;
    const whole = historyWrite(emptyHistory, first, 2);
    assert.deepEqual([whole.put.length, whole.drop], [2, 'all']);
    rename('Three');
    const next = historyWrite(first, editor.history, 3);
    assert.deepEqual([next.put.length, next.drop], [1, []]);
    assert.deepEqual(next.index?.done.slice(0, 2), whole.index?.done);
    assert.equal(next.index?.seq, 3);
  });

  it('is only the order of steps when one is taken back', () => {
    rename('One', 'Two');
    const before = editor.history;
    editor.undo();
    const write = historyWrite(before, editor.history, 3);
    assert.deepEqual([write.put, write.drop], [[], []]);
    assert.deepEqual([write.index?.done.length, write.index?.undone.length], [1, 1]);
  });

  it('drops what can no longer be done again', () => {
    rename('One', 'Two');
    editor.undo();
    const before = editor.history;
    rename('Else');
    const write = historyWrite(before, editor.history, 4);
    assert.deepEqual([write.put.length, write.drop], [1, historyWrite(emptyHistory, before, 3).index?.undone]);
  });

  it('is bounded by steps, the oldest going first', () => {
    rename('One', 'Two', 'Three');
    const limits = { steps: 2, characters: 1e6 };
    const before = editor.history;
    const { index } = historyWrite(emptyHistory, before, 3, '', limits);
    assert.deepEqual(index?.done, historyWrite(emptyHistory, before, 3).index?.done.slice(1));
    rename('Four');
    const next = historyWrite(before, editor.history, 4, '', limits);
    assert.deepEqual([next.put.length, next.drop], [1, index?.done.slice(0, 1)]);
  });

  it('is bounded by size, and leaves no gap', () => {
    rename('One', 'Two', 'Three');
    const [, second, third] = historyWrite(emptyHistory, editor.history, 3).put.map(({ body }) => body.length);
    assert.ok(second !== undefined && third !== undefined);
    const puts = (characters: number): number =>
      historyWrite(emptyHistory, editor.history, 3, '', { steps: 9, characters }).put.length;
    assert.deepEqual([puts(third + second), puts(third + second - 1), puts(third - 1)], [2, 1, 0]);
  });

  it('is nothing for an empty history', () => {
    assert.deepEqual(historyWrite(emptyHistory, emptyHistory, 3), { index: null, put: [], drop: 'all' });
  });
});

describe('a history that is read again', () => {
  const projectId = 'p';
  let journal: Journal;
  const initial = {
    baseRev: 1,
    baseHash: '',
    ackedSeq: 0,
    lastSeq: 0,
    lastAt: '',
    title: '',
    description: '',
  };
  const imageOf = async (): Promise<JournalImage> => {
    const image = await journal.read(projectId);
    assert.ok(image);
    return image;
  };
  /** Edits as saving journals them: the change and the history in one write. */
  const keep = async (...list: readonly string[]): Promise<void> => {
    const { meta } = await journal.claim(projectId, initial);
    let kept: History = emptyHistory;
    let seq = meta.lastSeq;
    await journal.write(projectId, meta.epoch, { snapshot: sealSnapshot(seq, editor.document) });
    const pending: Promise<void>[] = [];
    const stop = editor.subscribeTransactions(({ change }) => {
      seq += 1;
      const { history } = editor;
      const write = historyWrite(kept, history, seq);
      pending.push(
        journal.write(projectId, meta.epoch, {
          append: [sealEntry(seq, meta.epoch, change)],
          meta: { lastSeq: seq },
          history: write,
        }),
      );
      kept = history;
    });
    rename(...list);
    stop();
    await Promise.all(pending);
  };
  const headOf = async (document = start): Promise<Head> => ({
    found: true,
    opened: {
      project: { rev: 1, contentHash: await hashDocument(document) },
      schemaVersion: 3,
      state: printDocument(document).state,
    } as unknown as Extract<Head, { readonly found: true }>['opened'],
  });
  const projects = { revisions: () => Promise.resolve([]) } as unknown as ProjectsPort;
  const open = async (head: Head): Promise<Opening> => decideOpening(projects, head, await imageOf(), () => start);
  const reopened = ({ document, history }: Opening): Editor =>
    createEditor({ document, history, newId: countingIds('new'), checked: true });

  beforeEach(() => {
    journal = memoryJournal();
  });

  it('undoes and redoes on what was never saved, with its labels at once', async () => {
    await keep('One', 'Two');
    const again = reopened(await open(await headOf()));
    assert.deepEqual([nameIn(again), again.store.getState().canUndo], ['Two', true]);
    assert.equal(again.store.getState().undoLabel, editor.store.getState().undoLabel);
    assert.equal(again.undo(), true);
    assert.equal(nameIn(again), 'One');
    assert.deepEqual([again.undo(), again.undo(), again.redo()], [true, false, true]);
    assert.equal(nameIn(again), 'One');
  });

  it('outlives the acknowledgement, and belongs to the head of that very content', async () => {
    await keep('One', 'Two');
    const hash = await hashDocument(editor.document);
    const { meta } = await imageOf();
    await journal.write(projectId, meta.epoch, {
      meta: { baseRev: 2, baseHash: hash, ackedSeq: 2 },
      history: historyWrite(editor.history, editor.history, 2, hash),
    });
    await journal.write(projectId, meta.epoch, { snapshot: null, dropEntriesTo: 2 });
    assert.deepEqual(names((await open(await headOf(editor.document))).history), ['One', 'Two']);
    rename('Somebody else');
    assert.equal((await open(await headOf(editor.document))).history, emptyHistory);
  });

  it('is kept on when the answer to the save never came', async () => {
    await keep('One', 'Two');
    const head = await headOf(editor.document);
    const opening = await open(head);
    assert.deepEqual([opening.journaled, names(opening.history)], [false, ['One', 'Two']]);
    const { meta } = await imageOf();
    assert.ok(opening.write);
    await journal.write(projectId, meta.epoch, opening.write);
    assert.equal((await imageOf()).entries.length, 0);
    assert.deepEqual(names((await open(head)).history), ['One', 'Two']);
  });

  it('is empty where the journal was cut back', async () => {
    await keep('One', 'Two');
    const image = await imageOf();
    const entries = image.entries.map((entry) => (entry.seq === 2 ? { ...entry, crc: 1 } : entry));
    const opening = await decideOpening(projects, await headOf(), { ...image, entries }, () => start);
    assert.deepEqual([opening.lastSeq, opening.damaged, opening.history], [1, true, emptyHistory]);
  });

  it('is empty when a step is damaged, missing, or of another schema', async () => {
    await keep('One', 'Two');
    const image = await imageOf();
    const { history } = image;
    assert.ok(history);
    const at = { seq: 2, hash: '' };
    const [first, second] = history.steps as readonly [KeptStep, KeptStep];
    const read = (steps: readonly KeptStep[], index = history.index): History =>
      readHistory({ ...image, history: { index, steps } }, at);
    assert.deepEqual(names(read([first, second])), ['One', 'Two']);
    assert.equal(read([first]), emptyHistory);
    assert.equal(read([first, { ...second, body: second.body.replace('Two', 'Owt') }]), emptyHistory);
    assert.equal(read([first, second], { ...history.index, schemaVersion: 1 }), emptyHistory);
    assert.equal(readHistory(image, { seq: 3, hash: '' }), emptyHistory);
    assert.equal(readHistory(image, { seq: null, hash: '' }), emptyHistory);
  });

  it('gives steps that come later ids of their own', async () => {
    await keep('One');
    const opening = await open(await headOf());
    const again = reopened(opening);
    again.run('clip.rename', { clipId, name: 'Two' });
    const write = historyWrite(opening.history, again.history, 2);
    assert.deepEqual([write.put.length, write.drop], [1, []]);
    assert.equal(new Set(write.index?.done).size, 2);
  });

  it('names steps that nothing leads to any more, for the opening to drop', async () => {
    await keep('One', 'Two');
    const image = await imageOf();
    const { history } = image;
    assert.ok(history);
    const stray: KeptStep = { id: 4711, body: '{}', crc: 0 };
    const kept = { ...history, steps: [...history.steps, stray] };
    assert.deepEqual(strayStepsOf(kept), [4711]);
    const opening = await decideOpening(projects, await headOf(), { ...image, history: kept }, () => start);
    assert.deepEqual(opening.write?.history?.drop, [4711]);
    assert.deepEqual(names(opening.history), ['One', 'Two']);
  });
});
