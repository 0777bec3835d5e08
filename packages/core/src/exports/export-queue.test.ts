import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { isLecternError, LecternError, type Backend, type ExportFormat, type LecternErrorCode } from '@lectern/ports';
import { createUploadEngine, memoryUploadJournal, type UploadJournal } from '@lectern/uploads';
import { createNewAsset, createProjectDocument } from '../../../testing/src/builders.js';
import { createTestSession, type TestSession } from '../../../testing/src/create-test-session.js';
import { createFakeExportDisk, type FakeExportDisk } from '../../../testing/src/fake-exports.js';
import { createFakeRenderEngine, type FakeRenderOptions } from '../../../testing/src/fake-render-engine.js';
import { unreliable, type Faults } from '../../../testing/src/unreliable.js';
import type { ExportOptions } from '../actions/actions.js';
import { createSession } from '../create-session.js';
import type { ProjectSession } from '../project-session.js';
import type { LecternSession } from '../session.js';
import { portsOf, until } from '../test-support/session-world.js';
import { encodedSeconds, exportsBefore, waitsForOtherPage } from './export-facts.js';
import type { ExportJob } from './export-job.js';

const format: ExportFormat = {
  container: 'mp4',
  videoCodec: 'avc',
  audioCodec: 'aac',
  mimeType: 'video/mp4',
  extension: 'mp4',
};
const facts = createNewAsset({ id: 'x' }).probe;
let endings: (() => Promise<void> | void)[] = [];

/** One browser over one back end: pages come and go, what they wrote down stays. */
class Browser {
  readonly disk: FakeExportDisk = createFakeExportDisk();
  readonly journal: UploadJournal = memoryUploadJournal();
  readonly world: TestSession;
  faults: Faults = {};

  constructor() {
    this.world = createTestSession({
      projects: [
        { id: 'limits', title: 'Limits', document: createProjectDocument() },
        { id: 'series', title: 'Series', document: createProjectDocument() },
      ],
    });
    endings.push(() => this.world.dispose());
  }

  /** What it renders is a video, as far as its probe tells. */
  page(render: FakeRenderOptions = {}): Page {
    const backend: Backend = {
      ...portsOf(unreliable(this.world.reliableBackend, () => this.faults, this.world.seeded)),
      dispose: () => Promise.resolve(),
    };
    const engine = createFakeRenderEngine({
      disk: this.disk,
      probe: () => ({ facts: facts ?? assert.fail('no facts'), poster: null }),
      ...render,
    });
    const uploads = createUploadEngine({
      assets: backend.assets,
      blobs: backend.blobs,
      transfers: backend.transfers,
      identity: backend.identity,
      namespace: 'school',
      probe: (file, call) => engine.probe(file, call),
      newId: () => crypto.randomUUID(),
      journal: this.journal,
    });
    const session = createSession({ backend, engines: { uploads, render: engine }, namespace: 'school' });
    const page = new Page(session);
    endings.push(() => page.close());
    return page;
  }

  async exported(): Promise<readonly string[]> {
    const { items } = await this.world.reliableBackend.assets.list({ sourceTypes: ['export'] });
    return items.map(({ name }) => name).sort();
  }
}

class Page {
  readonly session: LecternSession;
  #closed: Promise<void> | null = null;

  constructor(session: LecternSession) {
    this.session = session;
  }

  get jobs(): readonly ExportJob[] {
    return this.session.store.getState().exports.jobs;
  }

  get lines(): readonly string[] {
    return this.jobs.map(({ name, status }) => `${name} ${status}`);
  }

  job(name: string): ExportJob {
    return this.jobs.find((job) => job.name === name) ?? assert.fail(`no export is called ${name}`);
  }

  /** Begins one; how it ends is the code of its error, or `stored`. */
  async begin(project: string, name: string, options: Partial<ExportOptions> = {}): Promise<Begun> {
    const opened = await this.session.openProject(project);
    const preset = this.session.render.presets[1] ?? assert.fail('no preset');
    const asset = this.session.actions.exportProject(opened, { preset, format, name, ...options });
    const end = asset.then(
      () => 'stored' as const,
      (error: unknown) => (isLecternError(error) ? error.code : 'unknown'),
    );
    return { project: opened, asset, end };
  }

