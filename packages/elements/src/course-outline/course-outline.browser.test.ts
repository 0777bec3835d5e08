import { sendMouse } from '@web/test-runner-commands';
import { expect } from 'chai';
import { createProjectDocument, createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import type { CourseChange } from '@lectern/ports';
import '../define/course-outline.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { AttachRequestDetail } from '../media-library/media-library-events.js';
import type { CourseChangeDetail, CourseItemDetail, CourseOutlineElement } from './course-outline.js';
import { CourseOutlineHarness } from './course-outline.harness.js';
import { violations } from '../test-support/accessibility.js';

const item = (id: string, chapterId: string, title: string, assetId = 'intro'): CourseChange => ({
  type: 'item.attach',
  id,
  chapterId,
  title,
  target: { kind: 'asset', assetId },
});
const full: TestSessionOptions = {
  assets: [
    { id: 'intro', name: 'Intro.mp4' },
    { id: 'song', name: 'Song.mp3', kind: 'audio' },
  ],
  projects: [{ id: 'limits', title: 'Limits project', document: createProjectDocument() }],
  courses: [
    { type: 'course.create', id: 'calculus', title: 'Calculus' },
    { type: 'course.create', id: 'algebra', title: 'Algebra' },
    { type: 'chapter.create', id: 'one', courseId: 'calculus', title: 'Limits' },
    { type: 'chapter.create', id: 'two', courseId: 'calculus', title: 'Series' },
    item('a', 'one', 'Welcome'),
    item('b', 'one', 'Theme', 'song'),
    { type: 'item.attach', id: 'c', chapterId: 'two', title: 'Live', target: { kind: 'project', projectId: 'limits' } },
  ],
};

let sessions: TestSession[] = [];

async function open(
  options: TestSessionOptions = full,
  attributes: Partial<CourseOutlineElement> = {},
): Promise<{
  harness: CourseOutlineHarness;
  session: TestSession;
  element: CourseOutlineElement;
  changes: CourseChangeDetail[];
}> {
  const session = createTestSession(options);
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement('course-outline'), { lectern: session, ...attributes });
  await mount(element, 420, 640);
  const changes: CourseChangeDetail[] = [];
  element.addEventListener('lectern-course-change', (event) => changes.push(event.detail));
  return { harness: new CourseOutlineHarness(element), session, element, changes };
}

async function stored(session: TestSession, courseId = 'calculus'): Promise<string[]> {
  const { chapters } = await session.reliableBackend.courses.outline(courseId);
  return chapters.map((chapter) =>
    [chapter.title, chapter.items.map((entry) => entry.title).join(', ')].filter((part) => part !== '').join(': '),
  );
}

