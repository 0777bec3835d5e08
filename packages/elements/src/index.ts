export { LecternElement } from './foundation/lectern-element.js';
export { ProjectElement } from './foundation/project-element.js';
export { projectContext, sessionContext } from './foundation/contexts.js';
export { safeDefine } from './define/safe-define.js';
export { LecternProviderElement } from './lectern-provider/lectern-provider.js';
export { MediaLibraryElement } from './media-library/media-library.js';
export type * from './media-library/media-library-events.js';
export { UploadTrayElement } from './upload-tray/upload-tray.js';
export type * from './upload-tray/upload-events.js';
export type { SignInRequestDetail } from './foundation/sign-in-request.js';
export { AssetBrowserElement, type AssetInsertDetail } from './asset-browser/asset-browser.js';
export { ProjectLibraryElement } from './project-library/project-library.js';
export {
  CourseOutlineElement,
  type AttachOptions,
  type CourseChangeDetail,
  type CourseItemDetail,
} from './course-outline/course-outline.js';
export { StudioPreviewElement } from './studio-preview/studio-preview.js';
export { ClipInspectorElement } from './clip-inspector/clip-inspector.js';
export { AutosaveManagerElement } from './autosave-manager/autosave-manager.js';
export type * from './autosave-manager/autosave-events.js';
export type { ConflictDifferences } from './autosave-manager/conflict-dialog.js';
export type { SaveKind } from './autosave-manager/save-kind.js';
export {
  ExportDialogElement,
  type ExportCompleteDetail,
  type ExportErrorDetail,
  type ExportStartDetail,
} from './export-dialog/export-dialog.js';
export {
  VideoStudioElement,
  type ProjectOpenedDetail,
  type ProjectPublishDetail,
} from './video-studio/video-studio.js';
export type { StudioLayout } from './video-studio/studio-layout.js';
export type { Keymap } from './foundation/studio-keys.js';
export { StudioTimelineElement, type ClipInspectDetail } from './studio-timeline/studio-timeline.js';
