import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, LecternError, type SaveOptions } from '@lectern/ports';
import type { ClipId } from '@lectern/timeline';
import { memoryProjectLocks } from './project-lock.js';
import type { ProjectSession } from '../project-session.js';
import {
  abandoned,
  begin,
  bound,
  diskJournal,
  endSessions,
  fakeLifecycle,
  lastLocks,
  nameOf,
  portsOf,
  rename,
  savedName,
  sentence,
  settled,
  state,
  until,
  type World,
} from '../test-support/session-world.js';

afterEach(endSessions);

describe('two tabs', () => {
  it('make the second one read-only, which follows what the first one saves', async () => {
    const world = begin();
    const mine = await world.openProject('lecture');
    const theirs = await world.tab().openProject('lecture');
    assert.equal(state(theirs).role, 'follower');
    assert.equal(rename(theirs, 'No'), false);
    assert.match(sentence(theirs), /another tab/);
    rename(mine, 'Followed');
    await until(() => nameOf(theirs.editor.document) === 'Followed', 'the follower');
  });

  it('show each change in the second one as soon as it is kept, before any save, and who saved it', async () => {
    const world = begin({ session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000, closeMs: 40 } } });
    const mine = await world.openProject('lecture');
    const theirs = await world.tab().openProject('lecture');
    rename(mine, 'One');
    await until(() => nameOf(theirs.editor.document) === 'One', 'the first change');
    const before = theirs.editor.document;
    rename(mine, 'Two');
    await until(() => nameOf(theirs.editor.document) === 'Two', 'the second change');
    assert.equal(theirs.editor.document.tracks[0], before.tracks[0], 'the rest is the very same');
    assert.equal(state(theirs).pendingChanges, 2);
    await mine.autosave.saveNow();
    await until(() => state(theirs).pendingChanges === 0, 'word of the save');
    assert.equal(state(theirs).savedAt, state(mine).savedAt);
    assert.equal(theirs.editor.store.getState().canUndo, false, 'what others do is not undone here');
  });

  it('show a second one that opens late what was never saved', async () => {
    const world = begin({ session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000, closeMs: 40 } } });
    const mine = await world.openProject('lecture');
    rename(mine, 'Only here');
    await mine.autosave.durable(mine.autosave.lastSeq());
    const theirs = await world.tab().openProject('lecture');
    assert.equal(nameOf(theirs.editor.document), 'Only here');
    assert.equal(state(theirs).restorable, null, 'nobody is asked about a tab that is alive');
  });

  it('show a second one what was never saved at all', async () => {
    const world = begin({ session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000, closeMs: 40 } } });
    const mine = await world.openProject(null);
    mine.editor.run('clip.addText', { text: 'Hello' });
    await mine.autosave.durable(mine.autosave.lastSeq());
    const theirs = await world.tab().openProject(mine.projectId);
    assert.equal(theirs.editor.document.clips.size, 1);
    assert.equal(state(theirs).role, 'follower');
  });

  it('keep on show what nothing had kept when the lead was taken, until it is saved as a copy', async () => {
    const journal = diskJournal();
    const full = { ...journal, write: () => Promise.reject(new LecternError('quota-exceeded')) };
    const world = begin({ session: { journal, autosave: { debounceMs: 60_000, deadlineMs: 60_000, closeMs: 40 } } });
    const mine = await world.tab({ journal: full }).openProject('lecture');
    const theirs = await world.tab().openProject('lecture');
    rename(mine, 'Kept nowhere');
    await theirs.autosave.editHere();
    assert.equal(state(theirs).role, 'leader');
    assert.equal(nameOf(theirs.editor.document), 'Welcome');
    assert.equal(state(mine).stranded, 1);
    assert.match(sentence(mine), /1 change/);
    assert.equal(nameOf(mine.editor.document), 'Kept nowhere');
    assert.equal(rename(mine, 'No'), false, 'it is read-only');
    rename(theirs, 'Goes on');
    await theirs.autosave.saveNow();
    assert.equal(nameOf(mine.editor.document), 'Kept nowhere', 'nothing tears it away');
    const copy = await mine.saveAsCopy();
    assert.equal(await savedName(world, copy.id), 'Kept nowhere');
    assert.equal(state(mine).stranded, 0);
    await until(() => nameOf(mine.editor.document) === 'Goes on', 'following again');
  });

  it('hand the project over when asked to, with the last change', async () => {
    const world = begin({ session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000, closeMs: 40 } } });
    const mine = await world.openProject('lecture');
    const theirs = await world.tab().openProject('lecture');
    rename(mine, 'Mine to the last');
    await theirs.autosave.editHere();
    await until(() => state(theirs).role === 'leader', 'the lead');
    assert.equal(nameOf(theirs.editor.document), 'Mine to the last');
    assert.equal(state(mine).role, 'follower');
    assert.equal(rename(mine, 'Too late'), false);
    assert.equal(rename(theirs, 'Mine now'), true);
    await theirs.autosave.saveNow();
    assert.equal(await savedName(world), 'Mine now');
  });

  it('let the second one edit when the first one closes', async () => {
    const world = begin();
    const mine = await world.openProject('lecture');
    const theirs = await world.tab().openProject('lecture');
    rename(mine, 'Last words');
    await mine.close();
    await until(() => state(theirs).role === 'leader', 'the lead');
    assert.equal(nameOf(theirs.editor.document), 'Last words');
    assert.equal(rename(theirs, 'First words'), true);
  });

  it('miss nothing that is told while they read what there is', async () => {
    const disk = diskJournal();
    let reads = 0;
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    // The second read is the first one after the opening: it gives what there was, late.
    const slow = {
      ...disk,
      read: async (id: string) => {
        const image = await disk.read(id);
        if ((reads += 1) === 2) await gate;
        return image;
      },
    };
    const world = begin({ session: { journal: disk } });
    const mine = await world.openProject('lecture');
    const theirs = await world.tab({ journal: slow }).openProject('lecture');
    await until(() => reads === 2, 'reading');
    const elsewhere = await world.tab({ journal: diskJournal(), locks: memoryProjectLocks() }).openProject('lecture');
    rename(elsewhere, 'From elsewhere');
    await until(() => nameOf(mine.editor.document) === 'From elsewhere', 'the new head');
    // By then what was told has led to another attempt, which finds the first one still reading.
    await new Promise((resolve) => setTimeout(resolve, 400));
    goOn();
    await until(() => nameOf(theirs.editor.document) === 'From elsewhere', 'the one that watches');
  });

  it('tell the first one of a head that it has not heard of', async () => {
    const world = begin();
    const { projects } = world.reliableBackend;
    const deaf = { ...bound(projects), subscribe: () => () => undefined };
    const backend = { ...portsOf(world.reliableBackend), projects: deaf, dispose: () => Promise.resolve() };
    const mine = await world.tab({ backend }).openProject('lecture');
    const elsewhere = await world.tab({ journal: diskJournal(), locks: memoryProjectLocks() }).openProject('lecture');
    rename(elsewhere, 'From elsewhere');
    await settled(elsewhere);
    assert.equal(nameOf(mine.editor.document), 'Welcome');
    await world.tab().openProject('lecture');
    await until(() => nameOf(mine.editor.document) === 'From elsewhere', 'word of the head');
  });

  it('let a stale tab write nothing', async () => {
    const { world, crash } = abandoned();
    const frozen = await world.openProject('lecture');
    const awake = await crash().openProject('lecture');
    rename(awake, 'Awake');
    await settled(awake);
    rename(frozen, 'Frozen');
    await until(() => state(frozen).role === 'follower', 'the stale tab to notice');
    assert.equal(frozen.editor.store.getState().readOnly, true);
    assert.equal(await savedName(world), 'Awake');
  });
});

