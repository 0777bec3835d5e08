import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/autosave-manager';
import type { AutosaveState } from '@lectern/core';
import { studioSession } from '../video-studio/lecture.js';

interface Arguments {
  readonly compact: boolean;
}

/** A manager that stays in a state, as it would be after the facts in it. */
function manager(state: Partial<AutosaveState>, open = false): (args: Arguments) => TemplateResult {
  return ({ compact }) => {
    const session = studioSession();
    const element = document.createElement('autosave-manager');
    Object.assign(element, { lectern: session, compact });
    const box = document.createElement('div');
    box.style.minBlockSize = '360px';
    box.style.paddingInlineStart = '160px';
    box.append(element);
    void session.openProject('lecture').then(async (project) => {
      project.autosave.store.setState({
        role: 'leader',
        local: 'durable',
        remote: 'synced',
        neverSaved: false,
        memoryOnly: false,
        remoteVolatile: false,
        ...state,
      });
      element.projectSession = project;
      await element.updateComplete;
      if (open) element.showDetails();
    });
    return html`${box}`;
  };
}

const meta: Meta<Arguments> = {
  title: 'Studio/autosave-manager',
  component: 'autosave-manager',
  args: { compact: false },
};
export default meta;

type Story = StoryObj<Arguments>;

/** A project that was opened and not touched. */
export const Empty: Story = { render: (args) => manager({ neverSaved: true, local: 'clean' })(args) };

/** Saved, with the details open. */
export const Full: Story = {
  render: (args) => manager({ local: 'clean', savedAt: new Date(Date.now() - 3000).toISOString() }, true)(args),
};

/** On its way. */
export const Loading: Story = { render: (args) => manager({ remote: 'saving', pendingChanges: 3 })(args) };

/** The network is gone. */
export const Offline: Story = { render: (args) => manager({ remote: 'offline', pendingChanges: 12 })(args) };

/** Refused, and why. */
export const Failing: Story = {
  render: (args) =>
    manager(
      { remote: 'blocked', pendingChanges: 12, reason: { code: 'quota-exceeded', message: '', details: {} } },
      true,
    )(args),
};

/** Changes were found that only this browser had. */
export const Restored: Story = {
  render: (args) =>
    manager({
      remote: 'dirty',
      pendingChanges: 7,
      restorable: { changes: 7, at: new Date(Date.now() - 3_600_000).toISOString() },
    })(args),
};

/** Somebody else saved in between. */
export const Conflict: Story = {
  render: (args) =>
    manager({
      remote: 'conflict',
      pendingChanges: 4,
      conflict: { headRev: 5, headAuthor: '', headAt: new Date(Date.now() - 120_000).toISOString(), keptAs: 6 },
    })(args),
};

/** Nothing outlives the page. */
export const MemoryOnly: Story = { render: (args) => manager({ memoryOnly: true, remoteVolatile: true }, true)(args) };
