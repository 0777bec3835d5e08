import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import { LecternError, serialiseError, type ConnectionState } from '@lectern/ports';
import {
  createScriptedConnection,
  createTestSession,
  type ScriptedConnection,
  type ScriptedConnectionOptions,
  type TestSession,
} from '@lectern/testing';
import '../define/media-library.js';
import '../define/project-library.js';
import '../define/video-studio.js';
import { Harness, mount, unmountAll } from '../foundation/harness.js';
import type { LecternElement } from '../foundation/lectern-element.js';
import { violations } from '../test-support/accessibility.js';

const away: ConnectionState = {
  status: 'instead',
  name: 'Riverside School',
  reason: 'unreachable',
  reachable: false,
  error: serialiseError(new LecternError('offline')),
};
const back: ConnectionState = { ...away, reachable: true, error: null };
const work = { assets: 4, projects: 2, courses: 1, bytes: 212_000_000 };

/** Reads the line about the connection and its dialog. */
class ConnectionHarness extends Harness<LecternElement> {
  get sentence(): string | null {
    return this.element.shadowRoot?.querySelector('.connection p')?.textContent.trim() ?? null;
  }

  get buttons(): string[] {
    return this.all('.connection button').map((button) => button.textContent.trim());
  }

  get dialog(): HTMLDialogElement | null {
    return this.element.shadowRoot?.querySelector<HTMLDialogElement>('dialog#move') ?? null;
  }

  get words(): string {
    return this.dialog?.textContent.replace(/\s+/g, ' ').trim() ?? '';
  }

  async pressInDialog(name: string): Promise<void> {
    const found = [...(this.dialog?.querySelectorAll<HTMLElement>('footer button') ?? [])].find(
      (button) => button.textContent.trim() === name,
    );
    if (!found) throw new Error(`the dialog has no button called ${name}: ${this.words}`);
    await this.click(found);
  }
}

let sessions: TestSession[] = [];

interface Opened {
  readonly harness: ConnectionHarness;
  readonly connection: ScriptedConnection;
  readonly session: TestSession;
  readonly element: LecternElement;
}

async function open(
  state: ConnectionState,
  options: ScriptedConnectionOptions = {},
  tag: 'media-library' | 'project-library' | 'video-studio' | 'asset-browser' = 'media-library',
  width = 900,
): Promise<Opened> {
  const connection = createScriptedConnection(state, options);
  const session = createTestSession({ connection });
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement(tag), { lectern: session });
  await mount(element, width, 700);
  const harness = new ConnectionHarness(element);
  await harness.settled();
  return { harness, connection, session, element };
}

