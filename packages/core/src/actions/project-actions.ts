import { LecternError, type ProjectSummary, type SaveKind } from '@lectern/ports';
import { createEmptyProject, type TimelineDocument } from '@lectern/timeline';
import { parseTimeline } from '@lectern/timeline/schema';
import { saveRequestOf, usedAssetIds } from '../autosave/save-request.js';
import { queryKeys } from '../queries/query-keys.js';
import type { ActionContext } from './action-context.js';
import type { Actions } from './actions.js';
import { editProject, removeProjectFromLists } from './list-edits.js';
import { optimistically } from './optimistic.js';

type ProjectActions = Pick<
  Actions,
  | 'createProject'
  | 'renameProject'
  | 'duplicateProject'
  | 'deleteProject'
  | 'restoreProject'
  | 'publishProject'
  | 'unpublishProject'
>;

/** Saves a document as a new draft. @throws what the port throws */
export async function saveNewProject(
  { backend, newId, queryClient }: Pick<ActionContext, 'backend' | 'newId' | 'queryClient'>,
  document: TimelineDocument,
  details: { readonly title: string; readonly description?: string },
): Promise<ProjectSummary> {
  const projectId = newId();
  const request = await saveRequestOf(document, {
    projectId,
    baseRev: 0,
    saveId: newId(),
    kind: 'manual',
    title: details.title,
    description: details.description ?? '',
  });
  const answer = await backend.projects.save(request);
  if (answer.outcome !== 'ok') throw new LecternError('conflict', { details: { outcome: answer.outcome } });
  void queryClient.invalidateQueries({ queryKey: queryKeys.projectLists() });
  return (await backend.projects.open(projectId)).project;
}

export function projectActions(context: ActionContext, actions: Pick<Actions, 'notify'>): ProjectActions {
  const { backend, newId, openedProject, queryClient } = context;

  const saveNew = (
    document: TimelineDocument,
    details: { readonly title: string; readonly description?: string },
  ): Promise<ProjectSummary> => saveNewProject(context, document, details);

  /** Saves the head again under a kind of its own, for a project that no element has open. */
  const saveHeadAs = async (id: string, kind: SaveKind): Promise<void> => {
    const { project, schemaVersion, state } = await backend.projects.open(id);
    const answer = await backend.projects.save({
      projectId: id,
      baseRev: project.rev,
      saveId: newId(),
      hash: project.contentHash,
      schemaVersion,
      state,
      kind,
      totalFrames: project.totalFrames,
      durationSeconds: project.durationSeconds,
      assetIds: usedAssetIds(parseTimeline(state).document),
    });
    if (answer.outcome === 'conflict') throw new LecternError('conflict', { details: { headRev: answer.headRev } });
    if (answer.outcome !== 'ok') throw new LecternError(answer.outcome === 'gone' ? 'not-found' : 'too-new');
  };

  const restoreProject = async (id: string): Promise<void> => {
    await optimistically(queryClient, removeProjectFromLists(id), () => backend.projects.restore(id));
  };

  return {
    createProject: (details) => saveNew(createEmptyProject(newId), details),

    async renameProject(id, title, description) {
      const open = openedProject(id);
      if (open) {
        await open.setDetails({ title, ...(description === undefined ? {} : { description }) });
        return;
      }
      const details = description === undefined ? { title } : { title, description };
      await optimistically(
        queryClient,
        editProject(id, (project) => ({ ...project, ...details })),
        () => backend.projects.describe(id, details),
      );
    },

    async duplicateProject(id, title) {
      const open = openedProject(id);
      if (open) return open.saveAsCopy(title);
      const { project, state } = await backend.projects.open(id);
      return saveNew(parseTimeline(state).document, { title, description: project.description });
    },

    async deleteProject(id) {
      const { project } = await backend.projects.open(id);
      await optimistically(queryClient, removeProjectFromLists(id), () => backend.projects.remove(id));
      const undo = (): Promise<void> => restoreProject(id);
      actions.notify({ message: { key: 'notice.projectDeleted', params: { title: project.title } }, undo });
      return { undo };
    },
    restoreProject,

    async publishProject(id) {
      const open = openedProject(id);
      if (open) {
        await open.publish();
        return;
      }
      await optimistically(
        queryClient,
        editProject(id, (project) => ({ ...project, isDraft: false })),
        async () => {
          await saveHeadAs(id, 'publish');
          await backend.projects.describe(id, { isDraft: false });
        },
      );
    },

    async unpublishProject(id) {
      const open = openedProject(id);
      if (open) {
        await open.unpublish();
        return;
      }
      await optimistically(
        queryClient,
        editProject(id, (project) => ({ ...project, isDraft: true })),
        () => backend.projects.describe(id, { isDraft: true }),
      );
    },
  };
}
