import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/project-library';
import type { TestSession } from '@lectern/testing';
import { newSession, schoolSession } from '../media-library/school.js';

interface Arguments {
  readonly view: 'grid' | 'list';
  readonly sort: 'recent' | 'title' | 'oldest';
  readonly width: number;
}

function projects(session: TestSession, { view, sort, width }: Arguments): TemplateResult {
  const box = document.createElement('div');
  box.style.cssText = `block-size: 100vh; box-sizing: border-box; inline-size: ${String(width)}px; max-inline-size: 100%; padding: 12px`;
  const element = document.createElement('project-library');
  Object.assign(element, { lectern: session, view, sort });
  box.append(element);
  return html`${box}`;
}

/** A project of another library, without its media. */
async function schoolFile(): Promise<File> {
  const session = schoolSession();
  await session.seeded;
  const { blob, fileName } = await session.actions.projectFile('lecture', { media: false });
  await session.dispose();
  return new File([blob], fileName);
}

/** The library, in which a file is chosen as soon as it is there. */
function withFile(session: TestSession, args: Arguments, file: () => Promise<File>): TemplateResult {
  const box = projects(session, args);
  void Promise.all([file(), session.seeded]).then(([chosen]) => {
    const input = document.querySelector('project-library')?.shadowRoot?.querySelector<HTMLInputElement>('[type=file]');
    if (!input) return;
    const transfer = new DataTransfer();
    transfer.items.add(chosen);
    input.files = transfer.files;
    input.dispatchEvent(new Event('change'));
  });
  return box;
}

const meta: Meta<Arguments> = {
  title: 'Library/project-library',
  component: 'project-library',
  args: { view: 'grid', sort: 'title', width: 1000 },
  argTypes: {
    view: { control: 'inline-radio', options: ['grid', 'list'] },
    sort: { control: 'select', options: ['recent', 'title', 'oldest'] },
    width: { control: { type: 'range', min: 320, max: 1440, step: 10 } },
  },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing yet. */
export const Empty: Story = { render: (args) => projects(newSession(), args) };

/** Drafts and published lectures. */
export const Full: Story = { render: (args) => projects(schoolSession(), args) };

/** The same as a list. */
export const List: Story = { args: { view: 'list' }, render: (args) => projects(schoolSession(), args) };

/** The first answer is on its way. */
export const Loading: Story = { render: (args) => projects(schoolSession({ hang: ['projects.list'] }), args) };

/** A project file is being read; it can be cancelled. */
export const OpeningFile: Story = {
  render: (args) => withFile(schoolSession({ hang: ['assets.getMany'] }), args, schoolFile),
};

/** What was chosen isn't a project file. */
export const WrongFile: Story = {
  render: (args) => withFile(schoolSession(), args, () => Promise.resolve(new File(['GIF89a'], 'slide.gif'))),
};

/** The media of a project file aren't in this library. */
export const MissingMedia: Story = { render: (args) => withFile(newSession(), args, schoolFile) };

/** The back end doesn't answer as it should. */
export const Failing: Story = {
  render: (args) => projects(schoolSession({ fail: { 'projects.list': 'forbidden' } }), args),
};
