import { expect } from 'chai';
import { registerBackend } from '@lectern/core';
import type { ClipId } from '@lectern/timeline';
import { createProjectDocument, createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import '../define/video-studio.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { ProjectOpenedDetail, VideoStudioElement } from './video-studio.js';
import { VideoStudioHarness } from './video-studio.harness.js';
import { violations } from '../test-support/accessibility.js';

const lecture = { id: 'lecture', title: 'Limits', description: 'Week 3', document: createProjectDocument() };
const other = { id: 'other', title: 'Derivatives', document: createProjectDocument() };
let sessions: TestSession[] = [];

interface Opened {
  readonly harness: VideoStudioHarness;
  readonly element: VideoStudioElement;
  readonly session: TestSession;
}

async function open(
  attributes: Partial<VideoStudioElement> = { project: 'lecture' },
  options: TestSessionOptions = {},
  width = 1200,
): Promise<Opened> {
  const session = createTestSession({
    assets: 5,
    projects: [lecture, other],
    session: { autosave: { debounceMs: 50, deadlineMs: 400 } },
    ...options,
  });
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement('video-studio'), { lectern: session, ...attributes });
  await mount(element, width, 760);
  return { harness: new VideoStudioHarness(element), element, session };
}

describe('video-studio', () => {
  beforeEach(() => {
    localStorage.clear();
  });

  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('has no accessibility violations wide, narrow, in the help, and when a project is not there', async () => {
    const { harness, element } = await open();
    await harness.opened();
    await harness.settled();
    expect(await violations(element)).to.deep.equal([]);
    await element.showHelp();
    expect(await violations(element)).to.deep.equal([]);
    unmountAll();
    const narrow = await open({ project: 'lecture' }, {}, 360);
    await narrow.harness.opened();
    await narrow.harness.settled();
    expect(await violations(narrow.element)).to.deep.equal([]);
    unmountAll();
    const missing = await open({ project: 'nowhere' });
    await missing.harness.until(() => missing.harness.all('[role="alert"]').length > 0);
    expect(await violations(missing.element)).to.deep.equal([]);
  });

  describe('opening', () => {
    it('opens the project that the attribute names and tells the page', async () => {
      const told: ProjectOpenedDetail[] = [];
      const hear = (event: Event): number => told.push((event as CustomEvent<ProjectOpenedDetail>).detail);
      document.addEventListener('lectern-project-opened', hear, { once: true });
      const { harness } = await open();
      const project = await harness.opened();
      expect(project.projectId).to.equal('lecture');
      expect(harness.title.value).to.equal('Limits');
      expect(told).to.deep.equal([{ projectId: 'lecture', title: 'Limits' }]);
    });

    it('begins a new project without an attribute and tells the page with the first change', async () => {
      const { harness, element } = await open({});
      const told: string[] = [];
      element.addEventListener('lectern-project-opened', (event) => told.push(event.detail.projectId));
      const project = await harness.opened();
      expect(told).to.deep.equal([]);
      project.editor.run('clip.addText', { text: 'Hello', frame: 0 });
      await harness.until(() => told.length === 1);
      expect(told).to.deep.equal([project.projectId]);
      expect(element.project).to.equal(project.projectId);
      expect(element.activeProject).to.equal(project);
    });

    it('says that a project is not there and offers another or a new one', async () => {
      const { harness, element } = await open({ project: 'nowhere' });
      await harness.until(() => harness.all('[role="alert"]').length > 0);
      expect(harness.get('[role="alert"]').textContent).to.contain('isn’t here');
      await harness.click('New project');
      await harness.opened();
      expect(element.activeProject?.isNew).to.equal(true);
    });

    it('shows that it is opening while the back end thinks', async () => {
      const { harness } = await open({ project: 'lecture' }, { hang: ['projects.open'] });
      expect(harness.get('.opening').textContent).to.contain('Opening project');
      // What never answers can't be waited for.
      sessions = [];
    });

    it('finds a back end by its name, and makes the project that the tag names when there is none', async () => {
      const session = createTestSession({});
      sessions.push(session);
      registerBackend('studio-test', () => session);
      const element = Object.assign(document.createElement('video-studio'), {
        backend: 'studio-test',
        project: 'demo',
      });
      await mount(element, 1200, 700);
      const harness = new VideoStudioHarness(element);
      const project = await harness.opened();
      expect(project.projectId).to.equal('demo');
      await harness.until(() => project.editor.document.clips.size > 0, 'the sample');
    });

    it('says so when nobody registered the back end', async () => {
      const element = Object.assign(document.createElement('video-studio'), { backend: 'nowhere' });
      await mount(element, 900, 600);
      const harness = new VideoStudioHarness(element);
      expect(harness.get('[role="alert"]').textContent).to.contain('nowhere');
    });

    it('opens another project from the list without telling the page to go there', async () => {
      const { harness, element } = await open();
      await harness.opened();
      let heard = 0;
      element.addEventListener('lectern-project-open', () => (heard += 1));
      await harness.click('Projects');
      const library = await harness.until(() => harness.all('project-library')[0], 'the list');
      library.dispatchEvent(
        new CustomEvent('lectern-project-open', {
          detail: { projectId: 'other' },
          bubbles: true,
          composed: true,
          cancelable: true,
        }),
      );
      await harness.until(() => element.activeProject?.projectId === 'other');
      expect(heard).to.equal(0);
      expect(harness.get<HTMLDialogElement>('.projects-dialog').open).to.equal(false);
    });

    it('lets go of its project when it leaves the page and opens it again when it comes back', async () => {
      const { harness, element } = await open();
      await harness.opened();
      const parent = element.parentElement as HTMLElement;
      element.remove();
      expect(element.activeProject).to.equal(null);
      parent.append(element);
      expect((await harness.opened()).projectId).to.equal('lecture');
    });
  });

  describe('importing', () => {
    it('puts the assets that it is given on the timeline once the project is open, and only once', async () => {
      const { harness, element } = await open({ import: 'asset-1, asset-2' });
      const project = await harness.opened();
      await harness.until(() => project.editor.document.assets.size === 2, 'the assets');
      expect(element.import).to.equal('');
    });

    it('says so when none of them can be used', async () => {
      const { harness, session } = await open({ import: 'gone' });
      await harness.opened();
      await harness.until(() => session.store.getState().notices.items.length > 0, 'a notice');
      expect(session.store.getState().notices.items[0]).to.include({ tone: 'error' });
    });

    it('reads the page’s address when it is told to, and takes the import out of it', async () => {
      const before = location.href;
      const address = new URL(before);
      address.searchParams.set('import', 'asset-1');
      history.replaceState(null, '', address);
      try {
        const { harness } = await open({ importFromUrl: true });
        const project = await harness.opened();
        await harness.until(() => project.editor.document.assets.size === 1, 'the asset');
        expect(new URL(location.href).searchParams.has('import')).to.equal(false);
      } finally {
        history.replaceState(null, '', before);
      }
    });
  });

  describe('the header', () => {
    it('renames the project, and puts the name back when it is empty', async () => {
      const { harness, session } = await open();
      await harness.opened();
      await harness.type(harness.title, 'Limits and continuity');
      await harness.until(() => harness.element.activeProject?.details.getState().title === 'Limits and continuity');
      expect((await session.backend.projects.open('lecture')).project.title).to.equal('Limits and continuity');
      await harness.type(harness.title, '   ');
      expect(harness.title.value).to.equal('Limits and continuity');
    });

    it('undoes and redoes, and says what', async () => {
      const { harness } = await open();
      const project = await harness.opened();
      project.editor.run('clip.delete', { clipIds: ['clip-3' as ClipId] });
      await harness.settled();
      await harness.click('Undo: Delete');
      expect(project.editor.document.clips.has('clip-3' as ClipId)).to.equal(true);
      await harness.click('Redo: Delete');
      expect(project.editor.document.clips.has('clip-3' as ClipId)).to.equal(false);
    });

    it('publishes, unless the page prevents it', async () => {
      const { harness, element, session } = await open();
      await harness.opened();
      element.addEventListener(
        'lectern-publish-request',
        (event) => {
          event.preventDefault();
        },
        { once: true },
      );
      await harness.click('Publish');
      expect(harness.get('.badge').textContent.trim()).to.equal('Draft');
      await harness.click('Publish');
      await harness.until(() => harness.get('.badge').textContent.trim() === 'Published');
      expect((await session.backend.projects.open('lecture')).project.isDraft).to.equal(false);
    });

    it('keeps the description in its details', async () => {
      const { harness, session } = await open();
      await harness.opened();
      await harness.click('Title and description');
      const field = harness.get<HTMLTextAreaElement>('.details textarea');
      expect(field.value).to.equal('Week 3');
      await harness.type(field, 'Week 4');
      await harness.until(() => harness.element.activeProject?.details.getState().description === 'Week 4');
      expect((await session.backend.projects.open('lecture')).project.description).to.equal('Week 4');
    });

    it('shows how far an export is that goes on in the background', async () => {
      const { harness, session } = await open({ project: 'lecture' }, { render: { exportMs: 1500 } });
      const project = await harness.opened();
      const [preset] = session.render.presets;
      const { formats } = await session.render.capabilities(1920, 1080);
      if (!preset || !formats[0]) throw new Error('no way to export');
      void session.actions.exportProject(project, { preset, format: formats[0], name: 'Limits' });
      await harness.until(() => /\d+%/.test(harness.get('.chip').textContent), 'the progress');
      await harness.until(() => harness.get('.chip').dataset['status'] === 'done', 'the end');
    });
  });

  describe('the layout', () => {
    it('has three columns over the timeline when it is wide', async () => {
      const { harness } = await open();
      await harness.opened();
      await harness.until(() => harness.layout === 'wide');
      expect(harness.panels).to.have.members(['Media', 'Preview', 'Inspector', 'Timeline']);
    });

    it('puts the inspector beside the media in tabs in the middle', async () => {
      const { harness } = await open({ project: 'lecture' }, {}, 900);
      await harness.opened();
      await harness.until(() => harness.layout === 'medium');
      expect(harness.panels).to.have.members(['Media', 'Preview', 'Timeline']);
      await harness.click(harness.all('.tabs [role="tab"]')[1] as HTMLElement);
      expect(harness.panels).to.have.members(['Inspector', 'Preview', 'Timeline']);
    });

    it('is one column with tabs when it is narrow, and nothing is wider than it', async () => {
      const { harness, element } = await open({ project: 'lecture' }, {}, 320);
      await harness.opened();
      await harness.until(() => harness.layout === 'narrow');
      expect(harness.panels).to.have.members(['Preview', 'Timeline']);
      for (const tab of harness.all('.tabs [role="tab"]')) {
        await harness.click(tab);
        for (const panel of harness.all('.panel'))
          expect(panel.getBoundingClientRect().right).to.be.at.most(element.getBoundingClientRect().right + 0.5);
      }
      expect(harness.panels).to.deep.equal(['Inspector']);
    });

    it('sizes panels with the keyboard inside their limits and remembers it', async () => {
      const { harness } = await open();
      await harness.opened();
      const before = harness.panel('media').getBoundingClientRect().width;
      harness.separator('media').focus();
      await harness.press('ArrowRight');
      expect(harness.panel('media').getBoundingClientRect().width).to.be.closeTo(before + 16, 1);
      await harness.press('Home');
      expect(Number(harness.separator('media').getAttribute('aria-valuenow'))).to.equal(
        Number(harness.separator('media').getAttribute('aria-valuemin')),
      );
      unmountAll();
      const again = await open();
      await again.harness.opened();
      expect(again.harness.panel('media').getBoundingClientRect().width).to.be.closeTo(200, 1);
    });

    it('has a least height of its own', async () => {
      const { element } = await open();
      element.style.blockSize = 'auto';
      (element.parentElement as HTMLElement).style.blockSize = 'auto';
      expect(element.getBoundingClientRect().height).to.be.at.least(480);
    });
  });

  describe('the keys', () => {
    it('run the studio’s commands, but not while something is typed', async () => {
      const { harness } = await open();
      const project = await harness.opened();
      await harness.key('ArrowRight', { shiftKey: true });
      expect(project.editor.store.getState().playheadFrame).to.equal(10);
      harness.title.focus();
      await harness.press('ArrowRight');
      expect(project.editor.store.getState().playheadFrame).to.equal(10);
      await harness.key('s', { code: 'KeyS' });
      expect(project.editor.document.clips.size).to.be.greaterThan(5);
      await harness.key('z', { ctrlKey: true });
      expect(project.editor.document.clips.size).to.equal(5);
    });

    it('show the help, which lists every key as it is now', async () => {
      const { harness, element } = await open({ project: 'lecture', keymap: { split: ['x'] } });
      await harness.opened();
      await harness.key('?', { shiftKey: true });
      await harness.until(() => harness.get<HTMLDialogElement>('.help-dialog').open);
      const row = harness.all('.help-columns dl > div').find((line) => line.textContent.includes('Split at playhead'));
      expect(row?.querySelector('kbd')?.textContent).to.equal('X');
      element.shadowRoot?.querySelector<HTMLDialogElement>('.help-dialog')?.close();
    });

    it('of a single letter can be switched off', async () => {
      const { harness } = await open();
      const project = await harness.opened();
      await harness.element.showHelp();
      const box = harness.get<HTMLInputElement>('.switch input');
      box.click();
      await harness.settled();
      harness.get<HTMLDialogElement>('.help-dialog').close();
      project.editor.seek(60);
      await harness.key('s', { code: 'KeyS' });
      expect(project.editor.document.clips.size).to.equal(5);
      await harness.element.showHelp();
      harness.get<HTMLInputElement>('.switch input').click();
      harness.get<HTMLDialogElement>('.help-dialog').close();
    });
  });

  it('has the browser ask before the page closes only while something would be lost', async () => {
    const { harness } = await open();
    const project = await harness.opened();
    const asks = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    project.autosave.store.setState({
      role: 'leader',
      local: 'durable',
      remote: 'dirty',
      pendingChanges: 2,
      memoryOnly: false,
    });
    expect(asks()).to.equal(false);
    project.autosave.store.setState({ local: 'degraded' });
    expect(asks()).to.equal(true);
    project.autosave.store.setState({ local: 'clean', remote: 'synced', pendingChanges: 0 });
    expect(asks()).to.equal(false);
  });
});
