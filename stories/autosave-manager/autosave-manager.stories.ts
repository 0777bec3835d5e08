import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import '@lectern/elements/define/autosave-manager';
import { sceneElement, scenes } from './saving-scenes.js';

interface Arguments {
  readonly compact: boolean;
}

const meta: Meta<Arguments> = {
  title: 'Studio/autosave-manager',
  component: 'autosave-manager',
  args: { compact: false },
};
export default meta;

type Story = StoryObj<Arguments>;

function story(name: keyof typeof scenes): Story {
  return { render: ({ compact }) => html`${sceneElement(scenes[name], { compact })}` };
}

/** A project that was opened and not touched. */
export const Empty: Story = story('untouched');

/** Saved, with the details open. */
export const Full: Story = story('saved');

/** On its way. */
export const Loading: Story = story('saving');

/** The network is gone. */
export const Offline: Story = story('offline');

/** The back end doesn't answer as it should, and is asked again. */
export const Waiting: Story = story('waiting');

/** Signed out: the work waits in this browser. */
export const SignedOut: Story = story('signedOut');

/** Refused, and why. */
export const Failing: Story = story('refused');

/** The disk of this device is full. */
export const FullDisk: Story = story('fullDisk');

/** Written by a newer version of the studio. */
export const Newer: Story = story('newer');

/** Deleted by somebody while it was open. */
export const Orphaned: Story = story('orphaned');

/** The browser has only a small store for changes. */
export const SmallStore: Story = story('smallStore');

/** Nothing outlives the page. */
export const MemoryOnly: Story = story('memoryOnly');

/** Changes were found that only this browser had. */
export const Restored: Story = story('restored');

/** Another tab edits, and this one shows what it does. */
export const Follower: Story = story('follower');

/** Another tab took over before this one's last changes were kept. */
export const Stranded: Story = story('stranded');

/** Somebody's edits that touched nothing were taken in. */
export const Merged: Story = story('merged');

/** Somebody else saved in between: who, when, and what differs. */
export const Conflict: Story = story('conflict');

/** What both began with is no longer kept. */
export const ConflictWithoutBase: Story = story('conflictWithoutBase');

/** The two versions can't be read now; the choice is there all the same. */
export const ConflictFailing: Story = story('conflictFailing');

/** Put off: the sentence goes on saying so. */
export const ConflictPutOff: Story = story('conflictPutOff');

/** The version history, with a version on show. */
export const History: Story = story('history');

/** Nothing is chosen yet. */
export const HistoryList: Story = story('historyList');

/** Never saved. */
export const HistoryEmpty: Story = story('historyEmpty');

/** The versions are being read. */
export const HistoryLoading: Story = story('historyLoading');

/** They can't be. */
export const HistoryFailing: Story = story('historyFailing');

/** One of them is damaged. */
export const HistoryUnreadable: Story = story('historyUnreadable');

/** What the copy is called. */
export const Copy: Story = story('copy');