describe('course-outline', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('has no accessibility violations full, with its dialog, and empty', async () => {
    const { harness, element } = await open();
    await harness.row('Welcome');
    await harness.until(() => harness.all('.item .timecode').length === 3, 'the lengths');
    expect(await violations(element)).to.deep.equal([]);
    void element.attach({ assetId: 'song' });
    await harness.until(() => harness.attachDialog?.open, 'the dialog');
    expect(await violations(element)).to.deep.equal([]);
    unmountAll();
    const empty = await open({});
    await empty.harness.until(() => empty.harness.all('.state').length === 1, 'the empty state');
    expect(await violations(empty.element)).to.deep.equal([]);
  });

  it('shows a course with its chapters and items, and another one when it is chosen', async () => {
    const { harness, element } = await open();
    await harness.reads('Limits: Welcome, Theme', 'Series: Live');
    expect(harness.courseTitle).to.equal('Calculus');
    element.course = 'algebra';
    await harness.until(() => harness.outline.length === 0 && harness.all('.state').length === 1, 'the empty course');
    expect(harness.courseTitle).to.equal('Algebra');
  });

  it('makes a course and a chapter, and names them on the way', async () => {
    const { harness, session, changes } = await open({});
    await harness.until(() => harness.all('.state').length === 1, 'the empty state');
    await harness.click('New course');
    await harness.rename('Geometry');
    await harness.until(
      () => harness.all('.top select').length === 1 && harness.courseTitle === 'Geometry',
      'the course',
    );
    await harness.click('New chapter');
    await harness.rename('Angles');
    await harness.reads('Angles');
    const [course] = await session.reliableBackend.courses.list();
    await harness.until(async () => (await stored(session, course?.id)).join() === 'Angles');
    expect(changes.map((change) => change.type)).to.deep.equal([
      'course.create',
      'course.rename',
      'chapter.create',
      'chapter.rename',
    ]);
  });

  describe('putting in order', () => {
    it('moves an item by keyboard inside its chapter and over into the next, and the focus goes along', async () => {
      const { harness, session } = await open();
      await harness.focusRow('Welcome');
      await harness.press('ArrowDown', { altKey: true });
      await harness.reads('Limits: Theme, Welcome', 'Series: Live');
      await harness.until(() => harness.focusedTitle === 'Welcome', 'the focus');
      await harness.press('ArrowDown', { altKey: true });
      await harness.reads('Limits: Theme', 'Series: Welcome, Live');
      await harness.until(() => harness.focusedTitle === 'Welcome', 'the focus');
      await harness.until(async () => (await stored(session)).join('|') === 'Limits: Theme|Series: Welcome, Live');
      await harness.until(
        () => harness.all('[role="status"]').some((region) => region.textContent.includes('now 1 of 2')),
        'what is said',
      );
    });

    it('moves a chapter by its menu', async () => {
      const { harness, session } = await open();
      await harness.pickFromMenu('Series', 'Move up');
      await harness.reads('Series: Live', 'Limits: Welcome, Theme');
      await harness.until(async () => (await stored(session))[0] === 'Series: Live');
    });

    it('moves an item into another chapter by its menu', async () => {
      const { harness } = await open();
      await harness.pickFromMenu('Welcome', 'Move to “Series”');
      await harness.reads('Limits: Theme', 'Series: Live, Welcome');
    });

    it('moves an item by pointer, and not when Escape is pressed on the way', async () => {
      const { harness } = await open();
      const grip = (await harness.row('Welcome')).querySelector('.grip')?.getBoundingClientRect();
      const target = (await harness.row('Live')).getBoundingClientRect();
      if (!grip) throw new Error('no handle');
      const drag = async (): Promise<void> => {
        await sendMouse({ type: 'move', position: [Math.round(grip.x + 12), Math.round(grip.y + 12)] });
        await sendMouse({ type: 'down' });
        await sendMouse({ type: 'move', position: [Math.round(grip.x + 16), Math.round(grip.y + 30)] });
        await sendMouse({ type: 'move', position: [Math.round(target.x + 60), Math.round(target.bottom - 4)] });
        await harness.until(() => harness.all('.drop-line').length === 1, 'the line');
      };
      await drag();
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
      await sendMouse({ type: 'up' });
      await harness.settled();
      expect(harness.outline).to.deep.equal(['Limits: Welcome, Theme', 'Series: Live']);
      await drag();
      await sendMouse({ type: 'up' });
      await harness.reads('Limits: Theme', 'Series: Live, Welcome');
    });

    it('puts it back when the back end refuses', async () => {
      const { harness, session } = await open();
      await harness.focusRow('Welcome');
      session.setFaults({ fail: { 'courses.apply': 'forbidden' } });
      await harness.press('ArrowDown', { altKey: true });
      await harness.until(() => harness.notices.some((notice) => notice.includes('allowed')), 'a notice');
      await harness.reads('Limits: Welcome, Theme', 'Series: Live');
    });
  });

  describe('renaming and removing', () => {
    it('renames in place with F2', async () => {
      const { harness, session } = await open();
      await harness.focusRow('Theme');
      await harness.press('F2');
      await harness.rename('Theme song');
      await harness.reads('Limits: Welcome, Theme song', 'Series: Live');
      await harness.until(async () => (await stored(session))[0] === 'Limits: Welcome, Theme song');
    });

    it('removes an item and puts it back where it was', async () => {
      const { harness, session } = await open();
      await harness.focusRow('Welcome');
      await harness.press('Delete');
      await harness.reads('Limits: Theme', 'Series: Live');
      await harness.until(() => harness.focusedTitle === 'Theme', 'the focus on the next one');
      await harness.undo();
      await harness.reads('Limits: Welcome, Theme', 'Series: Live');
      expect(await stored(session)).to.deep.equal(['Limits: Welcome, Theme', 'Series: Live']);
    });

    it('removes a chapter with all that is in it and brings all of it back', async () => {
      const { harness, session } = await open();
      await harness.pickFromMenu('Limits', 'Delete');
      await harness.reads('Series: Live');
      await harness.undo();
      await harness.reads('Limits: Welcome, Theme', 'Series: Live');
      expect(await stored(session)).to.deep.equal(['Limits: Welcome, Theme', 'Series: Live']);
    });

    it('asks before it deletes a course', async () => {
      const { harness, session } = await open();
      await harness.row('Welcome');
      await harness.click('Actions for “Calculus”');
      await harness.click(
        await harness.until(
          () =>
            harness
              .all('[role="menu"]:popover-open [role="menuitem"]')
              .find((line) => line.textContent.includes('Delete')),
          'the menu',
        ),
      );
      const dialog = await harness.until(() => harness.all<HTMLDialogElement>('dialog[open]')[0], 'the question');
      expect(dialog.textContent).to.include('2 chapters');
      await harness.click(dialog.querySelector<HTMLElement>('[data-variant="danger"]') ?? 'Delete');
      await harness.until(
        () => harness.all('.top select').length === 1 && harness.courseTitle === 'Algebra',
        'the other course',
      );
      expect((await session.reliableBackend.courses.list()).map((course) => course.title)).to.deep.equal(['Algebra']);
    });
  });

  describe('attaching', () => {
    it('adds an asset to the chapter that is chosen, under the title that is given', async () => {
      const { harness, element, session, changes } = await open();
      await harness.row('Welcome');
      const done = element.attach({ assetId: 'song' });
      await harness.until(
        () => harness.attachDialog?.querySelector<HTMLInputElement>('[name="item-title"]')?.value === 'Song',
        'the title',
      );
      await harness.confirmAttach({ title: 'The song' });
      expect(await done).to.equal('two');
      await harness.reads('Limits: Welcome, Theme', 'Series: Live, The song');
      expect(await stored(session)).to.deep.equal(['Limits: Welcome, Theme', 'Series: Live, The song']);
      expect(changes).to.deep.equal([{ courseId: 'calculus', type: 'item.attach', id: null }]);
      const usage = await session.reliableBackend.assets.usage('song');
      expect(usage.map((place) => place.resourceType)).to.include('chapter');
    });

    it('makes the course and the chapter on the way', async () => {
      const { harness, element, session } = await open({ ...full, courses: [] });
      await harness.until(() => harness.all('.state').length === 1, 'the empty state');
      const done = element.attach({ projectId: 'limits', title: 'Limits' });
      await harness.until(
        () => harness.attachDialog?.querySelector('[name="course-title"]'),
        'the field of a new course',
      );
      await harness.confirmAttach({ course: 'Calculus', chapter: 'Week 1' });
      expect(await done).to.be.a('string');
      await harness.reads('Week 1: Limits');
      const [course] = await session.reliableBackend.courses.list();
      expect(await stored(session, course?.id)).to.deep.equal(['Week 1: Limits']);
    });

    it('lets the page do it, which may hand the request back', async () => {
      const { harness, element, session } = await open();
      await harness.row('Series');
      session.replaceAction('pickAssets', () => () => Promise.resolve(['intro']));
      const asked: AttachRequestDetail[] = [];
      element.addEventListener('lectern-attach-request', (event) => {
        event.preventDefault();
        asked.push(event.detail);
      });
      await harness.click('Add media to “Series”');
      await harness.until(() => asked.length === 1, 'the request');
      expect(asked).to.deep.equal([{ target: { kind: 'asset', assetId: 'intro' }, title: 'Intro', chapterId: 'two' }]);
      expect(await stored(session)).to.deep.equal(['Limits: Welcome, Theme', 'Series: Live']);
      expect(asked[0] && (await element.attach(asked[0]))).to.equal('two');
      await harness.reads('Limits: Welcome, Theme', 'Series: Live, Intro');
      expect(asked).to.have.length(1);
    });

    it('stays open with the reason when it fails', async () => {
      const { harness, element, session } = await open();
      await harness.row('Welcome');
      const done = element.attach({ assetId: 'intro' });
      await harness.until(
        () => harness.attachDialog?.querySelector<HTMLInputElement>('[name="item-title"]')?.value === 'Intro',
        'the title',
      );
      session.setFaults({ fail: { 'courses.apply': 'offline' } });
      await harness.confirmAttach();
      await harness.until(
        () => harness.attachDialog?.querySelector('[role="alert"]')?.textContent.includes('offline'),
        'the reason',
      );
      session.setFaults({});
      await harness.confirmAttach();
      expect(await done).to.equal('two');
    });

    it('adds picked media to a chapter', async () => {
      const { harness, element } = await open();
      await harness.row('Series');
      await harness.click('Add media to “Series”');
      const picker = await harness.until(() => element.shadowRoot?.querySelector('asset-browser'), 'the picker');
      await harness.until(() => picker.shadowRoot?.querySelectorAll('.cell').length === 2, 'its media');
      const cell = [...(picker.shadowRoot?.querySelectorAll<HTMLElement>('.cell') ?? [])].find((candidate) =>
        candidate.textContent.includes('Song'),
      );
      cell?.click();
      await picker.updateComplete;
      picker.shadowRoot?.querySelector<HTMLElement>('dialog footer [data-variant="primary"]')?.click();
      await harness.reads('Limits: Welcome, Theme', 'Series: Live, Song');
    });

    it('asks the host’s own picker first', async () => {
      const { harness, session } = await open();
      await harness.row('Series');
      session.replaceAction('pickAssets', () => () => Promise.resolve(['intro']));
      await harness.click('Add media to “Limits”');
      await harness.reads('Limits: Welcome, Theme, Intro', 'Series: Live');
    });

    it('takes an asset that is dragged over it', async () => {
      const { harness, element } = await open();
      const row = (await harness.row('Live')).getBoundingClientRect();
      const send = (type: string): boolean =>
        element.dispatchEvent(
          new CustomEvent(type, {
            detail: { assetIds: ['song'], clientX: row.x + 40, clientY: row.bottom - 4 },
            bubbles: true,
            composed: true,
            cancelable: true,
          }),
        );
      expect(send('lectern-asset-drag-over')).to.equal(false);
      await harness.until(() => harness.all('.drop-line').length === 1, 'the line');
      send('lectern-asset-drop');
      await harness.reads('Limits: Welcome, Theme', 'Series: Live, Song');
    });
  });

  it('tells which item is opened', async () => {
    const { harness, element } = await open();
    const opened: CourseItemDetail[] = [];
    element.addEventListener('lectern-course-item-open', (event) => opened.push(event.detail));
    await harness.focusRow('Live');
    await harness.press('Enter');
    expect(opened).to.deep.equal([
      { itemId: 'c', chapterId: 'two', title: 'Live', target: { kind: 'project', projectId: 'limits' } },
    ]);
  });

  it('changes nothing when it is read-only', async () => {
    const { harness } = await open(full, { readonly: true });
    await harness.focusRow('Welcome');
    await harness.press('Delete');
    await harness.press('ArrowDown', { altKey: true });
    expect(harness.outline).to.deep.equal(['Limits: Welcome, Theme', 'Series: Live']);
    expect(harness.all('.grip, .more')).to.deep.equal([]);
  });

  it('folds and unfolds by keyboard', async () => {
    const { harness } = await open();
    await harness.focusRow('Limits');
    await harness.press('ArrowLeft');
    expect((await harness.row('Limits')).getAttribute('aria-expanded')).to.equal('false');
    await harness.press('ArrowDown');
    expect(harness.focusedTitle).to.equal('Series');
    await harness.press('ArrowUp');
    await harness.press('ArrowRight');
    await harness.press('ArrowRight');
    expect(harness.focusedTitle).to.equal('Welcome');
  });

  it('says what failed and tries again', async () => {
    const { harness, session } = await open({ ...full, fail: { 'courses.list': 'forbidden' } });
    await harness.until(() => harness.all('.state[role="alert"]').length === 1, 'the error');
    session.setFaults({});
    await harness.click('Try again');
    await harness.row('Welcome');
  });
});
