import { expect } from 'chai';
import { LecternError } from '@lectern/ports';
import type { ProjectSession } from '@lectern/core';
import { createProjectDocument, createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import '../define/export-dialog.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { ExportCompleteDetail, ExportDialogElement } from './export-dialog.js';
import { ExportDialogHarness } from './export-dialog.harness.js';
import { violations } from '../test-support/accessibility.js';

const lecture = { id: 'lecture', title: 'Limits', document: createProjectDocument() };
let sessions: TestSession[] = [];
let projects: ProjectSession[] = [];

interface Opened {
  readonly harness: ExportDialogHarness;
  readonly element: ExportDialogElement;
  readonly project: ProjectSession;
  readonly session: TestSession;
}

async function open(
  options: TestSessionOptions = {},
  attributes: Partial<ExportDialogElement> = {},
  id: string | null = 'lecture',
): Promise<Opened> {
  const session = createTestSession({ projects: [lecture], ...options });
  sessions.push(session);
  const project = await session.openProject(id);
  projects.push(project);
  const element = Object.assign(document.createElement('export-dialog'), {
    lectern: session,
    projectSession: project,
    ...attributes,
  });
  await mount(element);
  const harness = new ExportDialogHarness(element);
  await harness.open();
  return { harness, element, project, session };
}

function start({ harness }: Opened): Promise<void> {
  return harness.click(harness.get('footer .button[data-variant="primary"]'));
}

describe('export-dialog', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(projects.map((project) => project.close()));
    await Promise.all(sessions.map((session) => session.dispose()));
    projects = [];
    sessions = [];
  });

  it('has no accessibility violations while choosing, running and done', async () => {
    const opened = await open({ render: { exportMs: 300 } });
    expect(await violations(opened.element)).to.deep.equal([]);
    await start(opened);
    expect(await violations(opened.element)).to.deep.equal([]);
    await opened.harness.until(() => opened.element.job?.status === 'done');
    expect(await violations(opened.element)).to.deep.equal([]);
  });

  it('offers the presets with size and length, and chooses the one that fits the picture', async () => {
    const { harness } = await open();
    expect(harness.presets).to.deep.equal(['Full HD', 'Standard', 'Smallest', 'Sound only']);
    expect(harness.chosenPreset).to.equal('Full HD');
    const large = harness.summary;
    expect(large).to.match(/^0:19 · About [\d.]+ MB$/);
    await harness.choosePreset('Smallest');
    expect(harness.summary).to.not.equal(large);
  });

  it('marks what is larger than the host takes and starts with one that isn’t', async () => {
    const { harness } = await open({}, { maxBytes: 7_000_000 });
    expect(harness.chosenPreset).to.equal('Standard');
    expect(harness.all('.preset .badge')).to.have.length(1);
    await harness.choosePreset('Full HD');
    expect(harness.get('.banner').textContent).to.contain('7 MB');
  });

  it('says that it is finding out what the browser can encode, and what to do when it can encode nothing', async () => {
    const { harness } = await open({ render: { formats: [] } });
    expect(harness.get('[role="alert"]').textContent).to.contain('can’t encode');
    expect(harness.get<HTMLButtonElement>('footer .button[data-variant="primary"]').disabled).to.equal(true);
  });

  it('renders, stores the file in the library and tells the page', async () => {
    const opened = await open();
    const told: ExportCompleteDetail[] = [];
    opened.element.addEventListener('lectern-export-complete', (event) => told.push(event.detail));
    await opened.harness.click('WebM');
    await opened.harness.type(opened.harness.get<HTMLInputElement>('.name input'), 'Week 3: limits');
    await start(opened);
    await opened.harness.until(() => told.length === 1, 'the export');
    const asset = await opened.session.backend.assets.get(told[0]?.assetId ?? '');
    expect(asset).to.include({ sourceType: 'export', mimeType: 'video/webm' });
    expect(asset.name).to.contain('Week 3 limits');
    expect(asset.studioMetadata).to.include({ project_id: 'lecture' });
    expect(opened.harness.get('.outcome').textContent).to.contain('Your video is ready');
  });

  it('does not begin without a name', async () => {
    const opened = await open();
    await opened.harness.type(opened.harness.get<HTMLInputElement>('.name input'), '  ');
    await start(opened);
    expect(opened.harness.get('#name-error').textContent).to.contain('Give the file a name');
    expect(opened.element.job).to.equal(null);
  });

  it('exports only the marked range when that is chosen', async () => {
    const opened = await open();
    expect((opened.harness.button('Marked range') as HTMLButtonElement).disabled).to.equal(true);
    opened.project.editor.run('range.setIn', { frame: 30 });
    opened.project.editor.run('range.setOut', { frame: 120 });
    await opened.harness.settled();
    await opened.harness.click('Marked range');
    expect(opened.harness.summary).to.match(/^0:03/);
    await start(opened);
    await opened.harness.until(() => opened.element.job?.status === 'done');
    expect(opened.element.job?.progress?.totalFrames).to.equal(90);
  });

  it('shows frame n of N and the time left, and goes on while it is closed', async () => {
    const opened = await open({ render: { exportMs: 900 } });
    await start(opened);
    await opened.harness.until(() => opened.harness.percent > 10);
    expect(opened.harness.get('.frames').textContent).to.match(/Frame [\d,]+ of 570/);
    await opened.harness.click('Continue in the background');
    expect(opened.harness.dialog.open).to.equal(false);
    await opened.harness.until(() => opened.element.job?.status === 'done');
    await opened.element.show();
    await opened.harness.settled();
    expect(opened.harness.get('.outcome').textContent).to.contain('ready');
  });

  it('is cancelled when asked, stores nothing, and can be begun again', async () => {
    const opened = await open({ render: { exportMs: 3000 } });
    const codes: string[] = [];
    opened.element.addEventListener('lectern-export-error', (event) => codes.push(event.detail.code));
    await start(opened);
    await opened.harness.click('Cancel export');
    await opened.harness.until(() => codes.length === 1, 'the end of the export');
    expect(codes).to.deep.equal(['aborted']);
    expect((await opened.session.backend.assets.list({})).total).to.equal(0);
    await opened.harness.until(() => opened.harness.all('.preset').length === 4);
  });

  it('names the clip that stopped it, says what to do, and tries again', async () => {
    const exportError = new LecternError('render-failed', { details: { clip: 'The question', frame: 211 } });
    const opened = await open({ render: { exportError } });
    await start(opened);
    const alert = await opened.harness.until(() => opened.harness.all('.outcome[role="alert"]')[0], 'the failure');
    expect(alert.textContent).to.contain('The question');
    expect(alert.textContent).to.contain('211');
    await opened.harness.click('Try again');
    await opened.harness.until(() => opened.harness.all('.preset').length === 4);
  });

  it('asks the page before it opens Add to course, and leaves it to the page when that prevents it', async () => {
    const opened = await open({ courses: [{ type: 'course.create', id: 'c1', title: 'Calculus' }] });
    await start(opened);
    await opened.harness.until(() => opened.element.job?.status === 'done');
    const titles: string[] = [];
    const prevent = (event: HTMLElementEventMap['lectern-attach-request']): void => {
      titles.push(event.detail.title);
      event.preventDefault();
    };
    opened.element.addEventListener('lectern-attach-request', prevent);
    await opened.harness.click('Add to course');
    expect(titles).to.deep.equal(['Limits']);
    expect(opened.harness.all('.attach')).to.have.length(0);
    opened.element.removeEventListener('lectern-attach-request', prevent);
    await opened.harness.click('Add to course');
    await opened.harness.until(() => opened.harness.all('dialog.attach[open]').length === 1, 'Add to course');
  });

  it('says what to do first when there is nothing on the timeline', async () => {
    const { harness } = await open({}, {}, null);
    expect(harness.get('.state').textContent).to.contain('nothing to export');
  });
});
