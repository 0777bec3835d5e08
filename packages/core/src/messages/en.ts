import { autosaveMessages } from './en/autosave.js';
import { browserMessages } from './en/browser.js';
import { commandMessages } from './en/commands.js';
import { commonMessages } from './en/common.js';
import { comparisonMessages } from './en/comparison.js';
import { connectionMessages } from './en/connection.js';
import { conversionMessages } from './en/conversion.js';
import { courseMessages } from './en/courses.js';
import { errorMessages } from './en/errors.js';
import { exportMessages } from './en/export.js';
import { historyMessages } from './en/history.js';
import { inspectorMessages } from './en/inspector.js';
import { libraryMessages } from './en/library.js';
import { noticeMessages } from './en/notices.js';
import { operationMessages } from './en/operations.js';
import { previewMessages } from './en/preview.js';
import { projectFileMessages } from './en/project-file.js';
import { projectMessages } from './en/projects.js';
import { savingMessages } from './en/saving.js';
import { studioMessages } from './en/studio.js';
import { timelineMessages } from './en/timeline.js';
import { uploadMessages } from './en/uploads.js';
import { versionMessages } from './en/versions.js';
import { workspaceMessages } from './en/workspace.js';

type Groups = typeof autosaveMessages &
  typeof browserMessages &
  typeof commandMessages &
  typeof commonMessages &
  typeof comparisonMessages &
  typeof connectionMessages &
  typeof conversionMessages &
  typeof courseMessages &
  typeof errorMessages &
  typeof exportMessages &
  typeof historyMessages &
  typeof inspectorMessages &
  typeof libraryMessages &
  typeof noticeMessages &
  typeof operationMessages &
  typeof previewMessages &
  typeof projectFileMessages &
  typeof projectMessages &
  typeof savingMessages &
  typeof studioMessages &
  typeof timelineMessages &
  typeof uploadMessages &
  typeof versionMessages &
  typeof workspaceMessages;

/** English: the source of every key and of the values that its text takes. */
export type EnglishMessages = Groups;

export const english: EnglishMessages = {
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
