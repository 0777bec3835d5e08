import { expect } from 'chai';
import type { AutosaveState } from '@lectern/core';
import {
  closeManagers,
  downloads,
  nameOf,
  openManager as open,
  rename,
  showState as show,
} from '../test-support/saving.js';
import type { SaveDetail, SaveRestoreDetail, SaveStateDetail } from './autosave-events.js';
import { violations } from '../test-support/accessibility.js';

const failure = (code: NonNullable<AutosaveState['reason']>['code']): NonNullable<AutosaveState['reason']> => ({
  code,
  message: '',
  details: {},
});
const minuteAgo = (): string => new Date(Date.now() - 60_000).toISOString();

/** Saves nothing by itself as long as a test runs. */
const unhurried = { session: { session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000 } } } };

describe('autosave-manager', () => {
  afterEach(closeManagers);

  it('has no accessibility violations closed, open, and with whatever it asks', async () => {
    const opened = await open();
    expect(await violations(opened.element)).to.deep.equal([]);
    await opened.harness.toggle();
    expect(await violations(opened.element)).to.deep.equal([]);
    const states: readonly Partial<AutosaveState>[] = [
      { remote: 'dirty', restorable: { changes: 7, at: minuteAgo() } },
      { restorable: null, role: 'follower', stranded: 2 },
      { role: 'follower', stranded: 0 },
      { merged: { author: 'A colleague', changes: 2, at: minuteAgo() } },
      { merged: null, remote: 'orphaned', reason: failure('not-found'), pendingChanges: 2 },
      { remote: 'blocked', reason: failure('file-too-large'), journal: 'local-storage' },
      { remote: 'dirty', local: 'degraded', reason: failure('quota-exceeded') },
    ];
    for (const state of states) {
      await show(opened, state);
      if (!opened.harness.isOpen) await opened.harness.toggle();
      expect(await violations(opened.element), JSON.stringify(state)).to.deep.equal([]);
    }
  });

  it('says the sentence of each state, and only what is so', async () => {
    const opened = await open();
    const { harness } = opened;
    const states: readonly (readonly [Partial<AutosaveState>, RegExp])[] = [
      [{ remote: 'saving', local: 'durable' }, /^Saving…$/],
      [{ remote: 'dirty', local: 'durable' }, /^Saved on this device$/],
      [
        { remote: 'synced', local: 'clean', savedAt: new Date(Date.now() - 3000).toISOString() },
        /^Saved 3 seconds ago$/,
      ],
      [{ remote: 'offline', local: 'durable', pendingChanges: 4 }, /^Offline: 4 changes kept here$/],
      [{ remote: 'conflict' }, /^Someone else saved: choose$/],
      [{ remote: 'authLost', pendingChanges: 5 }, /^Signed out: 5 changes kept here$/],
      [{ remote: 'orphaned', reason: failure('not-found') }, /^Not saved: this project is gone$/],
      [{ remote: 'orphaned', reason: failure('forbidden') }, /^Not saved: you have no access any more$/],
      [{ remote: 'blocked', reason: failure('quota-exceeded') }, /^Not saved: there is no room left$/],
      [{ remote: 'blocked', reason: failure('file-too-large') }, /^Not saved: the project is too large$/],
      [{ remote: 'blocked', reason: failure('too-new') }, /^Made with a newer version: read-only$/],
      [{ remote: 'dirty', local: 'degraded', reason: failure('quota-exceeded') }, /^Not saved: the disk is full$/],
      [{ role: 'follower', remote: 'synced', local: 'clean', reason: null }, /^Open in another tab: read-only here$/],
      [{ role: 'follower', stranded: 3 }, /^3 changes saved nowhere: choose$/],
    ];
    for (const [state, sentence] of states) {
      await show(opened, state);
      expect(harness.sentence).to.match(sentence);
    }
  });

  it('saves a change by itself and tells the page when the back end has it', async () => {
    const { harness, element, project } = await open();
    const saved: SaveDetail[] = [];
    const states: SaveStateDetail[] = [];
    element.addEventListener('lectern-save', (event) => saved.push(event.detail));
    element.addEventListener('lectern-save-state', (event) => states.push(event.detail));
    rename(project, 'Hello');
    await harness.until(() => saved.length === 1, 'the save');
    expect(saved[0]).to.include({ projectId: 'lecture', rev: 2 });
    expect(states.some(({ pendingChanges }) => pendingChanges === 1)).to.equal(true);
    expect(states.at(-1)).to.include({ remote: 'synced', pendingChanges: 0 });
  });

  it('works without showing anything', async () => {
    const { harness, element, project } = await open({ attributes: { headless: true } });
    expect(getComputedStyle(element).display).to.equal('none');
    let saves = 0;
    element.addEventListener('lectern-save', () => (saves += 1));
    rename(project, 'Hello');
    await harness.until(() => saves === 1, 'the save');
    expect(element.saveState?.pendingChanges).to.equal(0);
  });

  it('saves at once when asked, and says so aloud', async () => {
    const { harness, project, session } = await open();
    await harness.toggle();
    rename(project, 'Hello');
    await harness.click('Save now');
    await harness.until(() => harness.announced === 'Saved');
    expect((await session.backend.projects.open('lecture')).project.rev).to.equal(2);
  });

  it('shows why something isn’t saved, how many changes wait here, and when it is tried again', async () => {
    const opened = await open();
    await opened.harness.toggle();
    await show(opened, {
      remote: 'backoff',
      local: 'durable',
      pendingChanges: 3,
      retryAt: new Date(Date.now() + 20_000).toISOString(),
      reason: { code: 'server', message: '', details: {} },
    });
    expect(opened.harness.fact('Only on this device')).to.equal('3 changes');
    expect(opened.harness.fact('Next try')).to.match(/^In (19|20) sec$/);
    expect(opened.harness.get('.banner').textContent).to.contain('server');
  });

  it('tells aloud of trouble and of its end, and of no routine save', async () => {
    const opened = await open();
    const { harness } = opened;
    await show(opened, { remote: 'synced', local: 'clean', savedAt: new Date().toISOString() });
    await show(opened, { remote: 'saving', local: 'durable' });
    await show(opened, { remote: 'synced', local: 'clean', savedAt: new Date().toISOString() });
    const before = harness.announced;
    expect(before).to.not.match(/^Saved .*ago$/);
    await show(opened, { remote: 'offline', local: 'durable', pendingChanges: 2 });
    await harness.until(() => harness.announced === 'Offline: 2 changes kept here');
    await show(opened, { remote: 'synced', local: 'clean', savedAt: new Date().toISOString() });
    await harness.until(() => harness.announced.startsWith('Saved'));
  });

  it('says whose fault it isn’t by the project’s name, and what may be lost where', async () => {
    const opened = await open();
    await show(opened, { remote: 'blocked', local: 'durable', pendingChanges: 2, reason: failure('file-too-large') });
    await opened.harness.toggle();
    expect(opened.harness.details.textContent).to.contain('“Lecture” is too large');
    expect(opened.harness.details.textContent).to.contain('You can also download it as a file');
    await show(opened, { remote: 'offline', reason: null, journal: 'local-storage' });
    expect(opened.harness.details.textContent).to.contain('a small store that a crash may lose');
    expect(opened.harness.fact('Backup')).to.equal('In a small store');
    await show(opened, { journal: 'memory', memoryOnly: true });
    expect(opened.harness.fact('Backup')).to.equal('None');
  });

  it('says that nothing outlives the page where the browser keeps nothing', async () => {
    const opened = await open();
    await opened.harness.toggle();
    await show(opened, { remote: 'synced', local: 'clean', remoteVolatile: true, memoryOnly: true });
    expect(opened.harness.get('.banner').textContent).to.contain('Nothing outlives this page');
    expect(opened.element.saveState?.kind).to.equal('volatile');
  });

  it('closes the details with Escape and gives the focus back to the sentence', async () => {
    const { harness } = await open();
    await harness.toggle();
    harness.inside(harness.details, 'Version history').focus();
    await harness.press('Escape');
    expect(harness.isOpen).to.equal(false);
    expect(harness.focused).to.equal(harness.get('.state-button'));
  });
});

