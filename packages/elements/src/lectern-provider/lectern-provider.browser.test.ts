import axe from 'axe-core';
import { expect } from 'chai';
import { registerBackend } from '@lectern/core';
import { createTestSession, type TestSession } from '@lectern/testing';
import '../define/lectern-provider.js';
import '../define/media-library.js';
import { mount, unmountAll } from '../foundation/harness.js';
import { LecternProviderHarness } from './lectern-provider.harness.js';
import { LecternProviderElement } from './lectern-provider.js';

let sessions: TestSession[] = [];

function session(): TestSession {
  const made = createTestSession({ assets: [{ id: 'intro', name: 'Intro.mp4' }] });
  sessions.push(made);
  return made;
}

async function open(
  attributes: Partial<LecternProviderElement>,
  inner = '',
): Promise<{ harness: LecternProviderHarness; element: LecternProviderElement }> {
  const element = Object.assign(document.createElement('lectern-provider'), attributes);
  if (inner !== '') element.append(document.createElement(inner));
  await mount(element);
  return { harness: new LecternProviderHarness(element), element };
}

describe('lectern-provider', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((made) => made.dispose()));
    sessions = [];
  });

  it('has no accessibility violations while it tells something', async () => {
    const lectern = session();
    const { harness, element } = await open({ lectern });
    lectern.actions.notify({ message: { key: 'notice.actionFailed' }, tone: 'error', undo: () => Promise.resolve() });
    await harness.until(() => harness.notices.some((notice) => notice.includes('work')), 'the notice');
    const report = await axe.run(element);
    expect(report.violations.map((violation) => violation.id)).to.deep.equal([]);
  });

  it('gives its session to elements at any depth, and another one when it changes', async () => {
    const first = session();
    const second = session();
    const { element } = await open({ lectern: first });
    const box = document.createElement('div');
    const library = document.createElement('media-library');
    box.append(library);
    element.append(box);
    await library.updateComplete;
    expect(library.session === first).to.equal(true);
    element.lectern = second;
    await element.updateComplete;
    expect(library.session === second).to.equal(true);
    box.remove();
    document.querySelector('main')?.append(box);
    expect(library.session === null).to.equal(true);
  });

  it('finds a back end by its name, the same session for each that asks', async () => {
    const made = session();
    registerBackend('test-school', () => made);
    const { element } = await open({ backend: 'test-school' }, 'media-library');
    const other = await open({ backend: 'test-school' });
    expect(element.session === made).to.equal(true);
    expect(element.querySelector('media-library')?.session === made).to.equal(true);
    expect(other.element.session === made).to.equal(true);
  });

  it('tells a back end what the page says about it', async () => {
    const made = session();
    const seen: string[] = [];
    registerBackend('test-told', (settings) => {
      seen.push(settings);
      return made;
    });
    const element = Object.assign(document.createElement('lectern-provider'), { backend: 'test-told' });
    const script = Object.assign(document.createElement('script'), { type: 'application/json' });
    script.textContent = ' {"url":"https://school.example"} ';
    element.append(script);
    await mount(element);
    expect(element.session === made).to.equal(true);
    expect(seen).to.deep.equal(['{"url":"https://school.example"}']);
  });

  it('waits for a back end that is registered later', async () => {
    const { element } = await open({ backend: 'test-later' }, 'media-library');
    expect(element.session === null).to.equal(true);
    const made = session();
    registerBackend('test-later', () => made);
    await element.updateComplete;
    expect(element.session === made).to.equal(true);
    expect(element.querySelector('media-library')?.session === made).to.equal(true);
  });

  it('reaches elements that were there before it was defined', async () => {
    const made = session();
    const element = document.createElement('late-provider') as HTMLElement &
      Pick<LecternProviderElement, 'lectern' | 'updateComplete'>;
    const library = document.createElement('media-library');
    element.append(library);
    await mount(library);
    library.replaceWith(element);
    element.append(library);
    expect(library.session === null).to.equal(true);
    customElements.define('late-provider', class extends LecternProviderElement {});
    element.lectern = made;
    await element.updateComplete;
    expect(library.session === made).to.equal(true);
  });

  it('shows the notices of the elements inside it, once', async () => {
    const lectern = session();
    const { harness, element } = await open({ lectern }, 'media-library');
    lectern.actions.notify({ message: { key: 'notice.actionFailed' } });
    await harness.until(() => harness.notices.length > 0, 'the notice');
    expect(element.querySelector('media-library')?.shadowRoot?.querySelectorAll('.toast').length).to.equal(0);
  });

  it('takes back what a notice tells of', async () => {
    const lectern = session();
    const { harness } = await open({ lectern });
    await lectern.actions.deleteAssets(['intro']);
    await harness.undo();
    await harness.until(async () => (await lectern.reliableBackend.assets.get('intro')).deletedAt === null);
    expect(harness.notices.some((notice) => notice.includes('deleted'))).to.equal(false);
  });

  it('lets a notice go by itself after its time, but not while somebody is in it', async () => {
    const lectern = session();
    const { harness } = await open({ lectern });
    await harness.until(() => true);
    for (const { id } of lectern.store.getState().notices.items) lectern.actions.dismissNotice(id);
    lectern.actions.notify({ message: { key: 'notice.actionFailed' }, durationMs: 80 });
    const button = await harness.until(() => harness.all('.toast .icon-button')[0], 'the notice');
    button.focus();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(harness.notices).to.have.length(1);
    button.blur();
    await harness.until(() => harness.notices.length === 0, 'it to go');
  });

  it('dismisses a notice by its button and by Escape', async () => {
    const lectern = session();
    const { harness } = await open({ lectern });
    for (const { id } of lectern.store.getState().notices.items) lectern.actions.dismissNotice(id);
    lectern.actions.notify({ message: { key: 'notice.actionFailed' }, durationMs: null });
    await harness.dismiss();
    expect(harness.notices).to.deep.equal([]);
    lectern.actions.notify({ message: { key: 'notice.actionFailed' }, durationMs: null });
    (await harness.until(() => harness.all('.toast .icon-button')[0], 'the notice')).focus();
    await harness.press('Escape');
    expect(harness.notices).to.deep.equal([]);
  });
});
