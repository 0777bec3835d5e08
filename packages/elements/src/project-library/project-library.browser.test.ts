import axe from 'axe-core';
import { expect } from 'chai';
import { createProjectDocument, createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import '../define/project-library.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { ProjectLibraryElement } from './project-library.js';
import { ProjectLibraryHarness } from './project-library.harness.js';

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

async function violations(element: Element): Promise<string[]> {
  const report = await axe.run(element);
  return report.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)}`),
  );
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

  it('says that it is loading, what failed, and tries again', async () => {
    const { harness, session } = await open({ ...full, fail: { 'projects.list': 'forbidden' } });
    await harness.until(() => harness.all('.state[role="alert"]').length === 1, 'the error');
    session.setFaults({});
    await harness.click('Try again');
    await harness.item('Limits');
  });
});
