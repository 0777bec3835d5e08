import type { ExportQueue } from '../exports/export-queue.js';
import type { ActionContext } from './action-context.js';
import type { Actions } from './actions.js';
import { assetActions } from './asset-actions.js';
import { connectionActions } from './connection-actions.js';
import { conversionActions } from './conversion-actions.js';
import { courseActions } from './course-actions.js';
import { exportActions } from './export-action.js';
import { noticeActions } from './notices.js';
import { projectActions } from './project-actions.js';
import { projectFileActions } from './project-file-actions.js';
import { uploadActions } from './upload-actions.js';

/** All actions over one back end. The session puts the host's replacements over them. */
export function createActions(context: ActionContext, exports: ExportQueue): Actions {
  const notices = noticeActions(context);
  const assets = assetActions(context, notices);
  return {
    ...notices,
    ...assets,
    ...uploadActions(context),
    ...connectionActions(context),
    ...projectActions(context, notices),
    ...projectFileActions(context, { ...notices, ...assets }),
    ...exportActions(context, exports),
    ...conversionActions(context, notices),
    ...courseActions(context, notices),
  };
}
