import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import { LecternError } from '@lectern/ports';
import type { AutosaveState, ConflictChoice } from '@lectern/core';
import type { TimelineDocument } from '@lectern/timeline';
import {
  closeManagers,
  downloads,
  nameOf,
  openManager,
  rename,
  saveElsewhere,
  showState,
  type OpenedManager,
  type OpenManagerOptions,
} from '../test-support/saving.js';
import type { SaveConflictDetail } from './autosave-events.js';
import { violations } from '../test-support/accessibility.js';

const conflict: NonNullable<AutosaveState['conflict']> = {
  headRev: 3,
  headAuthor: 'A colleague',
  headAt: new Date(Date.now() - 120_000).toISOString(),
  keptAs: 4,
};

interface InConflict extends OpenedManager {
  readonly base: TimelineDocument;
  readonly choices: ConflictChoice[];
}

/** A conflict as the facts say it: both renamed the first clip, I added a title, a colleague removed the summary. */
async function openConflict(
  options: OpenManagerOptions & { readonly withoutBase?: boolean } = {},
): Promise<InConflict> {
  // Nothing is saved by itself here, which would put the facts right.
  const opened = await openManager({
    session: { session: { autosave: { debounceMs: 60_000, deadlineMs: 60_000 } } },
    ...options,
  });
  const { project } = opened;
  const base = project.editor.document;
  rename(project, 'Theirs');
  project.editor.run('clip.delete', { clipIds: ['clip-3' as never] });
  const theirs = project.editor.document;
  project.editor.load(base);
  rename(project, 'Mine');
  project.editor.run('clip.addText', { text: 'Homework', frame: 700 });
  const choices: ConflictChoice[] = [];
  Object.assign(project.autosave, {
    openConflict: () =>
      Promise.resolve({ base: options.withoutBase ? null : base, mine: project.editor.document, theirs }),
    resolve: (choice: ConflictChoice) => {
      choices.push(choice);
      project.autosave.store.setState({ remote: 'synced', conflict: null });
      return Promise.resolve();
    },
  });
  await project.autosave.durable(project.autosave.lastSeq());
  await showState(opened, { remote: 'conflict', local: 'durable', pendingChanges: 2, conflict });
  return { ...opened, base, choices };
}