  async reached(name: string, status: ExportJob['status']): Promise<void> {
    await until(() => this.jobs.some((job) => job.name === name && job.status === status), `${name} ${status}`);
  }

  /** Goes, as a reload does. */
  close(): Promise<void> {
    this.#closed ??= this.session.dispose();
    return this.#closed;
  }
}

interface Begun {
  readonly project: ProjectSession;
  readonly asset: Promise<string>;
  readonly end: Promise<LecternErrorCode | 'stored'>;
}

afterEach(async () => {
  for (const end of endings.reverse()) await end();
  endings = [];
});

describe('several exports', () => {
  it('are rendered in the order of asking, one at a time, of any project', async () => {
    const browser = new Browser();
    const page = browser.page({ exportMs: 60 });
    const rendering = new Set<number>();
    page.session.store.subscribe(({ exports: { jobs } }) => {
      rendering.add(jobs.filter(({ status }) => status === 'rendering' || status === 'preparing').length);
    });
    const all = [await page.begin('limits', 'A'), await page.begin('series', 'B'), await page.begin('limits', 'C')];
    await page.reached('A', 'rendering');
    assert.deepEqual(page.lines.slice(1), ['B waiting', 'C waiting']);
    assert.deepEqual(
      page.jobs.map((job) => [exportsBefore(job, page.jobs), waitsForOtherPage(job, page.jobs)]),
      [
        [0, false],
        [1, false],
        [2, false],
      ],
    );
    assert.deepEqual(await Promise.all(all.map(({ end }) => end)), ['stored', 'stored', 'stored']);
    assert.deepEqual(page.lines, ['A done', 'B done', 'C done']);
    assert.ok(
      [...rendering].every((count) => count <= 1),
      [...rendering].join(),
    );
    assert.deepEqual(await browser.exported(), ['A.mp4', 'B.mp4', 'C.mp4']);
  });

  it('of another page go first, and it is said that this one waits for them', async () => {
    const browser = new Browser();
    const [one, two] = [browser.page({ exportMs: 300 }), browser.page()];
    await one.begin('limits', 'A');
    await one.reached('A', 'rendering');
    const { end } = await two.begin('series', 'B');
    await two.reached('B', 'waiting');
    await until(() => two.job('B').progress?.phase === 'waiting', 'the engine’s word');
    assert.equal(waitsForOtherPage(two.job('B'), two.jobs), true);
    assert.equal(await end, 'stored');
  });

  it('are each taken off the list when they are over', async () => {
    const page = new Browser().page();
    const [a, b] = [await page.begin('limits', 'A'), await page.begin('series', 'B')];
    await Promise.all([a.end, b.end]);
    await page.session.actions.dismissExport(page.job('A').id);
    assert.deepEqual(page.lines, ['B done']);
    await page.session.actions.dismissExport();
    assert.deepEqual(page.lines, []);
  });
});

describe('an export that is paused', () => {
  it('lets the next one go first, keeps what was made, and goes on when asked', async () => {
    const browser = new Browser();
    const page = browser.page({ exportMs: 200 });
    const a = await page.begin('limits', 'A');
    await until(() => page.job('A').fraction > 0.3, 'some of it');
    await page.session.actions.pauseExport(page.job('A').id);
    assert.equal(page.job('A').status, 'paused');
    const b = await page.begin('series', 'B');
    assert.equal(await b.end, 'stored');
    assert.equal(page.job('A').status, 'paused');
    await page.session.actions.resumeExport(page.job('A').id);
    assert.equal(await a.end, 'stored');
    const { frames } = page.job('A').outcome ?? assert.fail('no outcome');
    assert.ok(frames.reused > 0 && frames.encoded > 0, JSON.stringify(frames));
  });

  it('can be paused and gone on with in one breath', async () => {
    const page = new Browser().page({ exportMs: 60 });
    const { end } = await page.begin('limits', 'A');
    await page.reached('A', 'rendering');
    const { actions } = page.session;
    const { id } = page.job('A');
    await actions.pauseExport(id);
    await actions.resumeExport(id);
    await actions.pauseExport(id);
    await actions.resumeExport(id);
    assert.equal(await end, 'stored');
  });
});

