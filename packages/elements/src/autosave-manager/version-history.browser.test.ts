import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import type { ProjectRevision, SaveKind } from '@lectern/ports';
import {
  closeManagers,
  nameOf,
  openManager,
  rename,
  saveElsewhere,
  showState,
  type OpenedManager,
  type OpenManagerOptions,
} from '../test-support/saving.js';
import { violations } from '../test-support/accessibility.js';

/** Three versions: *Welcome* as it began, *Second* and *Third*, saved by hand. */
async function openHistory(options: OpenManagerOptions = {}): Promise<OpenedManager> {
  const opened = await openManager({
    ...options,
    prepare: async (project, session) => {
      for (const name of ['Second', 'Third']) {
        rename(project, name);
        await project.autosave.saveNow();
      }
      await options.prepare?.(project, session);
    },
  });
  opened.element.showHistory();
  await opened.harness.until(() => opened.harness.dialog, 'the dialog');
  return opened;
}

async function select({ harness }: OpenedManager, rev: number): Promise<void> {
  await harness.until(() => harness.all('.version').length > 0, 'the versions');
  await harness.click(harness.version(rev));
  await harness.until(() => harness.all('.detail h3').length > 0, 'the version');
  await harness.until(() => harness.all('.detail .skeleton').length === 0, 'what is in it');
}

const day = 24 * 60 * 60_000;

function revision(rev: number, kind: SaveKind, createdAt: Date, author = ''): ProjectRevision {
  return {
    projectId: 'lecture',
    rev,
    parentRev: rev - 1,
    saveId: `save-${String(rev)}`,
    author,
    kind,
    contentHash: '',
    createdAt: createdAt.toISOString(),
  };
}