describe('the conflict dialog', () => {
  afterEach(closeManagers);

  it('has no accessibility violations while it compares, and once it has', async () => {
    const { element, harness } = await openConflict();
    await harness.until(() => harness.dialog);
    expect(await violations(element)).to.deep.equal([]);
    await harness.until(() => harness.lines('.side').length > 0);
    expect(await violations(element)).to.deep.equal([]);
  });

  it('opens by itself, once, and says who saved, when, and what differs on both sides by name', async () => {
    const { harness } = await openConflict();
    await harness.until(() => harness.lines('.side').length > 0);
    expect(harness.dialog?.matches(':modal')).to.equal(true);
    expect(harness.dialogText).to.contain('A colleague saved a version 2 minutes ago');
    expect(harness.lines('[data-side="mine"]')).to.deep.equal(['1 clip added: “Homework”', '1 clip changed: “Mine”']);
    expect(harness.lines('[data-side="theirs"]')).to.deep.equal([
      '1 clip removed: “Summary”',
      '1 clip changed: “Theirs”',
    ]);
    expect(harness.dialogText).to.contain('Both of you changed “Mine”');
  });

  it('says under each choice where the other version goes', async () => {
    const { harness } = await openConflict();
    await harness.until(() => harness.dialog);
    expect(harness.dialogText).to.contain('Your version becomes the newest. Theirs stays in the version history.');
    expect(harness.dialogText).to.contain('Their version opens here. Yours stays in the version history.');
    expect(harness.dialogText).to.contain('Yours becomes a project of its own, “Lecture (copy)”. Theirs opens here.');
    expect(harness.dialogText).to.contain('nothing is lost, whatever you choose');
  });

  it('lets no key answer before anything was read: the heading has the focus', async () => {
    const { harness, choices } = await openConflict();
    await harness.until(() => harness.dialog);
    expect(harness.focused?.localName).to.equal('h2');
    await sendKeys({ press: 'Enter' });
    await sendKeys({ press: 'Space' });
    await harness.settled();
    expect(choices).to.deep.equal([]);
    expect(harness.dialog).to.not.equal(null);
  });

  for (const [name, choice, said] of [
    ['Keep mine', 'keep-mine', 'Your version is the newest now; theirs is in the version history'],
    ['Take theirs', 'take-theirs', 'Their version is open; yours is in the version history'],
    ['Keep both', 'keep-both', 'Yours is a project of its own now; theirs is open here'],
  ] as const)
    it(`answers ${name} by keyboard, closes, and says what became of both`, async () => {
      const { harness, choices } = await openConflict();
      await harness.until(() => harness.dialog);
      for (let presses = 0; presses < 12; presses += 1) {
        if (harness.focused?.getAttribute('data-choice') === choice) break;
        await sendKeys({ press: 'Tab' });
      }
      await sendKeys({ press: 'Enter' });
      await harness.until(() => harness.dialog === null);
      expect(choices).to.deep.equal([choice]);
      await harness.until(() => harness.announced === said);
    });

  it('downloads my version, and asks on', async () => {
    const { harness } = await openConflict();
    await harness.until(() => harness.dialog);
    const [file] = await downloads(async () => {
      await harness.answer('Download my version');
      await harness.until(() => harness.announced.startsWith('Downloaded: '));
    });
    expect(file?.text).to.contain('Homework');
    expect(harness.dialog).to.not.equal(null);
  });

  it('compares with theirs alone where nobody has any more what both began with', async () => {
    const { harness } = await openConflict({ withoutBase: true });
    await harness.until(() => harness.lines('.side').length > 0);
    expect(harness.dialogText).to.contain('no longer kept, so this is how yours differs');
    expect(harness.lines('.side')).to.deep.equal(['2 clips added: “Summary” and “Homework”', '1 clip changed: “Mine”']);
  });

  it('lets choose without the comparison when it can’t be made, and makes it when asked again', async () => {
    const { harness, project } = await openConflict();
    await harness.until(() => harness.dialog);
    const compare = project.autosave.openConflict.bind(project.autosave);
    Object.assign(project.autosave, { openConflict: () => Promise.reject(new LecternError('offline')) });
    await showState({ harness, project } as OpenedManager, { conflict: { ...conflict, headRev: 4 } });
    await harness.until(() => harness.dialogText.includes('can’t be compared now'));
    expect(harness.dialogText).to.contain('Somebody saved again in between');
    expect(harness.inside(harness.dialog ?? harness.element, 'Keep mine')).to.be.instanceOf(HTMLButtonElement);
    Object.assign(project.autosave, { openConflict: compare });
    await harness.answer('Try again');
    await harness.until(() => harness.lines('.side').length > 0);
  });

  it('stays with the reason when a choice can’t be carried out, and takes another', async () => {
    const { harness, project, choices } = await openConflict();
    await harness.until(() => harness.dialog);
    const resolve = project.autosave.resolve.bind(project.autosave);
    Object.assign(project.autosave, { resolve: () => Promise.reject(new LecternError('timeout')) });
    await harness.answer('Take theirs');
    await harness.until(() => harness.dialogText.includes('The server took too long to answer'));
    Object.assign(project.autosave, { resolve });
    await harness.answer('Keep both');
    await harness.until(() => harness.dialog === null);
    expect(choices).to.deep.equal(['keep-both']);
  });

  it('closes when there is nothing left to choose', async () => {
    const opened = await openConflict();
    await opened.harness.until(() => opened.harness.dialog);
    await showState(opened, { remote: 'synced', conflict: null });
    await opened.harness.until(() => opened.harness.dialog === null);
  });

  it('waits for the end of a drag before it opens', async () => {
    const opened = await openManager();
    const { harness, project } = opened;
    Object.assign(project.autosave, { openConflict: () => new Promise(() => undefined) });
    const gesture = project.editor.begin('move', { clipIds: ['clip-1'], anchorClipId: 'clip-1' } as never);
    await showState(opened, { remote: 'conflict', conflict });
    await harness.settled();
    expect(harness.dialog).to.equal(null);
    gesture?.cancel();
    await harness.until(() => harness.dialog);
  });

  it('leaves the question to a page that asks it itself, there and behind the sentence', async () => {
    const asked: SaveConflictDetail[] = [];
    const onConflict = (event: HTMLElementEventMap['lectern-save-conflict']): void => {
      asked.push(event.detail);
      event.preventDefault();
    };
    document.addEventListener('lectern-save-conflict' as never, onConflict);
    try {
      const { harness, element, choices } = await openConflict();
      expect(asked).to.deep.equal([{ projectId: 'lecture', author: 'A colleague', at: conflict.headAt, headRev: 3 }]);
      expect(harness.dialog).to.equal(null);
      await harness.choose('Compare and choose');
      expect(asked.length).to.equal(2);
      expect(harness.dialog).to.equal(null);
      const differences = await element.compareConflict();
      expect(differences?.mine.clips.added.map(({ name }) => name)).to.deep.equal(['Homework']);
      expect(differences?.theirs?.clips.removed.map(({ name }) => name)).to.deep.equal(['Summary']);
      await element.resolveConflict('keep-both');
      expect(choices).to.deep.equal(['keep-both']);
    } finally {
      document.removeEventListener('lectern-save-conflict' as never, onConflict);
    }
  });

  it('shows nothing without an interface of its own, and answers all the same', async () => {
    const { harness, element, choices } = await openConflict({ attributes: { headless: true } });
    await harness.settled();
    expect(harness.dialog).to.equal(null);
    await element.resolveConflict('take-theirs');
    expect(choices).to.deep.equal(['take-theirs']);
  });
});