describe('an export that is cancelled', () => {
  it('is not stored, and nothing of it stays', async () => {
    const browser = new Browser();
    const page = browser.page({ exportMs: 400 });
    const { end } = await page.begin('limits', 'A');
    await until(() => page.job('A').fraction > 0.3, 'some of it');
    await page.session.actions.cancelExport(page.job('A').id);
    assert.equal(await end, 'aborted');
    assert.deepEqual(page.lines, ['A cancelled']);
    assert.deepEqual(await page.session.render.unfinishedExports(), []);
    assert.deepEqual(await browser.exported(), []);
  });

  it('while it waits leaves the others alone', async () => {
    const page = new Browser().page({ exportMs: 200 });
    const a = await page.begin('limits', 'A');
    const b = await page.begin('series', 'B');
    await page.reached('A', 'rendering');
    await page.session.actions.cancelExport(page.job('B').id);
    assert.equal(await b.end, 'aborted');
    assert.equal(await a.end, 'stored');
  });

  it('while it is stored takes its upload back', async () => {
    const browser = new Browser();
    browser.faults = { hang: ['blobs.put', 'transfers.send'] };
    const page = browser.page();
    const { end } = await page.begin('limits', 'A');
    await until(() => page.session.uploads.items()[0]?.status === 'sending', 'the upload');
    await page.session.actions.cancelExport(page.job('A').id);
    browser.faults = {};
    assert.equal(await end, 'aborted');
    assert.deepEqual(page.lines, ['A cancelled']);
    assert.deepEqual(page.session.uploads.items(), []);
    assert.deepEqual(await page.session.render.unfinishedExports(), []);
  });

  it('in the list of uploads is cancelled as a whole', async () => {
    const browser = new Browser();
    browser.faults = { hang: ['transfers.send'] };
    const page = browser.page();
    const { end } = await page.begin('limits', 'A');
    await until(() => page.session.uploads.items()[0]?.status === 'sending', 'the upload');
    page.session.uploads.cancel(page.job('A').id);
    browser.faults = {};
    assert.equal(await end, 'aborted');
    assert.deepEqual(page.lines, ['A cancelled']);
  });
});

