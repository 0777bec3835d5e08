import { expect } from 'chai';
import { LecternError, type ExportForecast } from '@lectern/ports';
import type { ProjectSession } from '@lectern/core';
import {
  createFakeExportDisk,
  leaveUnfinished,
  createProbeFacts,
  createProjectDocument,
  createTestSession,
  type FakeRenderOptions,
  type TestSession,
  type TestSessionOptions,
} from '@lectern/testing';
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

/** What is exported is a video, as far as its probe tells. */
function video(options: TestSessionOptions): TestSessionOptions {
  const facts = createProbeFacts();
  return { ...options, render: { probe: () => ({ facts, poster: null }), ...options.render } };
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
    expect(large).to.match(/^0:19 · About [\d.]+ MB/);
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

  it('names the clip that stopped it, shows it on the timeline, and goes on from there', async () => {
    const failure = new LecternError('render-failed', { details: { clip: 'The question', frame: 211 } });
    const opened = await open({ render: { exportError: (attempt) => (attempt === 1 ? failure : null) } });
    const [clip] = opened.project.editor.document.clips.values();
    if (!clip) throw new Error('no clip');
    opened.project.editor.run('clip.rename', { clipId: clip.id, name: 'The question' });
    await start(opened);
    const alert = await opened.harness.until(() => opened.harness.all('.outcome[role="alert"]')[0], 'the failure');
    expect(alert.textContent).to.contain('The question');
    expect(alert.textContent).to.contain('211');
    expect(await violations(opened.element)).to.deep.equal([]);
    await opened.harness.click('Show clip');
    expect(opened.harness.dialog.open).to.equal(false);
    expect([...opened.project.editor.store.getState().state.selection.clipIds]).to.deep.equal([clip.id]);
    await opened.element.show();
    await opened.harness.click('Try again');
    await opened.harness.until(() => opened.element.job?.status === 'done', 'the second try');
    expect(opened.harness.all('.encoded'), 'all of it was encoded for this one').to.have.length(0);
  });

  it('goes back to the choices when something stopped it that only they can change', async () => {
    const opened = await open({ render: { exportError: new LecternError('encoder-unavailable') } });
    await start(opened);
    await opened.harness.until(() => opened.harness.all('.outcome[role="alert"]')[0], 'the failure');
    expect(opened.harness.get('.outcome').textContent).to.contain('another format');
    await opened.harness.click('Change settings');
    await opened.harness.until(() => opened.harness.all('.preset').length === 4, 'the choices');
    expect(opened.element.job).to.equal(null);
  });

  describe('before it begins', () => {
    it('says how long it takes, how large it gets and how much room it needs, once it knows', async () => {
      let answer: (forecast: ExportForecast) => void = () => undefined;
      const { harness } = await open({
        render: {
          forecast: (usual) =>
            new Promise((resolve) => {
              answer = (known) => {
                resolve({ ...usual, ...known });
              };
            }),
        },
      });
      expect(harness.get('.forecast').textContent).to.contain('Working out');
      expect(harness.canStart).to.equal(true);
      answer({ sizeBytes: 3e6, spaceBytes: 7e6, freeBytes: 1e9, renderSeconds: 125, copiedFrames: 300 });
      await harness.until(() => harness.get('.forecast').textContent.includes('2 min'), 'the forecast');
      expect(harness.summary).to.contain('About 3 MB');
      expect(harness.summary).to.contain('needs 7 MB here while it runs');
      expect(harness.summary).to.contain('0:10 of 0:19 are taken over');
    });

    it('begins all the same when there can be no forecast', async () => {
      const { harness } = await open({
        render: { forecast: () => Promise.reject(new LecternError('source-missing')) },
      });
      await harness.until(() => harness.all('.forecast').length === 0, 'the end of the forecast');
      expect(harness.canStart).to.equal(true);
    });

    it('does not begin where there is no room, and says how much is missing and what to do', async () => {
      const { harness, element } = await open({
        render: {
          forecast: (usual, { preset }) =>
            preset.id === 'lms-1080p' ? { ...usual, spaceBytes: 3.2e9, freeBytes: 1.1e9 } : usual,
        },
      });
      const banner = await harness.until(() => harness.all('.no-space')[0], 'the reason');
      expect(banner.textContent).to.contain('3.2 GB').and.to.contain('1.1 GB').and.to.contain('trash');
      expect(harness.canStart).to.equal(false);
      expect(await violations(element)).to.deep.equal([]);
      await harness.choosePreset('Smallest');
      await harness.until(() => harness.canStart, 'another quality');
    });

    it('marks by the forecast what is larger than the host takes', async () => {
      const { harness } = await open(
        { render: { forecast: (usual, { preset }) => ({ ...usual, sizeBytes: preset.height > 480 ? 9e6 : 1e6 }) } },
        { maxBytes: 8e6 },
      );
      await harness.until(() => harness.all('.preset .badge').length === 2, 'both that are too large');
    });

    it('takes the host’s limit from the session when the tag says none', async () => {
      const { harness } = await open({ maxBytes: 7_000_000 });
      expect(harness.chosenPreset).to.equal('Standard');
    });

    it('evens out the loudness when that is wished, and remembers it in this browser', async () => {
      const asked: (number | undefined)[] = [];
      const forecast: FakeRenderOptions['forecast'] = (usual, { loudness }) => {
        asked.push(loudness);
        return usual;
      };
      const first = await open({ render: { forecast } });
      await first.harness.click(first.harness.get('.check input'));
      await first.harness.until(() => asked.at(-1) === -16, 'the forecast with it');
      const second = await open({ render: { forecast } });
      expect(second.harness.get<HTMLInputElement>('.check input').checked).to.equal(true);
      await second.harness.click(second.harness.get('.check input'));
      await second.harness.until(() => asked.at(-1) === undefined, 'the forecast without it');
    });

    it('begins with Enter in the name', async () => {
      const opened = await open();
      opened.harness.get<HTMLInputElement>('.name input').focus();
      opened.harness.get<HTMLFormElement>('form').requestSubmit();
      await opened.harness.until(() => opened.element.job?.status === 'done', 'the export');
    });
  });

  describe('publishing again', () => {
    async function published(options: TestSessionOptions = {}): Promise<{ opened: Opened; assetId: string }> {
      const opened = await open(video(options));
      await opened.harness.choosePreset('Standard');
      await start(opened);
      await opened.harness.until(() => opened.element.job?.status === 'done', 'the export');
      const assetId = opened.element.job?.assetId ?? '';
      await opened.harness.click('Done');
      await opened.harness.open();
      await opened.harness.until(() => opened.harness.all('.destinations').length === 1, 'where it goes');
      return { opened, assetId };
    }

    it('updates the published video unless told otherwise, and says how little was encoded', async () => {
      const { opened, assetId } = await published();
      const { harness, element, session } = opened;
      expect(harness.destination).to.equal('Update “Limits.mp4”');
      expect(harness.chosenPreset).to.equal('Standard');
      expect(harness.all('.name input')).to.have.length(0);
      expect(await violations(element)).to.deep.equal([]);
      const told: ExportCompleteDetail[] = [];
      element.addEventListener('lectern-export-complete', (event) => told.push(event.detail));
      await start(opened);
      await harness.until(() => told.length === 1, 'the export');
      expect(told[0]).to.deep.equal({ projectId: 'lecture', assetId, name: 'Limits', updated: true });
      expect((await session.backend.assets.versions(assetId)).map(({ number }) => number)).to.deep.equal([2, 1]);
      expect(harness.get('.outcome').textContent).to.contain('is updated');
      expect(harness.get('.encoded').textContent).to.equal('Only 2 sec of 19 sec were encoded anew.');
    });

    it('makes a new file when that is chosen', async () => {
      const { opened, assetId } = await published();
      await opened.harness.chooseDestination('New file');
      await opened.harness.type(opened.harness.get<HTMLInputElement>('.name input'), 'Second cut');
      await start(opened);
      await opened.harness.until(() => opened.element.job?.status === 'done', 'the export');
      expect(opened.element.job?.assetId).to.not.equal(assetId);
      expect((await opened.session.backend.assets.versions(assetId)).length).to.equal(1);
    });

    it('cannot turn a video into sound', async () => {
      const { opened } = await published();
      await opened.harness.choosePreset('Sound only');
      expect(opened.harness.destination).to.equal('New file');
      expect(opened.harness.get('.destinations').textContent).to.contain('would break');
    });

    it('is not offered for a file that was deleted', async () => {
      const { opened, assetId } = await published();
      await opened.session.actions.deleteAssets([assetId]);
      opened.element.close();
      await opened.harness.open();
      await opened.harness.until(() => opened.harness.canStart, 'the choices');
      expect(opened.harness.all('.destinations')).to.have.length(0);
    });
  });

  describe('with several exports', () => {
    it('lists the others, each with what can be done about it', async () => {
      const opened = await open({ render: { exportMs: 4000 } });
      const { element, harness } = opened;
      await start(opened);
      await harness.until(() => harness.percent > 0, 'progress');
      await harness.click('New export');
      await harness.until(() => harness.canStart, 'the choices');
      await harness.type(harness.get<HTMLInputElement>('.name input'), 'Short cut');
      await start(opened);
      expect(harness.get('.frames').textContent).to.equal('Waiting for the export before it');
      expect(harness.others.map(([name]) => name)).to.deep.equal(['Limits.mp4']);
      expect(await violations(element)).to.deep.equal([]);
      await harness.click(harness.get('.other .line'));
      expect(harness.get('.job').textContent).to.equal('Limits.mp4');
      expect(harness.others).to.deep.equal([['Short cut.mp4', 'Waiting for the export before it']]);
      await harness.click('Pause “Short cut”');
      await harness.until(() => harness.others[0]?.[1] === 'Paused', 'the pause');
      await harness.click('Discard “Short cut”');
      await harness.until(() => harness.others.length === 0, 'the end of it');
      await harness.click('Cancel export');
    });

    it('pauses, says what is kept, and goes on', async () => {
      const opened = await open({ render: { exportMs: 600 } });
      const { element, harness } = opened;
      await start(opened);
      await harness.until(() => harness.percent > 20, 'some of it');
      await harness.click('Pause');
      expect(harness.get('.frames').textContent).to.equal('Paused');
      expect(harness.get('.running').textContent).to.contain('What is done is kept');
      expect(await violations(element)).to.deep.equal([]);
      await harness.click('Go on');
      await harness.until(() => element.job?.status === 'done', 'the end');
    });

    it('says when another tab of this browser has its turn', async () => {
      const disk = createFakeExportDisk();
      const other = await open({ render: { disk, exportMs: 4000 } });
      await start(other);
      await other.harness.until(() => other.harness.percent > 0, 'the other one');
      const opened = await open({ render: { disk } });
      await start(opened);
      await opened.harness.until(() => opened.harness.get('.frames').textContent.includes('another tab'), 'the reason');
      await other.harness.click('Cancel export');
      await opened.harness.until(() => opened.element.job?.status === 'done', 'its turn');
    });

    it('shows what an earlier page left, to go on with or to discard', async () => {
      const disk = createFakeExportDisk();
      const namespace = `left-${crypto.randomUUID()}`;
      await leaveUnfinished(disk, lecture.document, { namespace, projectId: 'lecture', name: 'Limits' });
      const opened = await open({ render: { disk }, session: { namespace } });
      await opened.session.actions.findUnfinishedExports();
      await opened.harness.until(() => opened.element.job?.status === 'interrupted', 'what was left');
      expect(opened.harness.get('.frames').textContent).to.equal('Interrupted');
      expect(await violations(opened.element)).to.deep.equal([]);
      await opened.harness.click('Go on');
      await opened.harness.until(() => opened.element.job?.status === 'done', 'the end');
    });
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