describe('what can be undone', () => {
  const undone = (project: ProjectSession): string | undefined =>
    project.editor.undo() ? nameOf(project.editor.document) : 'nothing to undo';

  it('is still there after a reload, saved or not', async () => {
    const { world, crash } = abandoned();
    const project = await world.openProject('lecture');
    rename(project, 'One');
    rename(project, 'Two');
    await settled(project);
    const saved = await crash().openProject('lecture');
    assert.equal(state(saved).restorable, null);
    assert.equal(undone(saved), 'One');
    await saved.autosave.durable(saved.autosave.lastSeq());
    world.setFaults({ hang: ['projects.save'] });
    const again = await crash().openProject('lecture');
    assert.equal(nameOf(again.editor.document), 'One');
    assert.equal(again.editor.redo(), true);
    assert.equal(nameOf(again.editor.document), 'Two');
    assert.equal(undone(again), 'One');
    assert.equal(undone(again), 'Welcome');
    assert.equal(undone(again), 'nothing to undo');
  });

  it('is still there after a page that was closed well', async () => {
    const world = begin();
    const project = await world.openProject('lecture');
    rename(project, 'One');
    await project.close();
    assert.equal(undone(await world.openProject('lecture')), 'Welcome');
  });

  it('goes over with the project to the tab that edits next', async () => {
    const world = begin();
    const mine = await world.openProject('lecture');
    const theirs = await world.tab().openProject('lecture');
    rename(mine, 'One');
    await theirs.autosave.editHere();
    assert.equal(undone(theirs), 'Welcome');
  });

  it('is not offered for a document that somebody else saved since', async () => {
    const world = begin();
    const project = await world.openProject('lecture');
    rename(project, 'One');
    await project.close();
    const device = world.tab({ journal: diskJournal(), locks: memoryProjectLocks() });
    const other = await device.openProject('lecture');
    rename(other, 'Theirs');
    await other.close();
    assert.equal(undone(await world.openProject('lecture')), 'nothing to undo');
  });
});

