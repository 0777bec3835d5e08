import { expect } from 'chai';
import { createProjectDocument, createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import '../define/project-library.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { ProjectLibraryElement } from './project-library.js';
import { ProjectLibraryHarness } from './project-library.harness.js';
import { violations } from '../test-support/accessibility.js';

const projects = [
  { id: 'limits', title: 'Limits', description: 'First lecture', document: createProjectDocument() },
  { id: 'series', title: 'Series', document: createProjectDocument({ clips: 12 }), published: true },
];
const full: TestSessionOptions = { assets: [{ id: 'asset-1' }, { id: 'asset-2', kind: 'audio' }], projects };

let sessions: TestSession[] = [];

async function open(
  options: TestSessionOptions = full,
  attributes: Partial<ProjectLibraryElement> = {},
): Promise<{ harness: ProjectLibraryHarness; session: TestSession; element: ProjectLibraryElement; opened: string[] }> {
  const session = createTestSession(options);
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement('project-library'), {
    lectern: session,
    sort: 'title' as const,
    ...attributes,
  });
  await mount(element, 900, 600);
  const opened: string[] = [];
  element.addEventListener('lectern-project-open', (event) => opened.push(event.detail.projectId));
  return { harness: new ProjectLibraryHarness(element), session, element, opened };
}

async function projectFile(session: TestSession, id: string): Promise<File> {
  const { blob } = await session.actions.projectFile(id, { media: false });
  return new File([blob], `${id}.lectern.json`);
}

