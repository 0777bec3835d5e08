import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, LecternError, type Backend } from '@lectern/ports';
import { printTimeline } from '@lectern/timeline/schema';
import { createNewAsset, createProbeFacts, createProjectDocument } from '../../testing/src/builders.js';
import type { Journal } from './autosave/journal.js';
import { memoryJournal } from './autosave/memory-journal.js';
import { memoryProjectLocks } from './autosave/project-lock.js';
import { messagesFor } from './messages/messages.js';
import {
  abandoned,
  begin,
  bound,
  endSessions,
  fakeLifecycle,
  nameOf,
  portsOf,
  rename,
  savedName,
  sentence,
  settled,
  state,
  until,
} from './test-support/session-world.js';

afterEach(endSessions);

describe('a new project', () => {
  it('becomes a draft with its first save, and only then', async () => {
    const world = begin();
    const project = await world.openProject(null);
    assert.equal(project.isNew, true);
    assert.equal(sentence(project), 'Nothing to save yet');
    await project.setDetails({ title: 'Week 1' });
    await assert.rejects(world.reliableBackend.projects.open(project.projectId));
    project.editor.run('clip.addText', { text: 'Hello' });
    await settled(project);
    const { project: saved } = await world.reliableBackend.projects.open(project.projectId);
    assert.equal(saved.title, 'Week 1');
    assert.equal(saved.isDraft, true);
    assert.equal(saved.rev, 1);
    assert.equal(project.isNew, false);
    assert.equal(sentence(project), 'Saved');
  });

  it('has a title of its own when it was given none', async () => {
    const world = begin();
    const project = await world.openProject(null);
    await project.autosave.saveNow();
    assert.equal((await world.reliableBackend.projects.open(project.projectId)).project.title, 'Untitled project');
  });
});

