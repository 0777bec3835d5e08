import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClipId, TransactionSpec } from '@lectern/timeline';
import { createProjectDocument, countingIds } from '../../../testing/src/builders.js';
import { createEditor } from './create-editor.js';
import type { Editor } from './editor.js';

function lecture(): Editor {
  return createEditor({ document: createProjectDocument(), newId: countingIds(), checked: true });
}
const clip = (id: string): ClipId => id as ClipId;

describe('the editor', () => {
  it('runs a command at the playhead when no frame is given', () => {
    const editor = lecture();
    editor.seek(60);
    assert.equal(editor.run('clip.split', { clipIds: [clip('clip-1')] }), true);
    assert.equal(editor.document.clips.get(clip('clip-1'))?.durationFrames, 60);
  });

  it('says that a command would do something without doing it', () => {
    const editor = lecture();
    const before = editor.document;
    assert.equal(editor.can('clip.delete', { clipIds: [clip('clip-1')] }), true);
    assert.equal(editor.can('clip.delete', { clipIds: [clip('no-such-clip')] }), false);
    assert.equal(editor.document, before);
  });

  it('goes on with a history from before, labels and all, and lets go of it with the document', () => {
    const before = lecture();
    before.run('clip.rename', { clipId: clip('clip-1'), name: 'Hello' });
    before.run('clip.rename', { clipId: clip('clip-1'), name: 'Goodbye' });
    before.undo();
    const { document, history } = before;
    const after = createEditor({ document, history, newId: countingIds(), checked: true });
    const { canUndo, canRedo, undoLabel, redoLabel } = after.store.getState();
    assert.deepEqual(
      [canUndo, canRedo, undoLabel, redoLabel],
      [true, true, 'history.clip.rename', 'history.clip.rename'],
    );
    assert.equal(after.redo(), true);
    assert.equal(after.document.clips.get(clip('clip-1'))?.name, 'Goodbye');
    after.load(createProjectDocument());
    assert.deepEqual([after.history.done.length, after.store.getState().canUndo], [0, false]);
    after.load(document, history);
    assert.deepEqual([after.history, after.store.getState().canRedo], [history, true]);
  });

  it('takes an edit back and does it again, with a label for each', () => {
    const editor = lecture();
    const before = editor.document;
    editor.run('clip.rename', { clipId: clip('clip-1'), name: 'Hello' });
    assert.equal(editor.store.getState().undoLabel, 'history.clip.rename');
    assert.equal(editor.undo(), true);
    assert.deepEqual([...editor.document.records()], [...before.records()]);
    assert.equal(editor.store.getState().redoLabel, 'history.clip.rename');
    assert.equal(editor.redo(), true);
    assert.equal(editor.document.clips.get(clip('clip-1'))?.name, 'Hello');
    assert.equal(editor.redo(), false);
  });

  it('makes one step of a drag, however many previews it had', () => {
    const editor = lecture();
    const seen: string[] = [];
    editor.subscribeTransactions((transaction) => seen.push(transaction.userEvent));
    const drag = editor.begin('move', { clipIds: [clip('clip-4')] });
    assert.ok(drag);
    for (const deltaFrames of [1, 5, 9, 20]) assert.equal(drag.preview({ deltaFrames }), true);
    assert.equal(editor.store.getState().state.document.clips.get(clip('clip-4'))?.startFrame, 185);
    assert.equal(editor.document.clips.get(clip('clip-4'))?.startFrame, 165, 'a preview is not an edit');
    assert.equal(drag.commit(), true);
    assert.deepEqual(seen, ['clip.move']);
    assert.equal(editor.document.clips.get(clip('clip-4'))?.startFrame, 185);
    editor.undo();
    assert.equal(editor.document.clips.get(clip('clip-4'))?.startFrame, 165);
    assert.equal(editor.store.getState().canUndo, false);
  });

  it('leaves nothing of a cancelled drag', () => {
    const editor = lecture();
    const before = editor.document;
    const drag = editor.begin('trim', { clipId: clip('clip-3'), edge: 'end' });
    drag?.preview({ frame: 500 });
    assert.equal(editor.cancelGesture(), true);
    assert.equal(editor.store.getState().state.document, before);
    assert.equal(editor.store.getState().gesture, 'none');
    assert.equal(editor.store.getState().canUndo, false);
    assert.equal(drag?.commit(), false);
  });

  it('ends a running drag before another edit', () => {
    const editor = lecture();
    editor.begin('move', { clipIds: [clip('clip-4')] })?.preview({ deltaFrames: 30 });
    editor.run('clip.rename', { clipId: clip('clip-1'), name: 'Hello' });
    assert.equal(editor.document.clips.get(clip('clip-4'))?.startFrame, 165);
    assert.equal(editor.store.getState().gesture, 'none');
  });

  it('refuses edits when it is read-only, and still selects', () => {
    const editor = lecture();
    editor.setReadOnly(true);
    assert.equal(editor.run('clip.delete', { clipIds: [clip('clip-1')] }), false);
    assert.equal(editor.can('clip.delete', { clipIds: [clip('clip-1')] }), false);
    assert.equal(editor.begin('move', { clipIds: [clip('clip-1')] }), null);
    editor.select([clip('clip-1')]);
    assert.deepEqual(editor.store.getState().state.selection.clipIds, ['clip-1']);
  });

  it('copies, cuts and pastes at the playhead', () => {
    const editor = lecture();
    assert.equal(editor.can('clip.paste'), false);
    editor.select([clip('clip-4')]);
    assert.equal(editor.cut(), true);
    assert.equal(editor.document.clips.has(clip('clip-4')), false);
    editor.seek(300);
    assert.equal(editor.paste(), true);
    const [pasted] = editor.store.getState().state.selection.clipIds;
    assert.equal(editor.document.clips.get(pasted!)?.startFrame, 300);
  });

  it('makes one step of several specs', () => {
    const editor = lecture();
    const rename = (id: string, name: string): TransactionSpec => {
      const record = editor.document.clips.get(clip(id));
      assert.ok(record);
      return { put: [{ ...record, name }], userEvent: 'clip.rename' };
    };
    editor.transact('clip.rename', (apply) => {
      apply(rename('clip-1', 'One'));
      apply(rename('clip-2', 'Two'));
    });
    assert.equal(editor.document.clips.get(clip('clip-2'))?.name, 'Two');
    editor.undo();
    assert.equal(editor.document.clips.get(clip('clip-1'))?.name, 'Welcome');
    assert.equal(editor.store.getState().canUndo, false);
  });

  it('joins quick repeats of one kind into one step', () => {
    const editor = lecture();
    for (const name of ['H', 'He', 'Hel']) editor.runMerged('rename', 'clip.rename', { clipId: clip('clip-1'), name });
    editor.undo();
    assert.equal(editor.document.clips.get(clip('clip-1'))?.name, 'Welcome');
  });

  it('keeps the playhead inside the timeline', () => {
    const editor = lecture();
    editor.seek(1e9);
    assert.equal(editor.store.getState().playheadFrame, editor.document.totalFrames);
    editor.run('selection.all', {});
    editor.run('clip.delete', {});
    assert.equal(editor.store.getState().playheadFrame, 0);
  });

  it('keeps the frame at the anchor where it is when it zooms', () => {
    const editor = lecture();
    editor.setScrollFrame(100);
    const x = (frame: number): number => (frame - editor.store.getState().scrollFrame) * editor.store.getState().zoom;
    const before = x(250);
    editor.setZoom(5, 250);
    assert.ok(Math.abs(x(250) - before) < 1e-9);
  });
});