/** What the element hands to the browser to save, which isn't done. */
function watchDownloads(): { readonly file: Blob; readonly name: string }[] & { stop: () => void } {
  const files = new Map<string, Blob>();
  const saved: { readonly file: Blob; readonly name: string }[] = [];
  const createObjectURL = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (source: Blob) => {
    const url = createObjectURL(source);
    files.set(url, source);
    return url;
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it is
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function clickAnchor(this: HTMLAnchorElement): void {
    const file = files.get(this.href);
    if (file) saved.push({ file, name: this.download });
  };
  return Object.assign(saved, {
    stop: () => {
      URL.createObjectURL = createObjectURL;
      HTMLAnchorElement.prototype.click = click;
    },
  });
}

describe('project-library', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('has no accessibility violations as a grid, as a list and empty', async () => {
    const { harness, element } = await open();
    await harness.choose('Limits');
    expect(await violations(element)).to.deep.equal([]);
    element.view = 'list';
    await harness.item('Limits');
    expect(await violations(element)).to.deep.equal([]);
    await harness.search('nothing');
    await harness.until(() => harness.names.length === 0);
    expect(await violations(element)).to.deep.equal([]);
  });

  it('shows title, description, length and whether it is published', async () => {
    const { harness } = await open();
    await harness.shows('Limits', 'Series');
    expect(await harness.badge('Limits')).to.equal('Draft');
    expect(await harness.badge('Series')).to.equal('Published');
    expect(await harness.description('Limits')).to.equal('First lecture');
    expect((await harness.item('Series')).querySelector('.length')?.textContent).to.equal('0:12');
  });

  it('searches, and filters by state', async () => {
    const { harness } = await open();
    await harness.item('Limits');
    await harness.click('Published');
    await harness.shows('Series');
    await harness.click('All');
    await harness.search('lim');
    await harness.shows('Limits');
  });

  it('asks the page to open one by Enter, by double click and by its button', async () => {
    const { harness, opened } = await open();
    await harness.focusItem('Limits');
    await harness.press('Enter');
    await harness.doubleClick('Series');
    await harness.click('Open “Limits”');
    expect(opened).to.deep.equal(['limits', 'series', 'limits']);
  });

  it('makes a new one and asks to open it', async () => {
    const { harness, opened, session } = await open({});
    await harness.until(() => harness.all('.state').length === 1, 'the empty state');
    await harness.click('New project');
    await harness.until(() => opened.length === 1, 'the request');
    await harness.item('Untitled project');
    const { items } = await session.reliableBackend.projects.list({});
    expect(opened).to.deep.equal(items.map((item) => item.id));
  });

  it('renames title and description in place', async () => {
    const { harness, session } = await open();
    await harness.focusItem('Limits');
    await harness.press('F2');
    await harness.rename('Limits, again');
    await harness.item('Limits, again');
    await harness.pickFromMenu('Limits, again', 'Edit description');
    await harness.rename('For the second term');
    await harness.until(async () => {
      const { items } = await session.reliableBackend.projects.list({ search: 'again' });
      return items[0]?.description === 'For the second term';
    });
    await harness.pickFromMenu('Limits, again', 'Edit description');
    await harness.rename('');
    await harness.until(
      async () => (await session.reliableBackend.projects.list({ search: 'again' })).items[0]?.description === '',
    );
  });

  it('publishes and takes that back', async () => {
    const { harness } = await open();
    await harness.pickFromMenu('Limits', 'Publish');
    await harness.until(async () => (await harness.badge('Limits')) === 'Published');
    await harness.pickFromMenu('Limits', 'Make it a draft');
    await harness.until(async () => (await harness.badge('Limits')) === 'Draft');
  });

  it('deletes with undo, and restores from the trash', async () => {
    const { harness } = await open();
    await harness.focusItem('Series');
    await harness.press('Delete');
    await harness.shows('Limits');
    await harness.undo();
    await harness.shows('Limits', 'Series');
    await harness.focusItem('Series');
    await harness.press('Delete');
    await harness.shows('Limits');
    await harness.click(harness.get('.trash-button'));
    await harness.shows('Series');
    await harness.pickFromMenu('Series', 'Restore');
    await harness.until(() => harness.all('.state').length === 1, 'an empty trash');
  });

  it('duplicates', async () => {
    const { harness } = await open();
    await harness.pickFromMenu('Series', 'Duplicate');
    await harness.shows('Limits', 'Series', 'Series (copy)');
  });

  it('downloads a project as a file, with and without its media', async () => {
    const { harness, session } = await open();
    const saved = watchDownloads();
    try {
      await harness.pickFromMenu('Limits', 'Download project file');
      await harness.until(() => saved.length === 1, 'the first file');
      await harness.pickFromMenu('Limits', 'Download with media');
      await harness.until(() => saved.length === 2, 'the second file');
    } finally {
      saved.stop();
    }
    expect(saved.map(({ name }) => name)).to.deep.equal(['Limits.lectern.json', 'Limits.lectern']);
    const json = JSON.parse((await saved[0]?.file.text()) ?? '') as { title: string; document: { clips: unknown[] } };
    expect([json.title, json.document.clips.length]).to.deep.equal(['Limits', 5]);
    expect(harness.live).to.contain('Limits.lectern');
    const { items } = await session.reliableBackend.projects.list({});
    expect(items.length).to.equal(2);
  });

  it('opens a chosen project file as a new draft, and asks the page to open that', async () => {
    const { harness, session, opened } = await open();
    await harness.chooseFiles(await projectFile(session, 'limits'));
    await harness.until(() => opened.length === 1, 'the request');
    await harness.shows('Limits', 'Limits', 'Series');
    expect(opened).to.not.include('limits');
    const { project } = await session.reliableBackend.projects.open(opened[0] ?? '');
    expect([project.title, project.isDraft]).to.deep.equal(['Limits', true]);
    expect(harness.notices.join()).to.contain('was opened as a new draft');
  });

  it('opens the files that are dropped on it, each as a project of its own', async () => {
    const { harness, session, opened } = await open();
    await harness.drop(await projectFile(session, 'limits'), await projectFile(session, 'series'));
    await harness.shows('Limits', 'Limits', 'Series', 'Series');
    expect(opened).to.deep.equal([]);
  });

  it('stays to be read when media are missing, and names them', async () => {
    const { session } = await open();
    const file = await projectFile(session, 'limits');
    const { harness, opened } = await open({});
    await harness.chooseFiles(file);
    await harness.shows('Limits');
    await harness.until(() => harness.notices.length === 1, 'the notice');
    expect(harness.notices.join()).to.match(/2 files aren’t in this library: asset-1\.mp4, asset-2\.mp4/);
    expect(opened).to.deep.equal([]);
  });

  it('says what is wrong with a file that isn’t one, and opens nothing', async () => {
    const { harness, opened } = await open();
    await harness.drop(new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47)], 'slide.png', { type: 'image/png' }));
    await harness.until(() => harness.notices.length === 1, 'the notice');
    expect(harness.notices.join()).to.match(
      /“slide\.png” couldn’t be opened.*“slide\.png” isn’t a project file.*\.lectern/,
    );
    expect(await violations(harness.element)).to.deep.equal([]);
    await harness.shows('Limits', 'Series');
    expect(opened).to.deep.equal([]);
  });

  it('says what goes on while it takes long, and stops on request', async () => {
    const { harness, session } = await open();
    const file = await projectFile(session, 'limits');
    session.setFaults({ hang: ['assets.getMany'] });
    await harness.chooseFiles(file);
    await harness.until(() => harness.jobs.length === 1, 'the job');
    expect(harness.jobs).to.deep.equal(['Reading “limits.lectern.json”…']);
    expect(harness.live).to.contain('Reading “limits.lectern.json”…');
    expect(await violations(harness.element)).to.deep.equal([]);
    await harness.click('Cancel “limits.lectern.json”');
    expect(harness.element.shadowRoot?.activeElement).to.equal(harness.get('.file-button'));
    session.setFaults({});
    await harness.until(() => harness.jobs.length === 0, 'the end of it');
    await harness.until(() => harness.live.includes('Cancelled'), 'the word about it');
    expect(harness.notices).to.deep.equal([]);
    await harness.shows('Limits', 'Series');
  });

  it('offers to open a project file by key, also where there are no projects yet, but not in the trash', async () => {
    const { harness } = await open({});
    await harness.until(() => harness.all('.state').length === 1, 'the empty state');
    let asked = 0;
    harness.get('input[type="file"]').addEventListener('click', (event) => {
      event.preventDefault();
      asked += 1;
    });
    for (const button of harness.all('button').filter(({ textContent }) => textContent.includes('Open project file'))) {
      button.focus();
      expect(harness.element.shadowRoot?.activeElement).to.equal(button);
      await harness.click(button);
    }
    expect(asked).to.equal(2);
    await harness.click(harness.get('.trash-button'));
    expect(harness.all('.file-button').length).to.equal(0);
    await harness.drop(new File(['{}'], 'any.lectern.json'));
    expect(harness.notices).to.deep.equal([]);
  });

  it('says that it is loading, what failed, and tries again', async () => {
    const { harness, session } = await open({ ...full, fail: { 'projects.list': 'forbidden' } });
    await harness.until(() => harness.all('.state[role="alert"]').length === 1, 'the error');
    session.setFaults({});
    await harness.click('Try again');
    await harness.item('Limits');
  });
});