describe('what autosave-manager restores', () => {
  afterEach(closeManagers);

  const found = { changes: 7, at: '2026-03-02T09:00:00.000Z' };

  it('is asked about once by itself, with what it holds by name and from when', async () => {
    const opened = await open(unhurried);
    const { harness, project } = opened;
    project.editor.run('clip.addText', { text: 'Homework', frame: 700 });
    rename(project, 'Hello');
    await show(opened, { remote: 'dirty', restorable: found });
    await harness.until(() => harness.isOpen);
    expect(harness.details.textContent).to.contain('7 changes from Mar 2, 2026');
    const lines = await harness.until(() => harness.lines('.popover').length > 0 && harness.lines('.popover'));
    expect(lines).to.deep.equal(['1 clip added: “Homework”', '1 clip changed: “Hello”']);
    await harness.choose('Look at it first');
    expect(harness.isOpen).to.equal(false);
    expect(harness.label).to.contain('A question is waiting');
    await show(opened, { pendingChanges: 8 });
    expect(harness.isOpen).to.equal(false);
  });

  it('is kept, or gone back on, which undo takes back', async () => {
    const opened = await open(unhurried);
    const { harness, project } = opened;
    const done: string[] = [];
    Object.assign(project.autosave, {
      restore: () => {
        done.push('kept');
        project.autosave.store.setState({ restorable: null });
      },
      discardRestore: () => {
        done.push('gone back');
        project.autosave.store.setState({ restorable: null });
      },
    });
    await show(opened, { remote: 'dirty', restorable: found });
    await harness.choose('Keep it');
    expect(harness.isOpen).to.equal(false);
    await show(opened, { remote: 'dirty', restorable: { ...found, at: minuteAgo() } });
    await harness.until(() => harness.isOpen, 'the next question');
    await harness.choose('Go back to the saved version');
    expect(done).to.deep.equal(['kept', 'gone back']);
    await harness.until(() => harness.announced === 'This is the saved version again');
  });

  it('is the page’s to ask about, when it prevents the default', async () => {
    const opened = await open(unhurried);
    const { harness, element } = opened;
    const asked: SaveRestoreDetail[] = [];
    element.addEventListener('lectern-save-restore', (event) => {
      asked.push(event.detail);
      event.preventDefault();
    });
    await show(opened, { remote: 'dirty', restorable: found });
    expect(asked).to.deep.equal([{ projectId: 'lecture', ...found }]);
    expect(harness.isOpen).to.equal(false);
    let kept = 0;
    opened.project.autosave.restore = () => (kept += 1);
    element.keepRestored();
    expect(kept).to.equal(1);
  });

  it('is told without its contents while nobody can be asked for the saved version', async () => {
    const opened = await open(unhurried);
    opened.session.setFaults({ fail: { 'projects.openRevision': 'offline' } });
    await show(opened, { remote: 'offline', restorable: found });
    await opened.harness.until(() => opened.harness.isOpen);
    await opened.harness.settled();
    expect(opened.harness.lines('.popover')).to.deep.equal([]);
    expect(opened.harness.details.textContent).to.contain('7 changes');
  });
});