describe('an export whose page goes', () => {
  it('appears as interrupted in the next one, and goes on with its project', async () => {
    const browser = new Browser();
    const before = browser.page({ exportMs: 400 });
    const { end } = await before.begin('limits', 'A');
    await until(() => before.job('A').fraction > 0.3, 'some of it');
    await before.close();
    assert.equal(await end, 'aborted');

    const page = browser.page();
    await page.reached('A', 'interrupted');
    const { fraction, projectId } = page.job('A');
    assert.ok(fraction > 0.3 && projectId === 'limits');
    const other = await page.session.openProject('series');
    await page.session.actions.goOnWithExports(other);
    assert.deepEqual(page.lines, ['A interrupted']);
    const project = await page.session.openProject('limits');
    await page.session.actions.goOnWithExports(project);
    await page.reached('A', 'done');
    assert.ok((page.job('A').outcome?.frames.reused ?? 0) > 0);
    assert.deepEqual(await browser.exported(), ['A.mp4']);
    const { lastExportId } = (await browser.world.reliableBackend.projects.open('limits')).project;
    assert.equal(lastExportId, page.job('A').id);
    assert.equal(project.details.getState().lastExportId, lastExportId);
    assert.deepEqual(await page.session.render.unfinishedExports(), []);
  });

  it('while it waited for its turn isn’t lost either', async () => {
    const browser = new Browser();
    const before = browser.page({ exportMs: 400 });
    await before.begin('limits', 'A');
    await before.begin('limits', 'B');
    await before.reached('A', 'rendering');
    await before.close();
    const page = browser.page();
    await page.session.actions.goOnWithExports(await page.session.openProject('limits'));
    await page.reached('A', 'done');
    await page.reached('B', 'done');
    assert.deepEqual(await browser.exported(), ['A.mp4', 'B.mp4']);
  });

  it('goes on when somebody asks for it, or is thrown away', async () => {
    const browser = new Browser();
    const before = browser.page({ exportMs: 400 });
    await before.begin('limits', 'A');
    await before.begin('series', 'B');
    await before.reached('A', 'rendering');
    await before.close();
    const page = browser.page();
    await page.reached('B', 'interrupted');
    await page.session.actions.cancelExport(page.job('B').id);
    assert.deepEqual(page.lines, ['A interrupted']);
    await page.session.actions.resumeExport(page.job('A').id);
    await page.reached('A', 'done');
    assert.deepEqual(await page.session.render.unfinishedExports(), []);
  });

  it('stays paused when somebody had paused it', async () => {
    const values = new Map<string, string>();
    const storage = {
      length: 0,
      key: () => null,
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => values.set(key, value),
      removeItem: (key: string) => values.delete(key),
    };
    const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true });
    endings.push(() => {
      if (own) Object.defineProperty(globalThis, 'localStorage', own);
      else Reflect.deleteProperty(globalThis, 'localStorage');
    });
    const browser = new Browser();
    const before = browser.page({ exportMs: 400 });
    await before.begin('limits', 'A');
    await before.reached('A', 'rendering');
    await before.session.actions.pauseExport(before.job('A').id);
    await before.close();
    const page = browser.page();
    await page.session.actions.goOnWithExports(await page.session.openProject('limits'));
    assert.deepEqual(page.lines, ['A paused']);
    await page.session.actions.resumeExport(page.job('A').id);
    await page.reached('A', 'done');
    assert.deepEqual(
      [...values.keys()].filter((key) => key.includes('export')),
      [],
    );
  });

  it('while it was stored is stored by the next one, and not rendered again', async () => {
    const browser = new Browser();
    browser.faults = { hang: ['transfers.send'] };
    const before = browser.page();
    await before.begin('limits', 'A');
    await until(() => before.session.uploads.items()[0]?.status === 'sending', 'the upload');
    await before.close();
    browser.faults = {};
    const page = browser.page({ exportError: new LecternError('render-failed') });
    await page.reached('A', 'done');
    assert.deepEqual(await browser.exported(), ['A.mp4']);
    assert.deepEqual(await page.session.render.unfinishedExports(), []);
  });

  it('while it was stored, with a file that is gone with it, has its file made again from what is there', async () => {
    const browser = new Browser();
    browser.faults = { hang: ['transfers.send'] };
    const before = browser.page({ inMemory: true });
    await before.begin('limits', 'A');
    await until(() => before.session.uploads.items()[0]?.status === 'sending', 'the upload');
    await before.close();
    browser.faults = {};
    const page = browser.page();
    await page.reached('A', 'interrupted');
    await page.session.actions.goOnWithExports(await page.session.openProject('limits'));
    await page.reached('A', 'done');
    assert.equal(page.job('A').outcome?.frames.encoded, 0);
    assert.deepEqual(await browser.exported(), ['A.mp4']);
    assert.deepEqual(page.session.uploads.items(), []);
  });

  it('after it was stored, before that was written down, is stored once', async () => {
    const browser = new Browser();
    const before = browser.page({ exportMs: 200 });
    await before.begin('limits', 'A');
    await before.reached('A', 'rendering');
    const { id } = before.job('A');
    await before.close();
    const asset = createNewAsset({ id, name: 'A.mp4', sourceType: 'export' });
    await browser.world.reliableBackend.blobs.put(asset.blobKey, new Blob(['A']), { mimeType: asset.mimeType });
    await browser.world.reliableBackend.assets.create(asset);
    const page = browser.page();
    await page.reached('A', 'interrupted');
    await page.session.actions.resumeExport(id);
    await page.reached('A', 'done');
    assert.deepEqual(await browser.exported(), ['A.mp4']);
    assert.deepEqual(await page.session.render.unfinishedExports(), []);
  });

  it('is gone on with by one page only', async () => {
    const browser = new Browser();
    const before = browser.page({ exportMs: 400 });
    await before.begin('limits', 'A');
    await before.reached('A', 'rendering');
    await before.close();
    const [one, two] = [browser.page(), browser.page()];
    await one.reached('A', 'interrupted');
    await two.reached('A', 'interrupted');
    await one.session.actions.resumeExport(one.job('A').id);
    await one.reached('A', 'done');
    await two.session.actions.resumeExport(two.job('A').id);
    await until(() => two.jobs.every(({ status }) => status === 'done'), 'the other page’s word');
    assert.deepEqual(await browser.exported(), ['A.mp4']);
  });

  it('is nobody’s business on another back end', async () => {
    const browser = new Browser();
    const before = browser.page({ exportMs: 400 });
    await before.begin('limits', 'A');
    await before.reached('A', 'rendering');
    await before.close();
    const elsewhere = createTestSession({ render: { disk: browser.disk } });
    endings.push(() => elsewhere.dispose());
    await elsewhere.actions.findUnfinishedExports();
    assert.deepEqual(elsewhere.store.getState().exports.jobs, []);
  });
});