describe('the line about the connection', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('has no accessibility violations, and neither has its dialog', async () => {
    const { harness, element } = await open(back, { pending: work });
    await harness.until(() => harness.buttons.length === 1);
    expect(await violations(element)).to.deep.equal([]);
    await harness.click('Move my work');
    await harness.until(() => harness.words.includes('4 files'));
    expect(await violations(element)).to.deep.equal([]);
  });

  it('says nothing where this browser is all that was asked for', async () => {
    const session = createTestSession({ assets: 1 });
    sessions.push(session);
    const element = Object.assign(document.createElement('media-library'), { lectern: session });
    await mount(element);
    expect(new ConnectionHarness(element).sentence).to.equal(null);
    expect((await open({ status: 'connected', name: 'Riverside School' })).harness.sentence).to.equal(null);
    expect((await open({ status: 'connecting' })).harness.sentence).to.equal(null);
  });

  it('says why, with what can be done about it', async () => {
    const unreachable = await open(away);
    expect(unreachable.harness.sentence).to.equal(
      'You are working in this browser: Riverside School can’t be reached.',
    );
    expect(unreachable.harness.buttons).to.deep.equal(['Try again']);
    const nowhere = await open({ ...away, name: null, reason: 'not-configured' });
    expect(nowhere.harness.sentence).to.include('names no server');
    expect(nowhere.harness.buttons).to.deep.equal([]);
    const nobody = await open({ ...away, name: null, reason: 'signed-out' });
    expect(nobody.harness.sentence).to.include('you aren’t signed in to the server');
    expect(nobody.harness.buttons).to.deep.equal(['Sign in to the server', 'Try again']);
  });

  it('says what is only in this browser once it is connected, until somebody puts it off', async () => {
    const { harness } = await open({ status: 'connected', name: 'Riverside School' }, { pending: work });
    await harness.until(() => harness.sentence !== null);
    expect(harness.sentence).to.equal(
      'Some of your work is only in this browser, from a time without Riverside School.',
    );
    expect(harness.buttons).to.deep.equal(['Move my work to Riverside School', 'Not now']);
    await harness.click('Move my work');
    await harness.until(() => harness.words.includes('4 files'));
    await harness.pressInDialog('Cancel');
    await harness.click('Not now');
    expect(harness.sentence).to.equal(null);
  });

  it('asks the page to sign somebody in', async () => {
    const { harness, element } = await open({ ...away, reason: 'signed-out' });
    const asked: unknown[] = [];
    element.addEventListener('lectern-sign-in-request', (event) => {
      event.preventDefault();
      asked.push(event.detail);
    });
    await harness.click('Sign in to Riverside School');
    expect(asked).to.deep.equal([{ name: 'Riverside School' }]);
  });

  it('tries again by keyboard, keeps the focus, and goes when it is there', async () => {
    const { harness, connection, element } = await open(away);
    harness.button('Try again').focus();
    await sendKeys({ press: 'Enter' });
    await harness.until(() => harness.get('[aria-live]').textContent.includes('still can’t be reached'));
    expect(connection.retries).to.equal(1);
    expect(element.shadowRoot?.activeElement?.textContent.trim()).to.equal('Try again');
    connection.set({ status: 'connected', name: 'Riverside School' });
    await harness.until(() => harness.sentence === null);
    expect(document.activeElement === element).to.equal(true);
    await harness.until(() => harness.get('[aria-live]').textContent.includes('You are connected to Riverside School'));
  });

  it('reads everything again once the session has gone over', async () => {
    const { connection, session, harness } = await open(away);
    await session.reliableBackend.assets.list({});
    const seen = new Set<unknown>();
    session.queryClient.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success') seen.add(event.query.queryKey[0]);
    });
    connection.set({ status: 'connected', name: 'Riverside School' });
    await harness.until(() => seen.has('assets'));
  });

  it('stands once in a studio, at the top of it', async () => {
    const { element, harness } = await open(away, {}, 'video-studio', 1200);
    await harness.until(() => element.shadowRoot?.querySelector('asset-browser'));
    const inner = element.shadowRoot?.querySelector('asset-browser');
    await inner?.updateComplete;
    expect(harness.sentence).to.include('Riverside School');
    expect(inner?.shadowRoot?.querySelector('.connection')).to.equal(null);
    for (const tag of ['asset-browser', 'project-library'] as const)
      expect((await open(away, {}, tag)).harness.sentence).to.include('Riverside School');
  });

  describe('moving the work up', () => {
    it('is offered once the back end is there and there is something to move', async () => {
      const { harness } = await open(back, { pending: work });
      await harness.until(() => harness.buttons.join() === 'Move my work to Riverside School');
      const nothing = await open(back);
      await nothing.harness.until(() => nothing.harness.sentence?.includes('takes over when nothing is open'));
      expect(nothing.harness.buttons).to.deep.equal(['Try again']);
    });

    it('asks with what will move, and moves nothing when it is cancelled', async () => {
      const { harness, session, element } = await open(back, { pending: work });
      await harness.until(() => harness.buttons.length === 1);
      harness.button('Move my work').focus();
      await sendKeys({ press: 'Enter' });
      await harness.until(() => harness.words.includes('4 files'));
      expect(harness.words).to.match(/4 files\s*2 projects\s*1 course\s*212 MB in all/);
      await sendKeys({ press: 'Escape' });
      await harness.until(() => harness.dialog === null);
      expect(session.store.getState().connection.move).to.equal(null);
      expect(element.shadowRoot?.activeElement?.textContent.trim()).to.equal('Move my work to Riverside School');
    });

    it('shows how far it is, goes on behind the closed dialog, and ends connected', async () => {
      const { harness, connection } = await open(back, { pending: work });
      await harness.until(() => harness.buttons.length === 1);
      await harness.click('Move my work');
      await harness.until(() => harness.words.includes('4 files'));
      await harness.pressInDialog('Move');
      connection.progress({ movedBytes: 53_000_000, totalBytes: 212_000_000, moved: 3, total: 7, name: 'Limits.mp4' });
      await harness.until(() => harness.words.includes('3 of 7 · 53 MB of 212 MB'));
      expect(harness.words).to.include('Now: Limits.mp4');
      const focused = harness.element.shadowRoot?.activeElement;
      expect(harness.dialog?.contains(focused ?? null)).to.equal(true);
      await harness.pressInDialog('Close');
      await harness.until(() => harness.dialog === null);
      expect(harness.sentence).to.equal('Moving your work to Riverside School: 25%');
      await harness.click('Show');
      connection.finish({ moved: 7, failed: [] });
      await harness.until(() => harness.words.includes('7 items are now in Riverside School'));
      await harness.pressInDialog('Close');
      await harness.until(() => harness.dialog === null);
      await harness.until(() => harness.sentence === null);
    });

    it('names what couldn’t be moved and why, and tries again', async () => {
      const { harness, connection } = await open(back, { pending: work });
      await harness.until(() => harness.buttons.length === 1);
      await harness.click('Move my work');
      await harness.until(() => harness.words.includes('4 files'));
      await harness.pressInDialog('Move');
      connection.finish({
        moved: 6,
        failed: [{ name: 'Huge.mp4', error: serialiseError(new LecternError('quota-exceeded')) }],
      });
      await harness.until(() => harness.words.includes('1 item couldn’t be moved'));
      expect(harness.words).to.include('Huge.mp4');
      expect(harness.words).to.include('There is no room left');
      await harness.pressInDialog('Try again');
      await harness.until(() => harness.words.includes('Loading'));
    });

    it('stops when it is told to, and says why it couldn’t begin', async () => {
      const { harness, connection } = await open(back, { pending: work });
      await harness.until(() => harness.buttons.length === 1);
      await harness.click('Move my work');
      await harness.until(() => harness.words.includes('4 files'));
      await harness.pressInDialog('Move');
      await harness.pressInDialog('Stop');
      await harness.until(() => harness.words.includes('Moving stopped.'));
      await harness.pressInDialog('Move');
      connection.finish(new LecternError('unauthenticated'));
      await harness.until(() => harness.words.includes('You are signed out'));
    });
  });
});