describe('an open project', () => {
  it('is shared by those who open the same id, and closes with the last of them', async () => {
    const world = begin({ session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000 } } });
    const [a, b] = await Promise.all([world.openProject('lecture'), world.openProject('lecture')]);
    assert.equal(a, b);
    await a.close();
    assert.equal(rename(b, 'Still open'), true);
    await b.close();
    assert.equal(await savedName(world), 'Still open', 'closing saves');
    const again = await world.openProject('lecture');
    assert.notEqual(again, a);
    assert.equal(nameOf(again.editor.document), 'Still open');
  });

  it('stays open, history and all, for an element that lets go and asks again in the same breath', async () => {
    const world = begin();
    const project = await world.openProject('lecture');
    rename(project, 'Moved');
    const closing = project.close();
    const again = await world.openProject('lecture');
    await closing;
    assert.equal(again, project);
    assert.equal(again.editor.undo(), true);
    await again.close();
    assert.notEqual(await world.openProject('lecture'), project);
  });

  it('opens anew once the closing one has let go', async () => {
    const world = begin({ session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000 } } });
    const project = await world.openProject('lecture');
    rename(project, 'Closed');
    const closing = project.close();
    await new Promise((resolve) => setTimeout(resolve, 1));
    const again = await world.openProject('lecture');
    await closing;
    assert.equal(state(again).role, 'leader');
    assert.equal(nameOf(again.editor.document), 'Closed');
  });

  it('takes no edit that nothing would keep once it is closing', async () => {
    const inner = memoryJournal();
    const journal: Journal = {
      ...inner,
      kind: 'indexeddb',
      // As slow as a disk, so that closing takes a while.
      async write(...args) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await inner.write(...args);
      },
    };
    const world = begin({ session: { journal } });
    const project = await world.openProject('lecture');
    rename(project, 'Saved');
    await settled(project);
    let taken = 'Saved';
    const closing = project.close().then(() => 'closed');
    for (let count = 0; ; count += 1) {
      if (rename(project, `Edit ${count}`)) taken = `Edit ${count}`;
      const breath = new Promise((resolve) => setTimeout(resolve, 1));
      if ((await Promise.race([closing, breath])) === 'closed') break;
    }
    const again = await world.openProject('lecture');
    assert.equal(nameOf(again.editor.document), taken);
    assert.equal(rename(again, 'Open again'), true);
  });

  it('closes at once when there is nothing to save', async () => {
    const world = begin({ session: { autosave: { closeMs: 60_000 } } });
    const project = await world.openProject(null);
    await project.close();
  });

  it('describes a title that was changed while the first save was on its way', async () => {
    const world = begin();
    const project = await world.openProject(null);
    const saved = project.autosave.saveNow();
    await until(() => state(project).remote === 'saving', 'the send');
    await project.setDetails({ title: 'Later' });
    await saved;
    for (let end = Date.now() + 3000; Date.now() < end;) {
      const { project: row } = await world.reliableBackend.projects.open(project.projectId);
      if (row.title === 'Later') return;
    }
    assert.fail('the back end never heard of the title');
  });

  it('saves by itself, and says so only when it is so', async () => {
    const world = begin({ hang: ['projects.save'] });
    const project = await world.openProject('lecture');
    assert.equal(sentence(project), 'Saved');
    rename(project, 'Hello');
    assert.equal(sentence(project), 'Saving…');
    await project.autosave.durable(project.autosave.lastSeq());
    await until(() => state(project).remote === 'saving', 'the send');
    assert.equal(state(project).local, 'durable');
    assert.equal(state(project).pendingChanges, 1);
    assert.notEqual(sentence(project), 'Saved');
    assert.equal(await savedName(world), 'Welcome');
  });

  it('keeps changes here while the back end can’t be reached, and sends them when it can', async () => {
    const lifecycle = fakeLifecycle();
    const world = begin({ session: { lifecycle } });
    const project = await world.openProject('lecture');
    world.setFaults({ fail: { 'projects.save': 'offline' } });
    rename(project, 'One');
    await until(() => state(project).remote === 'offline', 'being offline');
    rename(project, 'Two');
    await project.autosave.durable(project.autosave.lastSeq());
    assert.equal(sentence(project), 'Offline: 2 changes kept here');
    world.setFaults({});
    lifecycle.tell('online');
    await settled(project);
    assert.equal(await savedName(world), 'Two');
  });

  it('tells why a save that was asked for failed, and tries again by itself', async () => {
    const lifecycle = fakeLifecycle();
    const world = begin({ session: { lifecycle } });
    const project = await world.openProject('lecture');
    world.setFaults({ fail: { 'projects.save': 'server' } });
    rename(project, 'Again');
    await assert.rejects(project.autosave.saveNow(), (error) => isLecternError(error) && error.code === 'server');
    assert.equal(state(project).remote, 'backoff');
    assert.notEqual(state(project).retryAt, null);
    world.setFaults({});
    lifecycle.tell('show');
    await settled(project);
    assert.equal(await savedName(world), 'Again');
  });

  it('writes and saves at once when the page is hidden', async () => {
    const lifecycle = fakeLifecycle();
    const world = begin({ session: { lifecycle, autosave: { debounceMs: 60_000, deadlineMs: 60_000, closeMs: 40 } } });
    const project = await world.openProject('lecture');
    rename(project, 'Bye');
    lifecycle.tell('hide');
    await settled(project);
    assert.equal(await savedName(world), 'Bye');
  });

  it('never says that memory was a disk', async () => {
    const world = begin({ session: { journal: memoryJournal() }, fail: { 'projects.save': 'offline' } });
    const project = await world.openProject('lecture');
    rename(project, 'Lost with the page');
    await until(() => state(project).remote === 'offline', 'being offline');
    await until(() => state(project).local === 'durable', 'the journal');
    assert.equal(state(project).memoryOnly, true);
    assert.match(sentence(project), /^Not saved: /);
    let durable = false;
    void project.autosave.durable(project.autosave.lastSeq()).then(() => (durable = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(durable, false);
  });

  it('says where work goes that the back end forgets with the page', async () => {
    const world = begin({ memoryOnly: true });
    const project = await world.openProject('lecture');
    await until(() => world.store.getState().storage.memoryOnly, 'the report');
    rename(project, 'Hello');
    await settled(project);
    assert.match(sentence(project), /^Only in this tab/);
  });

  it('publishes as a revision of its own, and can be made a draft again', async () => {
    const world = begin();
    const project = await world.openProject('lecture');
    await project.publish();
    const { project: published } = await world.reliableBackend.projects.open('lecture');
    assert.equal(published.isDraft, false);
    assert.equal((await world.reliableBackend.projects.revisions('lecture'))[0]?.kind, 'publish');
    assert.equal(project.details.getState().isDraft, false);
    await project.unpublish();
    assert.equal((await world.reliableBackend.projects.open('lecture')).project.isDraft, true);
  });

  it('takes a title back that the back end refuses', async () => {
    const world = begin();
    const project = await world.openProject('lecture');
    world.setFaults({ fail: { 'projects.describe': 'forbidden' } });
    const refused = project.setDetails({ title: 'Mine' });
    assert.equal(project.details.getState().title, 'Mine');
    await assert.rejects(refused);
    assert.equal(project.details.getState().title, 'Limits');
    await assert.rejects(
      project.setDetails({ title: '   ' }),
      (error) => isLecternError(error) && error.code === 'invalid-input',
    );
  });

  it('says when it isn’t there', async () => {
    const world = begin();
    await assert.rejects(
      world.openProject('no-such-project'),
      (error) => isLecternError(error) && error.code === 'not-found',
    );
  });

  it('moves playback and the playhead together', async () => {
    const world = begin();
    const project = await world.openProject('lecture');
    const { preview } = project;
    project.editor.seek(100);
    assert.equal(preview.state().frame, 100);
    await preview.play(1);
    await until(() => project.editor.store.getState().playheadFrame > 100, 'the playhead to run');
    preview.pause();
    const { playheadFrame, shuttleRate } = project.editor.store.getState();
    assert.equal(preview.state().frame, playheadFrame);
    assert.equal(shuttleRate, 0);
  });

  it('has requests answered by the last element that listens', async () => {
    const world = begin();
    const project = await world.openProject('lecture');
    assert.equal(project.request('help'), false);
    const heard: string[] = [];
    project.onRequest((request) => void heard.push(`first ${request}`));
    const stop = project.onRequest((request) => {
      if (request !== 'help') return false;
      heard.push('second help');
      return true;
    });
    assert.equal(project.request('help'), true);
    assert.equal(project.request('export'), true);
    stop();
    project.request('help');
    assert.deepEqual(heard, ['second help', 'first export', 'first help']);
  });
});