describe('a real conflict', () => {
  afterEach(closeManagers);

  /** Both name the first clip: nothing that could be merged. */
  async function begin(): Promise<OpenedManager> {
    const opened = await openManager();
    await saveElsewhere(opened, 'Theirs');
    opened.session.setFaults({});
    rename(opened.project, 'Mine');
    await opened.harness.until(() => opened.harness.dialog, 'the question');
    await opened.harness.until(() => opened.harness.lines('.side').length > 0, 'what differs');
    return opened;
  }

  /** What every saved state calls the first clip. */
  async function everyName({ session, project }: OpenedManager): Promise<Set<string>> {
    const names = new Set<string>();
    for (const { rev } of await session.backend.projects.revisions('lecture'))
      names.add(nameOf(await project.versions.open(rev)));
    for (const { id } of (await session.backend.projects.list({})).items) {
      const { state } = await session.backend.projects.open(id);
      const { clips } = state as unknown as {
        readonly clips: readonly { readonly id: string; readonly name: string }[];
      };
      names.add(clips.find((clip) => clip.id === 'clip-1')?.name ?? '');
    }
    return names;
  }

  it('is put off with Escape: work goes on, the sentence goes on saying so, and the details lead back', async () => {
    const { harness, project } = await begin();
    await sendKeys({ press: 'Escape' });
    await harness.until(() => harness.dialog === null);
    expect(harness.sentence).to.equal('Someone else saved: choose');
    rename(project, 'Still working');
    await project.autosave.durable(project.autosave.lastSeq());
    await harness.settled();
    expect(nameOf(project.editor.document)).to.equal('Still working');
    expect(harness.sentence).to.equal('Someone else saved: choose');
    expect(harness.dialog).to.equal(null);
    await harness.choose('Compare and choose');
    await harness.until(() => harness.lines('[data-side="mine"]').includes('1 clip changed: “Still working”'));
    await harness.answer('Decide later');
    await harness.until(() => harness.dialog === null);
    await harness.until(() => harness.focused === harness.get('.state-button'), 'the focus');
    expect(project.autosave.store.getState().remote).to.equal('conflict');
  });

  for (const [name, here] of [
    ['Keep mine', 'Mine'],
    ['Take theirs', 'Theirs'],
    ['Keep both', 'Theirs'],
  ] as const)
    it(`loses neither version with ${name}`, async () => {
      const opened = await begin();
      const { harness, project } = opened;
      await harness.answer(name);
      await harness.until(() => harness.dialog === null, 'the end of it');
      await harness.until(() => project.autosave.store.getState().remote === 'synced', 'the save');
      expect(nameOf(project.editor.document)).to.equal(here);
      const names = await everyName(opened);
      expect([...names]).to.include.members(['Mine', 'Theirs']);
    });
});
