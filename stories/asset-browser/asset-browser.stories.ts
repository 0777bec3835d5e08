import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/asset-browser';
import type { TestSession } from '@lectern/testing';
import { newSession, schoolSession } from '../media-library/school.js';

interface Arguments {
  readonly tab: 'assets' | 'recordings';
  readonly single: boolean;
  readonly width: number;
}

function panel(session: TestSession, { tab, width }: Arguments): TemplateResult {
  const box = document.createElement('div');
  box.style.cssText = `block-size: 100vh; inline-size: ${String(width)}px; max-inline-size: 100%`;
  const element = document.createElement('asset-browser');
  Object.assign(element, { lectern: session, tab });
  box.append(element);
  void session.openProject(null).then((project) => {
    element.projectSession = project;
  });
  return html`${box}`;
}

function picker(session: TestSession, { tab, single }: Arguments): TemplateResult {
  const element = document.createElement('asset-browser');
  Object.assign(element, { lectern: session, mode: 'picker', tab, single });
  const open = (): void => {
    void element.open();
  };
  queueMicrotask(open);
  return html`<button @click=${open}>Choose media…</button>${element}`;
}

const meta: Meta<Arguments> = {
  title: 'Library/asset-browser',
  component: 'asset-browser',
  args: { tab: 'assets', single: false, width: 300 },
  argTypes: {
    tab: { control: 'inline-radio', options: ['assets', 'recordings'] },
    width: { control: { type: 'range', min: 220, max: 480, step: 10 } },
  },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing yet. */
export const Empty: Story = { render: (args) => panel(newSession(), args) };

/** The studio's panel. */
export const Full: Story = { render: (args) => panel(schoolSession(), args) };

/** The dialog that media is picked from. */
export const Picker: Story = { render: (args) => picker(schoolSession(), args) };

/** The same for one thing only. */
export const PickOne: Story = { args: { single: true }, render: (args) => picker(schoolSession(), args) };

/** The first answer is on its way. */
export const Loading: Story = { render: (args) => panel(schoolSession({ hang: ['assets.list'] }), args) };

/** The back end doesn't answer as it should. */
export const Failing: Story = {
  render: (args) => panel(schoolSession({ fail: { 'assets.list': 'forbidden' } }), args),
};