describe('publishing again', () => {
  it('adds a version to the asset, which keeps its id and its links', async () => {
    const browser = new Browser();
    const { assets } = browser.world.reliableBackend;
    const page = browser.page();
    const id = await (await page.begin('limits', 'Lecture')).asset;
    const again = await page.begin('limits', 'Lecture', { replaceAssetId: id, reuseAssetId: id, loudness: -16 });
    assert.equal(await again.asset, id);
    assert.deepEqual(await browser.exported(), ['Lecture.mp4']);
    assert.deepEqual(
      (await assets.versions(id)).map(({ number }) => number),
      [2, 1],
    );
    assert.deepEqual((await assets.get(id)).studioMetadata, {
      project_id: 'limits',
      preset: 'lms-720p',
      loudness: -16,
    });
    const { outcome, replaces } = page.jobs.at(-1) ?? assert.fail('no export');
    assert.ok(outcome && encodedSeconds(outcome) < outcome.durationSeconds * 0.2);
    assert.equal(replaces, id);
    const keys = page.session.store.getState().notices.items.map(({ message }) => message.key);
    assert.deepEqual(keys, ['notice.exportDone', 'notice.exportUpdated']);
  });

  it('of an asset that is gone by then makes a new one', async () => {
    const browser = new Browser();
    const page = browser.page();
    const id = await (await page.begin('limits', 'Lecture', { replaceAssetId: 'gone' })).asset;
    assert.deepEqual(await browser.exported(), ['Lecture.mp4']);
    assert.notEqual(id, 'gone');
    assert.equal(page.job('Lecture').replaces, null);
  });
});

describe('what goes wrong', () => {
  it('in rendering names the clip, and is gone on with from where it stopped', async () => {
    const browser = new Browser();
    const details = { clip: 'The question', frame: 211 };
    const page = browser.page({
      exportError: (attempt) => (attempt === 1 ? new LecternError('render-failed', { details }) : null),
    });
    const { end } = await page.begin('limits', 'A');
    assert.equal(await end, 'render-failed');
    assert.deepEqual(page.job('A').error?.details, { ...details, about: 'export' });
    await page.session.actions.resumeExport(page.job('A').id);
    await page.reached('A', 'done');
    assert.ok((page.job('A').outcome?.frames.reused ?? 0) > 0);
    assert.equal(page.job('A').error, null);
  });

  it('in rendering is given up with what was made', async () => {
    const page = new Browser().page({ exportError: new LecternError('quota-exceeded') });
    const { end } = await page.begin('limits', 'A');
    assert.equal(await end, 'quota-exceeded');
    await page.session.actions.dismissExport(page.job('A').id);
    await until(() => page.jobs.length === 0, 'an empty list');
    assert.deepEqual(await page.session.render.unfinishedExports(), []);
  });

  it('in storing keeps the file, which is stored later and not rendered again', async () => {
    const browser = new Browser();
    browser.faults = { fail: { 'transfers.reserve': 'forbidden' } };
    let renderings = 0;
    const page = browser.page({
      exportError: () => {
        renderings += 1;
        return null;
      },
    });
    await page.begin('limits', 'A');
    await until(() => ['paused', 'failed'].includes(page.job('A').status), 'the refusal');
    assert.equal(page.job('A').rendered, true);
    assert.equal(page.job('A').error?.code, 'forbidden');
    const { file, fileName } = await page.session.actions.exportedFile(page.job('A').id);
    assert.deepEqual([fileName, file.size > 0], ['A.mp4', true]);
    browser.faults = {};
    await page.session.actions.resumeExport(page.job('A').id);
    await page.reached('A', 'done');
    assert.equal(renderings, 1);
    assert.deepEqual(await browser.exported(), ['A.mp4']);
  });

  it('in linking it to its project is no failure of the export', async () => {
    const browser = new Browser();
    browser.faults = { fail: { 'projects.describe': 'server' } };
    const page = browser.page();
    assert.equal(await (await page.begin('limits', 'A')).end, 'stored');
  });
});