describe('what autosave-manager does for a project', () => {
  afterEach(closeManagers);

  it('saves a copy under a name of its own, and stays in this one', async () => {
    const { harness, project, session, element } = await open();
    const requests: string[] = [];
    element.addEventListener('lectern-project-open', ({ detail }) => requests.push(detail.projectId));
    rename(project, 'Hello');
    await harness.choose('Save as copy');
    expect(await violations(element)).to.deep.equal([]);
    const field = harness.get<HTMLInputElement>('dialog input');
    expect(field.value).to.equal('Lecture (copy)');
    expect(harness.focused).to.equal(field);
    await harness.type(field, 'Second try');
    await harness.answer('Save copy');
    await harness.until(() => harness.dialog === null);
    const { items } = await session.backend.projects.list({});
    const copy = items.find(({ title }) => title === 'Second try');
    expect(copy?.rev).to.equal(1);
    expect(requests).to.deep.equal([]);
    await harness.until(() => harness.focused === harness.get('.state-button'), 'the focus');
    await harness.choose('Save as copy');
    await harness.answer('Save and open');
    await harness.until(() => requests.length === 1, 'the request');
  });

  it('says in the dialog why a copy wasn’t saved, and lets try again', async () => {
    const { harness, session } = await open();
    await harness.choose('Save as copy');
    session.setFaults({ fail: { 'projects.save': 'server' } });
    await harness.answer('Save copy');
    await harness.until(() => harness.dialogText.includes('The server had a problem'));
    session.setFaults({});
    await harness.answer('Save copy');
    await harness.until(() => harness.dialog === null);
  });

  it('downloads the project as a file, unsaved edits and all', async () => {
    const { harness, project } = await open();
    rename(project, 'Only here');
    const [file] = await downloads(async () => {
      await harness.choose('Download project file');
      await harness.until(() => harness.announced.startsWith('Downloaded: '));
    });
    expect(file?.name).to.equal('Lecture.lectern.json');
    expect(file?.text).to.contain('Only here');
  });

  it('tells in a notice when a file can’t be made', async () => {
    const { harness, session } = await open();
    session.replaceAction('projectFile', () => () => Promise.reject(new Error('no')));
    await harness.choose('Download with media');
    const { items } = await harness.until(() => {
      const { notices } = session.store.getState();
      return notices.items.length > 0 && notices;
    });
    expect(items[0]?.tone).to.equal('error');
  });

  it('offers to save as a copy, to download, or to let go of what another tab’s takeover left behind', async () => {
    const opened = await open();
    const { harness, project } = opened;
    let letGo = 0;
    Object.assign(project.autosave, {
      letGo: () => {
        letGo += 1;
        project.autosave.store.setState({ stranded: 0 });
      },
    });
    await show(opened, { role: 'follower', stranded: 3 });
    await harness.until(() => harness.isOpen, 'the question');
    expect(harness.details.textContent).to.contain('3 changes made here');
    await harness.choose('Save as copy');
    expect(letGo).to.equal(0);
    await harness.answer('Save copy');
    await harness.until(() => letGo === 1, 'the changes to be safe');
    await show(opened, { role: 'follower', stranded: 1 });
    await harness.until(() => harness.isOpen, 'the next question');
    await harness.choose('Let go of them');
    expect(letGo).to.equal(2);
  });

  it('tells of edits that were taken in, and takes them out again while that is the last step', async () => {
    // Nothing is saved by itself here, which would put the facts right.
    const opened = await open(unhurried);
    const { harness, project } = opened;
    const before = project.editor.document;
    const clip = before.clips.get('clip-2' as never);
    if (!clip) throw new Error('no clip');
    project.editor.dispatch({
      change: { added: {}, updated: { [clip.id]: [clip, { ...clip, name: 'Theirs' }] }, removed: {} },
      userEvent: 'project.merge',
    });
    await project.autosave.durable(project.autosave.lastSeq());
    let dismissed = 0;
    Object.assign(project.autosave, {
      dismissMerged: () => {
        dismissed += 1;
        project.autosave.store.setState({ merged: null });
      },
    });
    await show(opened, { merged: { author: 'A colleague', changes: 1, at: minuteAgo() } });
    await harness.until(() => harness.isOpen);
    expect(harness.details.textContent).to.contain('A colleague edited this project, too');
    await harness.choose('Take them out again');
    expect(project.editor.document.clips.get(clip.id)?.name).to.equal('The question');
    expect(dismissed).to.equal(1);
    rename(project, 'Mine');
    await project.autosave.durable(project.autosave.lastSeq());
    await show(opened, { merged: { author: 'A colleague', changes: 1, at: new Date().toISOString() } });
    await harness.until(() => harness.isOpen);
    expect(harness.details.textContent).to.not.contain('Take them out again');
    await harness.choose('OK');
    expect(dismissed).to.equal(2);
    expect(nameOf(project.editor.document)).to.equal('Mine');
  });

  it('makes a project of its own of one that was deleted elsewhere', async () => {
    const opened = await open();
    const { harness, element, session } = opened;
    const requests: string[] = [];
    element.addEventListener('lectern-project-open', ({ detail }) => requests.push(detail.projectId));
    await show(opened, { remote: 'orphaned', pendingChanges: 2, reason: failure('not-found') });
    await harness.choose('Save as new project');
    const [id] = await harness.until(() => requests.length === 1 && requests);
    expect((await session.backend.projects.open(id ?? '')).project.title).to.equal('Lecture');
  });

  it('edits here when it is asked to', async () => {
    const opened = await open();
    let asked = 0;
    opened.project.autosave.editHere = () => Promise.resolve(void (asked += 1));
    await show(opened, { role: 'follower' });
    await opened.harness.choose('Edit here');
    expect(asked).to.equal(1);
  });

  it('speaks Spanish where the page does', async () => {
    const opened = await open({ attributes: { lang: 'es' } });
    await show(opened, { remote: 'dirty', local: 'degraded', reason: failure('quota-exceeded') });
    expect(opened.harness.sentence).to.equal('Sin guardar: el disco está lleno');
    await opened.harness.toggle();
    expect(opened.harness.details.textContent).to.contain('Historial de versiones…');
  });
});
