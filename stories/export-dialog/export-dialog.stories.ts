import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/export-dialog';
import type { ExportDialogElement } from '@lectern/elements';
import { LecternError } from '@lectern/ports';
import type { ProjectSession } from '@lectern/core';
import { createFakeExportDisk, createProbeFacts, leaveUnfinished, type TestSession } from '@lectern/testing';
import { lecture, studioSession } from '../video-studio/lecture.js';

interface Arguments {
  readonly maxBytes: number;
}

interface Scene {
  /** The project; null for a new one. */
  readonly project?: string | null;
  /** What happens once the dialog is open. */
  readonly then?: (element: ExportDialogElement, project: ProjectSession, session: TestSession) => Promise<void>;
}

function exporter(
  session: TestSession,
  { project = 'lecture', then }: Scene = {},
): (args: Arguments) => TemplateResult {
  return ({ maxBytes }) => {
    const element = document.createElement('export-dialog');
    Object.assign(element, { lectern: session, maxBytes: maxBytes > 0 ? maxBytes : null });
    void session.openProject(project).then(async (opened) => {
      element.projectSession = opened;
      await element.show();
      await then?.(element, opened, session);
    });
    return html`<button
        class="again"
        @click=${() => {
          void element.show();
        }}
      >
        Export…</button
      >${element}`;
  };
}

async function begin(
  session: TestSession,
  project: ProjectSession,
  name: string,
  replaceAssetId?: string,
): Promise<string | null> {
  const preset = session.render.presets[1];
  const { formats } = await session.render.capabilities(1920, 1080);
  const [format] = formats;
  if (!preset || !format) return null;
  const replace = replaceAssetId === undefined ? {} : { replaceAssetId, reuseAssetId: replaceAssetId };
  return session.actions.exportProject(project, { preset, format, name, ...replace }).catch(() => null);
}

/** Begins one export, and others after it. */
function beginning(...names: readonly string[]): Scene {
  return {
    async then(_element, project, session) {
      await Promise.all(names.map((name) => begin(session, project, name)));
    },
  };
}

/** What is exported is a video, as far as its probe tells. */
const probe = (): { facts: ReturnType<typeof createProbeFacts>; poster: null } => ({
  facts: createProbeFacts(),
  poster: null,
});

const meta: Meta<Arguments> = {
  title: 'Studio/export-dialog',
  component: 'export-dialog',
  args: { maxBytes: 0 },
};
export default meta;

type Story = StoryObj<Arguments>;

/** Nothing on the timeline. */
export const Empty: Story = { render: (args) => exporter(studioSession(), { project: null })(args) };

/** What can be chosen. */
export const Full: Story = { render: (args) => exporter(studioSession())(args) };

/** The host takes at most 15 MB. */
export const Limited: Story = {
  args: { maxBytes: 15_000_000 },
  render: (args) => exporter(studioSession())(args),
};

/** How long it takes isn’t known yet. */
export const Forecasting: Story = {
  render: (args) => exporter(studioSession({ render: { forecast: () => new Promise(() => undefined) } }))(args),
};

/** It would need more room than this browser has. */
export const NoSpace: Story = {
  render: (args) =>
    exporter(studioSession({ render: { forecast: (usual) => ({ ...usual, spaceBytes: 3.2e9, freeBytes: 1.1e9 }) } }))(
      args,
    ),
};

/** It was exported before: the published file can be updated. */
export const PublishedBefore: Story = {
  render: (args) =>
    exporter(studioSession({ render: { probe } }), {
      async then(element, project, session) {
        element.close();
        await begin(session, project, 'Limits and continuity');
        await session.actions.dismissExport();
        await element.show();
      },
    })(args),
};

/** Under way, for a minute. */
export const Loading: Story = {
  render: (args) => exporter(studioSession({ render: { exportMs: 60_000 } }), beginning('Limits and continuity'))(args),
};

/** Three of them; the first has its turn. */
export const Several: Story = {
  render: (args) =>
    exporter(
      studioSession({ render: { exportMs: 60_000 } }),
      beginning('Limits and continuity', 'Limits, the short cut', 'Limits, to listen to'),
    )(args),
};

/** Another tab of this browser has its turn. */
export const WaitingForAnotherTab: Story = {
  render: (args) => {
    const disk = createFakeExportDisk();
    void disk.turn.take(new AbortController().signal);
    return exporter(studioSession({ render: { disk } }), beginning('Limits and continuity'))(args);
  },
};

/** Somebody paused it. */
export const Paused: Story = {
  render: (args) =>
    exporter(studioSession({ render: { exportMs: 3000 } }), {
      async then(_element, project, session) {
        void begin(session, project, 'Limits and continuity');
        const stop = session.store.subscribe(({ exports: { jobs } }) => {
          const [job] = jobs;
          if (!job || job.fraction < 0.4) return;
          stop();
          void session.actions.pauseExport(job.id);
        });
      },
    })(args),
};

/** The page before this one went in its middle. */
export const Interrupted: Story = {
  render: (args) => {
    const disk = createFakeExportDisk();
    const namespace = `story-${crypto.randomUUID()}`;
    const { document } = lecture();
    return exporter(studioSession({ render: { disk }, session: { namespace } }), {
      async then(_element, _project, session) {
        await leaveUnfinished(disk, document, { namespace, projectId: 'lecture', name: 'Limits and continuity' });
        await session.actions.findUnfinishedExports();
      },
    })(args);
  },
};

/** Rendered, and on its way into a library that can't be reached. */
export const Storing: Story = {
  render: (args) => exporter(studioSession({ hang: ['transfers.send'] }), beginning('Limits and continuity'))(args),
};

/** In the library. */
export const Done: Story = {
  render: (args) => exporter(studioSession(), beginning('Limits and continuity'))(args),
};

/** The published file has a new version, and little of it had to be encoded. */
export const Updated: Story = {
  render: (args) =>
    exporter(studioSession({ render: { probe } }), {
      async then(_element, project, session) {
        const assetId = await begin(session, project, 'Limits and continuity');
        await session.actions.dismissExport();
        if (assetId !== null) await begin(session, project, 'Limits and continuity', assetId);
      },
    })(args),
};

/** A clip stopped it. */
export const Failing: Story = {
  render: (args) =>
    exporter(
      studioSession({
        render: {
          exportError: new LecternError('render-failed', { details: { clip: 'Derivatives 1.mp4', frame: 211 } }),
        },
      }),
      beginning('Limits and continuity'),
    )(args),
};

/** The disk is full. */
export const DiskFull: Story = {
  render: (args) =>
    exporter(
      studioSession({
        render: {
          exportError: new LecternError('quota-exceeded', { details: { neededBytes: 3.2e9, freeBytes: 1.1e9 } }),
        },
      }),
      beginning('Limits and continuity'),
    )(args),
};

/** Rendered, but the library doesn’t take it: the file isn’t lost. */
export const Refused: Story = {
  render: (args) => exporter(studioSession({ maxBytes: 100_000 }), beginning('Limits and continuity'))(args),
};
