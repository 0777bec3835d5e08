import axe from 'axe-core';
import { expect } from 'chai';
import type { AutosaveState, ProjectSession } from '@lectern/core';
import { createProjectDocument, createTestSession, type TestSession } from '@lectern/testing';
import '../define/autosave-manager.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { AutosaveManagerElement, SaveDetail, SaveStateDetail } from './autosave-manager.js';
import { AutosaveManagerHarness } from './autosave-manager.harness.js';

const lecture = { id: 'lecture', title: 'Lecture', document: createProjectDocument() };
let sessions: TestSession[] = [];
let projects: ProjectSession[] = [];

interface Opened {
  readonly harness: AutosaveManagerHarness;
  readonly element: AutosaveManagerElement;
  readonly project: ProjectSession;
  readonly session: TestSession;
}

async function open(attributes: Partial<AutosaveManagerElement> = {}): Promise<Opened> {
  const session = createTestSession({
    projects: [lecture],
    session: { autosave: { debounceMs: 40, deadlineMs: 400 } },
  });
  sessions.push(session);
  const project = await session.openProject('lecture');
  projects.push(project);
  const element = Object.assign(document.createElement('autosave-manager'), {
    lectern: session,
    projectSession: project,
    ...attributes,
  });
  await mount(element, 600, 500);
  const harness = new AutosaveManagerHarness(element);
  await harness.settled();
  return { harness, element, project, session };
}

/** States that take two people or a broken disk to get into: shown from the facts alone. */
async function show({ harness, project }: Opened, state: Partial<AutosaveState>): Promise<void> {
  project.autosave.store.setState({
    role: 'leader',
    remoteVolatile: false,
    memoryOnly: false,
    neverSaved: false,
    ...state,
  });
  await harness.settled();
}

async function violations(element: Element): Promise<string[]> {
  const report = await axe.run(element);
  return report.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)}`),
  );
}

function edit(project: ProjectSession): void {
  project.editor.run('clip.addText', { text: 'Hello', frame: 600 });
}

describe('autosave-manager', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(projects.map((project) => project.close()));
    await Promise.all(sessions.map((session) => session.dispose()));
    projects = [];
    sessions = [];
  });

  it('has no accessibility violations closed, open, and with a question', async () => {
    const opened = await open();
    expect(await violations(opened.element)).to.deep.equal([]);
    await opened.harness.toggle();
    expect(await violations(opened.element)).to.deep.equal([]);
    await show(opened, {
      remote: 'conflict',
      conflict: { headRev: 3, headAuthor: 'Ada', headAt: new Date().toISOString(), keptAs: 4 },
    });
    expect(await violations(opened.element)).to.deep.equal([]);
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
      [
        { remote: 'blocked', local: 'durable', reason: { code: 'quota-exceeded', message: '', details: {} } },
        /^Not saved: \S/,
      ],
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
    edit(project);
    await harness.until(() => saved.length === 1, 'the save');
    expect(saved[0]).to.include({ projectId: 'lecture', rev: 2 });
    expect(states.some(({ pendingChanges }) => pendingChanges === 1)).to.equal(true);
    expect(states.at(-1)).to.include({ remote: 'synced', pendingChanges: 0 });
  });

  it('works without showing anything', async () => {
    const { harness, element, project } = await open({ headless: true });
    expect(getComputedStyle(element).display).to.equal('none');
    let saves = 0;
    element.addEventListener('lectern-save', () => (saves += 1));
    edit(project);
    await harness.until(() => saves === 1, 'the save');
    expect(element.saveState?.pendingChanges).to.equal(0);
  });

  it('saves at once when asked, and says so aloud', async () => {
    const { harness, project, session } = await open();
    await harness.toggle();
    edit(project);
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

  it('asks once by itself about changes that were only in this browser', async () => {
    const opened = await open();
    const { harness, project } = opened;
    let kept = 0;
    project.autosave.restore = () => {
      kept += 1;
      project.autosave.store.setState({ restorable: null });
    };
    await show(opened, { remote: 'dirty', restorable: { changes: 7, at: '2026-03-02T09:00:00.000Z' } });
    await harness.until(() => harness.isOpen);
    expect(harness.details.textContent).to.contain('7 changes from Mar 2, 2026');
    await harness.press('Escape');
    harness.details.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }));
    await harness.settled();
    expect(harness.isOpen).to.equal(false);
    await show(opened, { pendingChanges: 8 });
    expect(harness.isOpen).to.equal(false);
    await harness.toggle();
    await harness.click('Keep it');
    expect(kept).to.equal(1);
    expect(harness.isOpen).to.equal(false);
  });

  it('offers the three ways out of a conflict', async () => {
    const opened = await open();
    const { harness, project } = opened;
    const choices: string[] = [];
    project.autosave.resolve = (choice) => {
      choices.push(choice);
      return Promise.resolve();
    };
    await show(opened, {
      remote: 'conflict',
      conflict: { headRev: 3, headAuthor: 'Ada', headAt: new Date(Date.now() - 120_000).toISOString(), keptAs: 4 },
    });
    await harness.until(() => harness.isOpen);
    expect(harness.details.textContent).to.contain('Ada saved a version 2 minutes ago');
    await harness.click('Keep both');
    expect(choices).to.deep.equal(['keep-both']);
  });

  it('says that nothing outlives the page where the browser keeps nothing', async () => {
    const opened = await open();
    await opened.harness.toggle();
    await show(opened, { remote: 'synced', local: 'clean', remoteVolatile: true, memoryOnly: true });
    expect(opened.harness.get('.banner').textContent).to.contain('Nothing outlives this page');
    expect(opened.element.saveState?.kind).to.equal('volatile');
  });
});