describe('adding assets', () => {
  it('puts them on the timeline one after the other, as one step of the history', async () => {
    const world = begin({ assets: 3 });
    const project = await world.openProject(null);
    await project.addAssets(['asset-1', 'asset-2']);
    const { document } = project.editor;
    const clips = [...document.clips.values()].sort((a, b) => a.startFrame - b.startFrame);
    assert.deepEqual(
      clips.map((each) => [each.startFrame, each.durationFrames]),
      [
        [0, 300],
        [300, 300],
      ],
    );
    assert.equal(project.editor.undo(), true);
    assert.equal(project.editor.document.clips.size, 0);
    assert.equal(project.editor.undo(), false);
  });

  it('inserts at a frame, the next after the one before', async () => {
    const world = begin({ assets: [{ id: 'new-1' }, { id: 'new-2' }] });
    const project = await world.openProject('lecture');
    await project.addAssets(['new-1', 'new-2'], { frame: 150 });
    const { document } = project.editor;
    const starts = document.clipsOf(document.mainTrack?.id as never).map((each) => each.startFrame);
    assert.deepEqual(starts, [0, 150, 450, 750, 990]);
  });

  it('tells of those that can’t be used and adds the others', async () => {
    const world = begin({
      assets: [
        createNewAsset({ id: 'good' }),
        createNewAsset({
          id: 'bad',
          name: 'Old tape.mov',
          probe: createProbeFacts({ decodable: false, videoCodec: 'prores' }),
        }),
      ],
    });
    const project = await world.openProject(null);
    await project.addAssets(['bad', 'good', 'gone']);
    assert.equal(project.editor.document.clips.size, 1);
    const told = world.store.getState().notices.items.map((notice) => messagesFor('en').text(notice.message));
    assert.deepEqual(told, ['1 file no longer exists', '“Old tape.mov” can’t be put on the timeline']);
    await assert.rejects(
      project.addAssets(['bad']),
      (error) => isLecternError(error) && error.code === 'undecodable' && error.details['codec'] === 'prores',
    );
    await assert.rejects(
      project.addAssets(['gone']),
      (error) => isLecternError(error) && error.code === 'source-missing',
    );
  });
});

