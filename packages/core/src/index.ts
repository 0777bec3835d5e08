export type { Unsubscribe } from '@lectern/ports';
export type { GestureKind } from '@lectern/timeline';
export { createSession } from './create-session.js';
export type { LecternOptions, LecternSession, OpenProjectOptions, UnsavedProject } from './session.js';
export {
  configureLectern,
  defaultSession,
  registerBackend,
  registeredBackends,
  sessionFor,
  subscribeDefaultSession,
  type BackendFactory,
} from './registry.js';
export type * from './project-session.js';
export type {
  Actions,
  ExportOptions,
  ImportOptions,
  NamedFile,
  NewNotice,
  OpenProjectFileOptions,
  PickRequest,
  ProjectFileDownload,
  ProjectFileOptions,
  Undoable,
} from './actions/actions.js';
export type { Autosave, ConflictChoice, ConflictDocuments } from './autosave/autosave.js';
export type * from './autosave/autosave-state.js';
export { autosaveSentence, autosaveStatement, type AutosaveStatement } from './autosave/autosave-sentence.js';
export { contentHash } from './autosave/content-hash.js';
export { indexedDbJournal } from './autosave/indexeddb-journal.js';
export type {
  Journal,
  JournalEntry,
  JournalImage,
  JournalMeta,
  JournalSnapshot,
  JournalWrite,
  OutboxRow,
  QuarantinedPart,
} from './autosave/journal.js';
export { pageLifecycle, quietLifecycle, type Lifecycle, type LifecycleEvent } from './autosave/lifecycle.js';
export { localStorageJournal, type KeyValueStorage } from './autosave/local-storage-journal.js';
export { memoryJournal } from './autosave/memory-journal.js';
export { memoryProjectLocks, webProjectLocks, type ProjectLock, type ProjectLocks } from './autosave/project-lock.js';
export { memoryTabChannels, type TabChannel, type TabMessage } from './autosave/tab-channel.js';
export {
  createConnectedBackend,
  type ConnectedBackend,
  type ConnectedBackendOptions,
} from './connection/connected-backend.js';
export { memoryMoveNotes, openMoveNotes, type MovedNote, type MoveNotes } from './connection/move-notes.js';
export {
  canConvert,
  isConversionBusy,
  type ConversionJob,
  type ConversionStatus,
} from './conversions/conversion-job.js';
export { createEditor, type EditorOptions } from './editor/create-editor.js';
export type {
  Editor,
  EditorArgs,
  EditorArgsList,
  EditorGesture,
  EditorState,
  GestureArgs,
  GesturePreview,
  PlayheadCommand,
} from './editor/editor.js';
export {
  studioCommand,
  studioCommands,
  type StudioCommand,
  type StudioCommandGroup,
  type StudioCommandId,
} from './editor/studio-commands.js';
export {
  clipOfError,
  encodedSeconds,
  exportsBefore,
  exportSteps,
  isExportMoving,
  isExportOver,
  mainExport,
  waitsForOtherPage,
  type ExportStep,
} from './exports/export-facts.js';
export { exportInShort, exportSentence } from './exports/export-sentence.js';
export type { ExportJob, ExportOutcome, ExportStatus } from './exports/export-job.js';
export { createFormatters, type Formatters } from './format/formatters.js';
export type { Message, MessageParams, MessageValue, PluralMessage } from './messages/message.js';
export {
  addCatalogue,
  availableLocales,
  loadLanguage,
  messagesFor,
  type Catalogue,
  type ErrorText,
  type MessageArguments,
  type MessageKey,
  type MessageRef,
  type Messages,
  type PlainMessageKey,
} from './messages/messages.js';
export type { PagedOptionsOf, Queries, QueryOptionsOf } from './queries/queries.js';
export { projectFileLimits, type ProjectFileProgress } from './project-file/project-file.js';
export { queryKeys, type QueryKeys } from './queries/query-keys.js';
export type * from './store/session-state.js';
export {
  isUploadOver,
  kindOfFileName,
  sortUploads,
  summariseUploads,
  uploadFraction,
  uploadStanding,
  uploadSteps,
  type UploadsSummary,
  type UploadStanding,
  type UploadStep,
} from './uploads/upload-facts.js';
export { uploadsSentence, uploadStatement, type UploadStatement } from './uploads/upload-sentence.js';
export type { ProjectVersions } from './versions/project-versions.js';
