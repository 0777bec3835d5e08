import { autosaveMessages } from './es/autosave.js';
import { browserMessages } from './es/browser.js';
import { commandMessages } from './es/commands.js';
import { commonMessages } from './es/common.js';
import { comparisonMessages } from './es/comparison.js';
import { connectionMessages } from './es/connection.js';
import { conversionMessages } from './es/conversion.js';
import { courseMessages } from './es/courses.js';
import { errorMessages } from './es/errors.js';
import { exportMessages } from './es/export.js';
import { historyMessages } from './es/history.js';
import { inspectorMessages } from './es/inspector.js';
import { libraryMessages } from './es/library.js';
import { noticeMessages } from './es/notices.js';
import { operationMessages } from './es/operations.js';
import { previewMessages } from './es/preview.js';
import { projectFileMessages } from './es/project-file.js';
import { projectMessages } from './es/projects.js';
import { savingMessages } from './es/saving.js';
import { studioMessages } from './es/studio.js';
import { timelineMessages } from './es/timeline.js';
import { uploadMessages } from './es/uploads.js';
import { versionMessages } from './es/versions.js';
import { workspaceMessages } from './es/workspace.js';
import type { Catalogue } from './messages.js';

/** Spanish, complete: a missing or a foreign key is a compile error in its group. */
export const spanish: Catalogue = {
  ...autosaveMessages,
  ...browserMessages,
  ...commandMessages,
  ...commonMessages,
  ...comparisonMessages,
  ...connectionMessages,
  ...conversionMessages,
  ...courseMessages,
  ...errorMessages,
  ...exportMessages,
  ...historyMessages,
  ...inspectorMessages,
  ...libraryMessages,
  ...noticeMessages,
  ...operationMessages,
  ...previewMessages,
  ...projectFileMessages,
  ...projectMessages,
  ...savingMessages,
  ...studioMessages,
  ...timelineMessages,
  ...uploadMessages,
  ...versionMessages,
  ...workspaceMessages,
};