describe('coming back', () => {
  it('goes on where it was when a tab was killed before its save', async () => {
    const { world, crash } = abandoned({ hang: ['projects.save'] });
    const project = await world.openProject('lecture');
    for (const name of ['One', 'Two', 'Three']) rename(project, name);
    await project.autosave.durable(project.autosave.lastSeq());
    rename(project, 'Four');
    await project.autosave.durable(project.autosave.lastSeq());

    const back = await crash().openProject('lecture');
    assert.equal(nameOf(back.editor.document), 'Four');
    assert.equal(state(back).restorable?.changes, 4);
    await settled(back);
    assert.equal(await savedName(world), 'Four');
    back.autosave.restore();
    assert.equal(state(back).restorable, null);
  });

  it('can go back to the saved version, loses nothing by it, and can undo that', async () => {
    const { world, crash } = abandoned({ hang: ['projects.save'] });
    const project = await world.openProject('lecture');
    rename(project, 'Found');
    await project.autosave.durable(project.autosave.lastSeq());

    const back = await crash().openProject('lecture');
    back.autosave.discardRestore();
    assert.equal(nameOf(back.editor.document), 'Welcome');
    assert.equal(state(back).restorable, null);
    await settled(back);
    assert.equal(await savedName(world), 'Welcome');
    const revisions = await world.reliableBackend.projects.revisions('lecture');
    assert.equal(revisions.length, 3, 'the saved one, what was found, and the saved one again');
    assert.equal(back.editor.undo(), true);
    assert.equal(nameOf(back.editor.document), 'Found');
  });

  it('offers nothing that the back end has', async () => {
    const { world, crash } = abandoned();
    const project = await world.openProject('lecture');
    rename(project, 'Saved');
    await settled(project);
    const back = await crash().openProject('lecture');
    assert.equal(nameOf(back.editor.document), 'Saved');
    assert.equal(state(back).restorable, null);
    assert.equal(state(back).pendingChanges, 0);
  });

  it('finds out by its id that a save arrived whose answer was lost', async () => {
    const world = begin();
    const { projects } = world.reliableBackend;
    const lost: Backend['projects'] = {
      ...bound(projects),
      save: async (request, options) => {
        await projects.save(request, options);
        return new Promise(() => undefined);
      },
    };
    const deaf = world.tab({
      backend: { ...portsOf(world.reliableBackend), projects: lost, dispose: () => Promise.resolve() },
    });
    await world.seeded;
    const project = await deaf.openProject('lecture');
    rename(project, 'Arrived');
    await until(() => state(project).remote === 'saving', 'the send');
    await until(() => state(project).local === 'durable', 'the journal');
    for (let end = Date.now() + 3000; (await savedName(world)) !== 'Arrived' && Date.now() < end;);
    rename(project, 'Arrived, and more');
    await project.autosave.durable(project.autosave.lastSeq());
    const back = await world.tab({ locks: memoryProjectLocks() }).openProject('lecture');
    assert.equal(state(back).restorable?.changes, 1, 'only what came after the save is open');
    await settled(back);
    assert.equal(await savedName(world), 'Arrived, and more');
    assert.equal(
      (await world.reliableBackend.projects.revisions('lecture')).filter(({ kind }) => kind === 'conflict').length,
      0,
    );
  });

  it('restores a project that was never saved', async () => {
    const { world, crash } = abandoned({ hang: ['projects.save'] });
    const project = await world.openProject(null);
    await project.setDetails({ title: 'Never sent' });
    project.editor.run('clip.addText', { text: 'Hello' });
    await project.autosave.durable(project.autosave.lastSeq());
    const next = crash();
    assert.deepEqual(
      (await next.unsavedProjects()).map(({ projectId, title, changes }) => [projectId, title, changes]),
      [[project.projectId, 'Never sent', 1]],
    );
    const back = await next.openProject(project.projectId);
    assert.equal(back.editor.document.clips.size, 1);
    assert.equal(back.details.getState().title, 'Never sent');
    await settled(back);
    assert.equal((await world.reliableBackend.projects.open(project.projectId)).project.title, 'Never sent');
  });

  it('opens what this browser kept when the back end can’t be reached', async () => {
    const { world, crash } = abandoned({ hang: ['projects.save'] });
    const project = await world.openProject('lecture');
    rename(project, 'Kept');
    await project.autosave.durable(project.autosave.lastSeq());
    const next = crash();
    const open = next.backend.projects.open.bind(next.backend.projects);
    Object.assign(next.backend, {
      projects: { ...bound(next.backend.projects), open: () => Promise.reject(new LecternError('offline')) },
    });
    const back = await next.openProject('lecture');
    assert.equal(nameOf(back.editor.document), 'Kept');
    assert.equal(state(back).remote, 'offline');
    Object.assign(next.backend, { projects: { ...next.backend.projects, open } });
  });

  it('sets a damaged end of the journal aside and opens the last good state', async () => {
    const { world, crash } = abandoned({ hang: ['projects.save'] });
    const project = await world.openProject('lecture');
    rename(project, 'Good');
    await project.autosave.durable(project.autosave.lastSeq());
    rename(project, 'Torn');
    await project.autosave.durable(project.autosave.lastSeq());
    const image = await world.journal.read('lecture');
    const torn = image?.entries.at(-1);
    assert.ok(image && torn);
    await world.journal.write('lecture', image.meta.epoch, {
      dropEntriesTo: torn.seq,
      append: [{ ...torn, body: torn.body.slice(0, 40) }],
    });
    const next = crash();
    const back = await next.openProject('lecture');
    assert.equal(nameOf(back.editor.document), 'Good');
    assert.equal(state(back).restorable?.changes, 1);
    assert.deepEqual(
      next.store.getState().notices.items.map((notice) => notice.message.key),
      ['autosave.quarantined'],
    );
  });

  it('opens a project of a newer version to watch and leaves it alone', async () => {
    const world = begin();
    await world.seeded;
    const stored = printTimeline(createProjectDocument());
    await world.reliableBackend.projects.save({
      projectId: 'tomorrow',
      baseRev: 0,
      saveId: 'tomorrow-1',
      hash: 'f'.repeat(64),
      schemaVersion: stored.schemaVersion + 1,
      state: { ...stored, schemaVersion: stored.schemaVersion + 1 } as never,
      kind: 'manual',
      title: 'From tomorrow',
      totalFrames: 570,
      durationSeconds: 19,
      assetIds: [],
    });
    const project = await world.openProject('tomorrow');
    assert.equal(project.editor.store.getState().readOnly, true);
    assert.equal(rename(project, 'Changed'), false);
    assert.equal(sentence(project), 'Made with a newer version: read-only');
    await assert.rejects(project.autosave.saveNow(), (error) => isLecternError(error) && error.code === 'too-new');
    assert.equal((await world.reliableBackend.projects.open('tomorrow')).project.rev, 1);
  });

  it('begins its journal anew when it was emptied under it', async () => {
    const inner = memoryJournal();
    let emptied = false;
    const journal: Journal = {
      ...inner,
      kind: 'indexeddb',
      claim: (...args) => {
        emptied = false;
        return inner.claim(...args);
      },
      write: (...args) =>
        emptied ? Promise.reject(new LecternError('conflict', { details: { missing: true } })) : inner.write(...args),
    };
    const { world, crash } = abandoned({ hang: ['projects.save'], session: { journal } });
    const project = await world.openProject('lecture');
    rename(project, 'Before');
    await project.autosave.durable(project.autosave.lastSeq());
    emptied = true;
    rename(project, 'After');
    await project.autosave.durable(project.autosave.lastSeq());
    assert.equal(state(project).role, 'leader');
    assert.equal(nameOf((await crash().openProject('lecture')).editor.document), 'After');
  });
});
