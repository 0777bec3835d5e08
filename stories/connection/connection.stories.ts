import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/media-library';
import { LecternError, serialiseError, type ConnectionState, type MoveReport } from '@lectern/ports';
import { createScriptedConnection, type ScriptedConnection } from '@lectern/testing';
import { schoolSession } from '../media-library/school.js';

interface Arguments {
  readonly width: number;
}

const away: ConnectionState = {
  status: 'instead',
  name: 'Riverside School',
  reason: 'unreachable',
  reachable: false,
  error: serialiseError(new LecternError('offline')),
};
const back: ConnectionState = { ...away, reachable: true, error: null };
const pending = { assets: 8, projects: 4, courses: 2, bytes: 1_106_000_000 };

function library(connection: ScriptedConnection, { width }: Arguments, press: readonly string[] = []): TemplateResult {
  const box = document.createElement('div');
  box.style.cssText = `block-size: 100vh; box-sizing: border-box; inline-size: ${String(width)}px; max-inline-size: 100%; padding: 12px`;
  const element = document.createElement('media-library');
  Object.assign(element, { lectern: schoolSession({ connection }), sort: 'oldest' });
  box.append(element);
  void pressAll(element, press);
  return html`${box}`;
}

/** Opens what a story is about, as a person would. */
async function pressAll(element: HTMLElement, names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const buttons = [
        ...(element.shadowRoot?.querySelectorAll<HTMLElement>('.connection button, dialog footer button') ?? []),
      ];
      const found = buttons.find((button) => button.textContent.trim().replace(/ to .*/, '') === name);
      if (!found) continue;
      found.click();
      break;
    }
  }
}

const meta: Meta<Arguments> = {
  title: 'Library/connection',
  component: 'media-library',
  args: { width: 1100 },
  argTypes: { width: { control: { type: 'range', min: 320, max: 1440, step: 10 } } },
};
export default meta;

type Story = StoryObj<Arguments>;

/** The back end didn't answer when the page was opened. */
export const Unreachable: Story = { render: (args) => library(createScriptedConnection(away), args) };

/** Nobody is signed in. */
export const SignedOut: Story = {
  render: (args) => library(createScriptedConnection({ ...away, reason: 'signed-out' }), args),
};

/** The page names no back end. */
export const NotConfigured: Story = {
  render: (args) => library(createScriptedConnection({ ...away, name: null, reason: 'not-configured' }), args),
};

/** It answers by now, and there is something to move. */
export const Reachable: Story = { render: (args) => library(createScriptedConnection(back, { pending }), args) };

/** The same in the column of a course page. */
export const Narrow: Story = {
  args: { width: 360 },
  render: (args) => library(createScriptedConnection(back, { pending }), args),
};

/** What will move, before it moves. */
export const MoveQuestion: Story = {
  render: (args) => library(createScriptedConnection(back, { pending }), args, ['Move my work']),
};

/** In the middle of it. */
export const Moving: Story = {
  render: (args) => {
    const connection = createScriptedConnection(back, { pending });
    setInterval(() => {
      connection.progress({
        movedBytes: 438_000_000,
        totalBytes: pending.bytes,
        moved: 5,
        total: 14,
        name: 'What is a limit?.mp4',
      });
    }, 300);
    return library(connection, args, ['Move my work', 'Move']);
  },
};

/** Not everything could be moved. */
export const MoveReported: Story = {
  render: (args) => {
    const connection = createScriptedConnection(back, { pending });
    const report: MoveReport = {
      moved: 12,
      failed: [
        { name: 'Lecture of 2009.mov', error: serialiseError(new LecternError('quota-exceeded')) },
        { name: 'Screen and camera, Tuesday.webm', error: serialiseError(new LecternError('forbidden')) },
      ],
    };
    setInterval(() => {
      connection.finish(report);
    }, 300);
    return library(connection, args, ['Move my work', 'Move']);
  },
};
