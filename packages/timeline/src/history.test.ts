import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CommandArgs, CommandName } from './commands/index.js';
import { runCommand } from './commands/index.js';
import { beginGesture } from './gestures.js';
import { emptyHistory, pushHistory, redo, undo } from './history.js';
import type { History } from './history.js';
import type { ClipId, NewId } from './ids.js';
import type { TimelineState, TransactionSpec } from './state.js';
import {
  clipIds,
  clipOf,
  createAsset,
  createClip,
  createEditing,
  createNewId,
  ids,
  lane,
} from './test-support/builders.js';

/** A session in small: a state with its history. */
class Session {
  state: TimelineState;
  history: History = emptyHistory;
  readonly #newId: NewId = createNewId();

  constructor(state: TimelineState) {
    this.state = state;
  }

  run<N extends CommandName>(name: N, args: CommandArgs<N>, mergeKey?: string): void {
    const spec = runCommand(this.state, name, args, { newId: this.#newId });
    assert.ok(spec, `${name} applies`);
    this.make(spec, mergeKey);
  }

  make(spec: TransactionSpec, mergeKey?: string): void {
    const transaction = this.state.update(spec);
    this.history = pushHistory(this.history, transaction, mergeKey === undefined ? {} : { mergeKey });
    this.state = transaction.state;
  }

  step(direction: typeof undo): boolean {
    const step = direction(this.history, this.state);
    if (!step) return false;
    this.history = step.history;
    this.state = this.state.update(step.spec).state;
    return true;
  }

  get main(): string {
    return lane(this.state, ids.main);
  }
}

const row = [createClip('a', ids.main, 0, 100), createClip('b', ids.main, 100, 200)];

describe('history', () => {
  test('takes edits back and does them again, in order', () => {
    const session = new Session(createEditing(row));
    session.run('clip.rippleDelete', { clipIds: clipIds('a') });
    session.run('clip.split', { clipIds: clipIds('b'), frame: 40 });
    assert.equal(session.main, 'b 0-40, n1 40-100@40');
    assert.deepEqual([session.step(undo), session.main], [true, 'b 0-100']);
    assert.deepEqual([session.step(undo), session.main], [true, 'a 0-100, b 100-200']);
    assert.equal(session.step(undo), false);
    assert.deepEqual([session.step(redo), session.step(redo), session.main], [true, true, 'b 0-40, n1 40-100@40']);
    assert.equal(session.step(redo), false);
  });

  test('has a step that comes back as it was as the same object', () => {
    const session = new Session(createEditing(row));
    session.run('clip.delete', { clipIds: clipIds('a') });
    const [entry] = session.history.done;
    session.step(undo);
    assert.equal(session.history.undone[0], entry);
    session.step(redo);
    assert.equal(session.history.done[0], entry);
  });

  test('forgets what was undone when something new is done', () => {
    const session = new Session(createEditing(row));
    session.run('clip.delete', { clipIds: clipIds('a') });
    session.step(undo);
    session.run('clip.delete', { clipIds: clipIds('b') });
    assert.equal(session.step(redo), false);
  });

  test('gives the selection back only where the undone step had moved it', () => {
    const session = new Session(createEditing(row, ['a']));
    session.run('clip.duplicate', {});
    const copies = session.state.selection.clipIds;
    session.run('clip.setProperty', { clipIds: clipIds('b'), key: 'opacity', value: 0.5 });
    session.run('selection.set', { clipIds: clipIds('b') });
    session.step(undo);
    assert.deepEqual(session.state.selection.clipIds, ['b'], 'a property moves no selection');
    session.step(undo);
    assert.deepEqual(session.state.selection.clipIds, ['a']);
    session.step(redo);
    assert.deepEqual(session.state.selection.clipIds, copies);
  });

  test('has no entry for a mere selection, nor for what comes from elsewhere or asks not to', () => {
    const session = new Session(createEditing(row));
    session.run('selection.all', {});
    session.make({ remove: clipIds('a'), userEvent: 'test', remote: true });
    session.make({ remove: clipIds('b'), userEvent: 'test', addToHistory: false });
    assert.equal(session.history, emptyHistory);
  });

  test('joins steps with one key that follow each other', () => {
    const session = new Session(createEditing(row));
    for (const opacity of [0.9, 0.8, 0.7])
      session.run('clip.setProperty', { clipIds: clipIds('a'), key: 'opacity', value: opacity }, 'opacity of a');
    session.run('clip.setProperty', { clipIds: clipIds('a'), key: 'scale', value: 2 }, 'scale of a');
    assert.equal(session.history.done.length, 2);
    session.step(undo);
    assert.deepEqual(clipOf(session.state, 'a').props, { opacity: 0.7 });
    session.step(undo);
    assert.deepEqual(clipOf(session.state, 'a').props, {});
  });

  test('starts a new step after undoing, and drops one that came back to where it began', () => {
    const session = new Session(createEditing(row));
    session.run('clip.setProperty', { clipIds: clipIds('a'), key: 'opacity', value: 0.5 }, 'key');
    session.step(undo);
    session.step(redo);
    session.run('clip.setProperty', { clipIds: clipIds('a'), key: 'opacity', value: 0.4 }, 'key');
    assert.equal(session.history.done.length, 2);
    const other = new Session(createEditing(row));
    other.run('clip.setProperty', { clipIds: clipIds('a'), key: 'opacity', value: 0.5 }, 'key');
    other.run('clip.setProperty', { clipIds: clipIds('a'), key: 'opacity', value: 1 }, 'key');
    assert.equal(other.history.done.length, 0);
  });

  test('undoes an import but keeps the asset', () => {
    const session = new Session(createEditing());
    session.run('clip.add', { asset: createAsset({ id: 'new' as never }), mode: 'append' });
    session.step(undo);
    assert.deepEqual([session.main, session.state.document.assets.has('new' as never)], ['', true]);
    session.step(redo);
    assert.equal(session.main, 'n1 0-1000');
  });

  test('takes back only what the step changed, where somebody else has changed the same clip since', () => {
    const session = new Session(createEditing(row));
    session.run('clip.setProperty', { clipIds: clipIds('a'), key: 'opacity', value: 0.5 });
    session.make({
      put: [{ ...clipOf(session.state, 'a'), name: 'Theirs', props: { opacity: 0.5, rotation: 45 } }],
      userEvent: 'test',
      remote: true,
    });
    session.step(undo);
    assert.deepEqual([clipOf(session.state, 'a').name, clipOf(session.state, 'a').props], ['Theirs', { rotation: 45 }]);
    session.step(redo);
    assert.deepEqual(
      [clipOf(session.state, 'a').name, clipOf(session.state, 'a').props],
      ['Theirs', { rotation: 45, opacity: 0.5 }],
    );
  });

  test('passes over a step of which nothing is left', () => {
    const session = new Session(createEditing(row));
    session.run('clip.rename', { clipId: 'b' as ClipId, name: 'Renamed' });
    session.run('clip.rename', { clipId: 'a' as ClipId, name: 'Gone' });
    session.make({ remove: clipIds('a'), userEvent: 'test', remote: true });
    assert.ok(session.step(undo));
    assert.equal(clipOf(session.state, 'b').name, 'b');
    assert.equal(session.step(undo), false);
  });

  test('is bounded', () => {
    let { state } = new Session(createEditing(row));
    let history: History = { ...emptyHistory, limit: 3 };
    for (let index = 1; index <= 5; index += 1) {
      const transaction = state.update({ put: [{ ...clipOf(state, 'a'), name: `Name ${index}` }], userEvent: 'test' });
      history = pushHistory(history, transaction);
      state = transaction.state;
    }
    assert.deepEqual(
      history.done
        .map((entry) => Object.values(entry.change.updated)[0]?.[1])
        .map((clip) => (clip as { name: string }).name),
      ['Name 3', 'Name 4', 'Name 5'],
    );
  });

  test('is plain JSON, and goes on after a journey', () => {
    const session = new Session(createEditing(row, ['a']));
    session.run('clip.duplicate', {});
    session.run('clip.delete', { clipIds: clipIds('a') });
    session.step(undo);
    session.history = JSON.parse(JSON.stringify(session.history)) as History;
    session.step(redo);
    session.step(undo);
    session.step(undo);
    assert.equal(session.main, 'a 0-100, b 100-200');
  });
});

describe('a gesture', () => {
  const context = { newId: createNewId() };

  test('is previewed from where it began, whatever was previewed before', () => {
    const state = createEditing(row);
    const gesture = beginGesture(state, 'move', context);
    assert.equal(lane(gesture.preview({ clipIds: clipIds('a'), deltaFrames: 150 }), ids.main), 'b 100-150, a 150-250');
    assert.equal(lane(gesture.preview({ clipIds: clipIds('a'), deltaFrames: 200 }), ids.main), 'b 100-200, a 200-300');
    assert.equal(gesture.preview({ clipIds: clipIds('a'), deltaFrames: 0 }), state);
  });

  test('comes to one edit, that of the last preview', () => {
    const session = new Session(createEditing(row));
    const gesture = beginGesture(session.state, 'trim', context);
    for (const frame of [90, 70, 50]) gesture.preview({ clipId: 'a' as ClipId, edge: 'end', frame });
    const spec = gesture.commit();
    assert.ok(spec);
    session.make(spec);
    assert.equal(session.main, 'a 0-50, b 50-150');
    assert.equal(session.history.done.length, 1);
  });

  test('that ends where it began comes to nothing', () => {
    const gesture = beginGesture(createEditing(row), 'slip', context);
    gesture.preview({ clipId: 'a' as ClipId, deltaFrames: 20 });
    gesture.preview({ clipId: 'a' as ClipId, deltaFrames: 0 });
    assert.equal(gesture.commit(), null);
  });

  test('that is cancelled gives the first state back, and no edit any more', () => {
    const state = createEditing(row);
    const gesture = beginGesture(state, 'property', context);
    gesture.preview({ clipIds: clipIds('a'), key: 'opacity', value: 0.5 });
    assert.equal(gesture.cancel(), state);
    assert.equal(gesture.preview({ clipIds: clipIds('a'), key: 'opacity', value: 0.5 }), state);
    assert.equal(gesture.commit(), null);
  });

  test('uses the same new ids in every preview', () => {
    const state = createEditing([createClip('a', ids.main, 0, 500), createClip('o', ids.second, 0, 50)]);
    const newId = createNewId();
    const gesture = beginGesture(state, 'move', { newId });
    for (const deltaFrames of [100, 110, 120]) {
      const preview = gesture.preview({ clipIds: clipIds('o'), deltaFrames, trackId: ids.main });
      assert.equal(preview.document.clipsOf(ids.main)[2]?.id, 'n1');
    }
    assert.equal(newId(), 'n2');
  });
});