describe('the version history', () => {
  afterEach(closeManagers);

  it('has no accessibility violations as a list and with a version on show', async () => {
    const opened = await openHistory();
    await opened.harness.until(() => opened.harness.all('.version').length === 3);
    expect(await violations(opened.element)).to.deep.equal([]);
    await select(opened, 1);
    expect(await violations(opened.element)).to.deep.equal([]);
  });

  it('lists what was saved, newest first, with how and by whom', async () => {
    const { harness } = await openHistory();
    await harness.until(() => harness.all('.version').length === 3);
    await harness.until(() => harness.dialogText.includes('You'));
    const rows = harness.versions['Today'] ?? [];
    expect(rows.map((row) => row.replace(/^\S+ [AP]M /, ''))).to.deep.equal([
      'Current Saved by hand · You',
      'Saved by hand · You',
      'Autosaved · You',
    ]);
  });

  it('groups by the reader’s own days, and says what was kept from a conflict', async () => {
    const now = new Date();
    now.setHours(12, 0, 0, 0);
    const before = (days: number): Date => new Date(now.getTime() - days * day);
    const { harness } = await openHistory({
      prepare: (_project, session) => {
        Object.assign(session.reliableBackend.projects, {
          revisions: () =>
            Promise.resolve([
              revision(4, 'restore', now),
              revision(5, 'publish', before(1)),
              revision(900, 'conflict', before(1)),
              revision(2, 'manual', before(9), 'Ada'),
            ]),
        });
      },
    });
    await harness.until(() => harness.all('.version').length === 4);
    const days = harness.versions;
    expect(Object.keys(days).slice(0, 2)).to.deep.equal(['Today', 'Yesterday']);
    expect(days['Yesterday']?.map((row) => row.slice(row.indexOf('M') + 2))).to.deep.equal([
      'Kept from a conflict',
      'Published',
    ]);
    expect(Object.values(days)[2]?.[0]).to.contain('Saved by hand · Ada');
  });

  it('shows a version: its picture, its length, and what restoring it would change', async () => {
    const opened = await openHistory();
    const { harness } = opened;
    await select(opened, 1);
    expect(harness.dialogText).to.contain('Length 0:19');
    expect(harness.lines('.detail')).to.deep.equal(['1 clip changed: “Welcome”']);
    await harness.until(() => harness.get('.picture').dataset['status'] === 'drawn', 'the picture');
    const canvas = harness.get<HTMLCanvasElement>('.picture canvas');
    const pixels = (): Uint8ClampedArray | undefined => canvas.getContext('2d')?.getImageData(0, 0, 16, 16).data;
    const before = pixels();
    expect(before?.some((value, index) => index % 4 !== 3 && value > 24)).to.equal(true);
    const slider = harness.get<HTMLInputElement>('.place input');
    await harness.type(slider, '540');
    await harness.until(() => pixels()?.some((value, index) => value !== before?.[index]), 'another picture');
    expect(slider.getAttribute('aria-valuetext')).to.equal('0:18');
    expect(nameOf(opened.project.editor.document)).to.equal('Third');
  });

  it('says of the newest that it is what is on the timeline', async () => {
    const opened = await openHistory();
    await select(opened, 3);
    expect(opened.harness.dialogText).to.contain('This is what is on the timeline now');
    expect(() => opened.harness.inside(opened.harness.get('.detail'), 'Restore this version')).to.throw();
  });

  it('restores a version as a step that undo takes back, and saves it as what it is', async () => {
    const opened = await openHistory();
    const { harness, project, session } = opened;
    await select(opened, 1);
    await harness.answer('Restore this version');
    await harness.until(() => harness.dialog === null, 'the end of it');
    expect(nameOf(project.editor.document)).to.equal('Welcome');
    const [newest] = await session.backend.projects.revisions('lecture');
    expect(newest?.kind).to.equal('restore');
    await harness.until(() => harness.announced.includes('is on the timeline'));
    await harness.until(() => harness.focused === harness.get('.state-button'), 'the focus');
    project.editor.undo();
    expect(nameOf(project.editor.document)).to.equal('Third');
  });

  it('opens a version as a copy, and leaves this project alone', async () => {
    const opened = await openHistory();
    const { harness, element, project, session } = opened;
    const requests: string[] = [];
    element.addEventListener('lectern-project-open', ({ detail }) => requests.push(detail.projectId));
    await select(opened, 2);
    await harness.answer('Open as copy');
    const [id] = await harness.until(() => requests.length === 1 && requests);
    const copy = await session.openProject(id ?? '');
    expect(nameOf(copy.editor.document)).to.equal('Second');
    expect(nameOf(project.editor.document)).to.equal('Third');
    await copy.close();
  });

  it('goes through the list with the arrow keys and opens with Enter', async () => {
    const { harness } = await openHistory();
    await harness.until(() => harness.all('.version').length === 3);
    harness.version(3).focus();
    await sendKeys({ press: 'ArrowDown' });
    expect(harness.focused).to.equal(harness.version(2));
    await sendKeys({ press: 'End' });
    expect(harness.focused).to.equal(harness.version(1));
    await sendKeys({ press: 'Enter' });
    await harness.until(() => harness.version(1).getAttribute('aria-current') === 'true');
    await sendKeys({ press: 'Escape' });
    await harness.until(() => harness.dialog === null);
  });

  it('tells of a version that can’t be read, and goes on with the others', async () => {
    const opened = await openHistory();
    const { harness, session } = opened;
    const read = session.reliableBackend.projects.openRevision.bind(session.reliableBackend.projects);
    Object.assign(session.reliableBackend.projects, {
      openRevision: async (id: string, rev: number) => {
        const opened = await read(id, rev);
        return rev === 2 ? { ...opened, state: { schemaVersion: 9999, tracks: 'unknown' } } : opened;
      },
    });
    await harness.until(() => harness.all('.version').length === 3);
    await harness.click(harness.version(2));
    await harness.until(() => harness.dialogText.includes('newer version of the studio'));
    await select(opened, 1);
    expect(harness.lines('.detail')).to.deep.equal(['1 clip changed: “Welcome”']);
  });

  it('says that a version was thinned out meanwhile', async () => {
    const opened = await openHistory();
    opened.session.setFaults({ fail: { 'projects.openRevision': 'not-found' } });
    await opened.harness.until(() => opened.harness.all('.version').length === 3);
    await opened.harness.click(opened.harness.version(1));
    await opened.harness.until(() => opened.harness.dialogText.includes('This version is no longer kept'));
  });

  it('tries again what a bad connection kept it from reading', async () => {
    const opened = await openHistory();
    const { harness, session } = opened;
    session.setFaults({ fail: { 'projects.openRevision': 'server' } });
    await harness.until(() => harness.all('.version').length === 3);
    await harness.click(harness.version(1));
    await harness.until(() => harness.dialogText.includes('The server had a problem'));
    session.setFaults({});
    await harness.answer('Try again');
    await harness.until(() => harness.lines('.detail').length > 0);
  });

  it('says why the list can’t be read, and reads it when asked again', async () => {
    const { harness, element, session } = await openManager({
      session: { fail: { 'projects.revisions': 'forbidden' } },
    });
    element.showHistory();
    await harness.until(() => harness.dialogText.includes('You aren’t allowed'));
    session.setFaults({});
    await harness.answer('Try again');
    await harness.until(() => harness.all('.version').length === 1);
  });

  it('is empty, and says so, for a project that was never saved', async () => {
    const opened = await openManager();
    const { element, harness, session } = opened;
    const fresh = await session.openProject(null);
    element.projectSession = fresh;
    await harness.settled();
    element.showHistory();
    await harness.until(() => harness.dialogText.includes('No versions yet'));
    expect(await violations(element)).to.deep.equal([]);
    await fresh.close();
  });

  it('shows a version that is saved while it is open', async () => {
    const opened = await openHistory();
    const { harness } = opened;
    await harness.until(() => harness.all('.version').length === 3);
    await saveElsewhere(opened, 'Elsewhere');
    await harness.until(() => harness.all('.version').length === 4);
  });

  it('restores nothing where the project is read-only, and says why', async () => {
    const opened = await openHistory();
    opened.project.editor.setReadOnly(true);
    await showState(opened, { role: 'follower' });
    await select(opened, 1);
    expect(opened.harness.dialogText).to.contain('It is read-only here');
    expect(() => opened.harness.inside(opened.harness.get('.detail'), 'Restore this version')).to.throw();
    expect(opened.harness.inside(opened.harness.get('.detail'), 'Open as copy')).to.be.instanceOf(HTMLButtonElement);
  });

  it('says in its place why a version couldn’t be restored', async () => {
    const opened = await openHistory();
    await select(opened, 1);
    opened.session.setFaults({ fail: { 'projects.openRevision': 'timeout' } });
    await opened.harness.answer('Restore this version');
    await opened.harness.until(() => opened.harness.dialogText.includes('The server took too long to answer'));
    expect(nameOf(opened.project.editor.document)).to.equal('Third');
  });

  it('shows many versions some at a time', async () => {
    const now = Date.now();
    const { harness } = await openHistory({
      prepare: (_project, session) => {
        Object.assign(session.reliableBackend.projects, {
          revisions: () =>
            Promise.resolve(
              Array.from({ length: 130 }, (_, index) => revision(130 - index, 'auto', new Date(now - index * 60_000))),
            ),
        });
      },
    });
    await harness.until(() => harness.all('.version').length === 60);
    await harness.answer('Show older versions');
    expect(harness.all('.version').length).to.equal(120);
    await harness.answer('Show older versions');
    expect(harness.all('.version').length).to.equal(130);
  });
});
