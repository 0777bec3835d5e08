import '@lectern/elements/define/studio-timeline';
import { LecternError } from '@lectern/ports';
import { countingIds, createProjectDocument, createTestSession, type TestSessionOptions } from '@lectern/testing';
import { createEmptyProject, type TimelineDocument } from '@lectern/timeline';
import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import { lectureDocument, missingAssetId } from './lecture-document.js';

interface Args {
  readonly width: number;
  readonly view: 'graphics' | 'table';
  readonly document: TimelineDocument;
  readonly options: TestSessionOptions;
}

/** A file that isn't where it should be, as the render engine tells of it. */
function loseFile(session: ReturnType<typeof createTestSession>): void {
  const filmstrip = session.render.filmstrip.bind(session.render);
  const peaks = session.render.peaks.bind(session.render);
  const lost = (): never => {
    throw new LecternError('source-missing');
  };
  Object.assign(session.render, {
    filmstrip: (...args: Parameters<typeof filmstrip>) =>
      args[0].assetId === missingAssetId ? lost() : filmstrip(...args),
    peaks: (...args: Parameters<typeof peaks>) => (args[0].assetId === missingAssetId ? lost() : peaks(...args)),
  });
}

function timeline({ width, view, document: edited, options }: Args): TemplateResult {
  const session = createTestSession({
    assets: 8,
    projects: [{ id: 'lecture', title: 'Lecture', document: edited }],
    ...options,
  });
  loseFile(session);
  const element = document.createElement('studio-timeline');
  element.lectern = session;
  element.project = 'lecture';
  element.view = view;
  element.style.inlineSize = `${String(width)}px`;
  return html`${element}`;
}

const meta: Meta<Args> = {
  title: 'Studio/studio-timeline',
  component: 'studio-timeline',
  args: { width: 1080, view: 'graphics', document: lectureDocument(), options: {} },
  argTypes: {
    width: { control: { type: 'range', min: 320, max: 1440, step: 20 } },
    view: { control: 'inline-radio', options: ['graphics', 'table'] },
    document: { control: false },
    options: { control: false },
  },
  render: timeline,
};
export default meta;

type Story = StoryObj<Args>;

/** A new project. */
export const Empty: Story = { args: { document: createEmptyProject(countingIds('track')) } };

/** Cuts, pictures, titles, music, a missing file, markers and a range. */
export const Full: Story = {};

/** The same clips with their times as fields. */
export const AsTable: Story = { args: { view: 'table' } };

/** In the column of a course page. */
export const Narrow: Story = { args: { width: 340 } };

/** Only what is in view is in the page. */
export const TenThousandClips: Story = {
  args: { document: createProjectDocument({ clips: 10_000 }), options: { session: { checkInvariants: false } } },
};

/** The project isn't open yet. */
export const Loading: Story = { args: { options: { hang: ['projects.open'] } } };

/** The project doesn't open. */
export const Failing: Story = { args: { options: { fail: { 'projects.open': 'offline' } } } };