describe('a page that goes', () => {
  it('sends what is small along with it, as the user who made it', async () => {
    const lifecycle = fakeLifecycle();
    const world = begin();
    await world.seeded;
    const { projects } = world.reliableBackend;
    const options: (SaveOptions | undefined)[] = [];
    const watched = {
      ...bound(projects),
      save: (...args: Parameters<typeof projects.save>) => {
        options.push(args[1]);
        return projects.save(...args);
      },
    };
    const ports = portsOf(world.reliableBackend);
    const tab = world.tab({
      backend: { ...ports, projects: watched, dispose: () => Promise.resolve() },
      lifecycle,
      autosave: { debounceMs: 60_000, deadlineMs: 60_000, closeMs: 40 },
    });
    const project = await tab.openProject('lecture');
    rename(project, 'Last words');
    lifecycle.tell('hide');
    assert.equal(options.length, 1, 'in the very same turn: there may be no other');
    const { userId } = await ports.identity.current();
    assert.deepEqual(options, [{ asUserId: userId, keepalive: true }]);
    await settled(project);
    assert.equal(await savedName(world), 'Last words');
  });
});

describe('a conflict', () => {
  /** Somebody on another device saves in between. */
  async function elsewhere(world: World, name: string): Promise<void> {
    const device = world.tab({ journal: diskJournal(), locks: memoryProjectLocks() });
    const project = await device.openProject('lecture');
    rename(project, name);
    await project.autosave.saveNow();
    await project.close();
  }

  async function conflicting(): Promise<{ readonly world: World; readonly project: ProjectSession }> {
    const lifecycle = fakeLifecycle();
    const world = begin({ session: { lifecycle } });
    const project = await world.openProject('lecture');
    world.setFaults({ fail: { 'projects.save': 'offline' } });
    rename(project, 'Mine');
    await until(() => state(project).remote === 'offline', 'being offline');
    await elsewhere(world, 'Theirs');
    world.setFaults({});
    lifecycle.tell('online');
    await until(() => state(project).remote === 'conflict', 'the conflict');
    return { world, project };
  }

  it('is none where the edits touch nothing of each other: both are in, which is one step to undo', async () => {
    const lifecycle = fakeLifecycle();
    const world = begin({ session: { lifecycle } });
    const project = await world.openProject('lecture');
    world.setFaults({ fail: { 'projects.save': 'offline' } });
    rename(project, 'Mine');
    await until(() => state(project).remote === 'offline', 'being offline');
    const device = world.tab({ journal: diskJournal(), locks: memoryProjectLocks() });
    const other = await device.openProject('lecture');
    other.editor.run('clip.rename', { clipId: 'clip-2' as ClipId, name: 'Theirs' });
    await other.autosave.saveNow();
    await other.close();
    world.setFaults({});
    lifecycle.tell('online');
    await settled(project);
    const names = (): unknown[] =>
      ['clip-1', 'clip-2'].map((id) => project.editor.document.clips.get(id as ClipId)?.name);
    assert.deepEqual(names(), ['Mine', 'Theirs']);
    assert.equal(await savedName(world), 'Mine');
    assert.equal(state(project).merged?.changes, 1);
    assert.equal(state(project).conflict, null);
    const before = project.editor.document;
    assert.equal(project.editor.undo(), true);
    assert.notDeepEqual(names(), ['Mine', 'Theirs']);
    assert.equal(project.editor.redo(), true);
    assert.deepEqual([...project.editor.document.records()], [...before.records()]);
    project.autosave.dismissMerged();
    assert.equal(state(project).merged, null);
  });

  it('merges after a reload, too, from the revision that both were made from', async () => {
    const { world, crash } = abandoned({ fail: { 'projects.save': 'offline' } });
    const project = await world.openProject('lecture');
    rename(project, 'Mine');
    await project.autosave.durable(project.autosave.lastSeq());
    const device = world.tab({ journal: diskJournal(), locks: memoryProjectLocks() });
    const other = await device.openProject('lecture');
    other.editor.run('clip.rename', { clipId: 'clip-2' as ClipId, name: 'Theirs' });
    await other.autosave.saveNow();
    await other.close();
    const back = await crash().openProject('lecture');
    await settled(back);
    assert.equal(await savedName(world), 'Mine');
    assert.equal(back.editor.document.clips.get('clip-2' as ClipId)?.name, 'Theirs');
  });

  it('shows what it is between: what both were made from, mine and theirs', async () => {
    const { project } = await conflicting();
    rename(project, 'Mine, and more');
    const { base, mine, theirs } = await project.autosave.openConflict();
    assert.deepEqual(
      [base, mine, theirs].map((document) => document && nameOf(document)),
      ['Welcome', 'Mine, and more', 'Theirs'],
    );
  });

  it('keeps what was edited since it began, too, when theirs is taken', async () => {
    const { world, project } = await conflicting();
    rename(project, 'Mine, and more');
    await project.autosave.resolve('take-theirs');
    assert.equal(nameOf(project.editor.document), 'Theirs');
    const { projects } = world.reliableBackend;
    const kept = (await projects.revisions('lecture')).filter(({ kind }) => kind === 'conflict');
    const names = await Promise.all(
      kept.map(async ({ rev }) => JSON.stringify((await projects.openRevision('lecture', rev)).state)),
    );
    assert.ok(names.some((text) => text.includes('Mine, and more')));
  });

  it('overwrites nothing and asks', async () => {
    const { world, project } = await conflicting();
    assert.equal(await savedName(world), 'Theirs');
    assert.equal(nameOf(project.editor.document), 'Mine');
    assert.equal(sentence(project), 'Someone else saved: choose');
    assert.equal(state(project).conflict?.headRev, 2);
    rename(project, 'Mine, and more');
    await project.autosave.durable(project.autosave.lastSeq());
    await assert.rejects(project.autosave.saveNow(), (error) => isLecternError(error) && error.code === 'conflict');
    assert.equal(await savedName(world), 'Theirs');
  });

  it('keeps mine', async () => {
    const { world, project } = await conflicting();
    await project.autosave.resolve('keep-mine');
    assert.equal(await savedName(world), 'Mine');
    assert.equal(sentence(project), 'Saved');
  });

  it('takes theirs, and mine stays a revision', async () => {
    const { world, project } = await conflicting();
    await project.autosave.resolve('take-theirs');
    assert.equal(nameOf(project.editor.document), 'Theirs');
    assert.equal(state(project).pendingChanges, 0);
    const kept = (await world.reliableBackend.projects.revisions('lecture')).filter(({ kind }) => kind === 'conflict');
    assert.equal(kept.length, 1);
    const again = await world.tab({ locks: lastLocks() }).openProject('lecture');
    assert.equal(nameOf(again.editor.document), 'Theirs');
    assert.equal(state(again).restorable, null, 'what was let go is not offered again');
  });

  it('goes on saving after theirs was taken', async () => {
    const { world, project } = await conflicting();
    await project.autosave.resolve('take-theirs');
    assert.equal(rename(project, 'And on'), true);
    await settled(project);
    assert.equal(await savedName(world), 'And on');
  });

  it('is none when the head turns out to be an earlier save of our own', async () => {
    const world = begin();
    const { projects } = world.reliableBackend;
    const lost = {
      ...bound(projects),
      save: async (...args: Parameters<typeof projects.save>) => {
        await projects.save(...args);
        return new Promise<never>(() => undefined);
      },
    };
    await world.seeded;
    const ports = portsOf(world.reliableBackend);
    const deaf = await world
      .tab({ backend: { ...ports, projects: lost, dispose: () => Promise.resolve() } })
      .openProject('lecture');
    rename(deaf, 'Arrived');
    for (let end = Date.now() + 3000; (await savedName(world)) !== 'Arrived' && Date.now() < end;);
    rename(deaf, 'Arrived, and more');
    await deaf.autosave.durable(deaf.autosave.lastSeq());
    // The next page opens without the back end, so nobody can tell it what became of that save.
    let reachable = false;
    const lifecycle = fakeLifecycle();
    const flaky = {
      ...bound(projects),
      open: (...args: Parameters<typeof projects.open>) =>
        reachable ? projects.open(...args) : Promise.reject(new LecternError('offline')),
    };
    const next = world.tab({
      backend: { ...ports, projects: flaky, dispose: () => Promise.resolve() },
      locks: memoryProjectLocks(),
      lifecycle,
    });
    const back = await next.openProject('lecture');
    assert.equal(state(back).remote, 'offline');
    reachable = true;
    lifecycle.tell('online');
    await settled(back);
    assert.equal(state(back).conflict, null);
    assert.equal(await savedName(world), 'Arrived, and more');
  });

  it('keeps both', async () => {
    const { world, project } = await conflicting();
    await project.autosave.resolve('keep-both');
    assert.equal(nameOf(project.editor.document), 'Theirs');
    const { items } = await world.reliableBackend.projects.list({ search: 'copy' });
    const [copy] = items;
    assert.ok(copy);
    assert.equal(copy.title, 'Limits (copy)');
    assert.equal(await savedName(world, copy.id), 'Mine');
  });

  it('is there again after a reload, with both sides', async () => {
    const { world, project } = await conflicting();
    await project.autosave.durable(project.autosave.lastSeq());
    const back = await world.tab({ locks: lastLocks() }).openProject('lecture');
    assert.equal(nameOf(back.editor.document), 'Mine');
    await until(() => state(back).remote === 'conflict', 'the conflict');
  });
});
