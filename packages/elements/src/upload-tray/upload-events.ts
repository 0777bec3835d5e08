import type { DuplicateDecision, LecternErrorCode } from '@lectern/ports';

/** A file is in the library. */
export interface UploadCompleteDetail {
  readonly uploadId: string;
  readonly assetId: string;
  readonly fileName: string;
}

/** A file couldn't be added. */
export interface UploadErrorDetail {
  readonly uploadId: string;
  readonly fileName: string;
  readonly code: LecternErrorCode;
}

/** Uploads are about to be cancelled. */
export interface UploadCancelDetail {
  readonly uploadIds: readonly string[];
}

/** What is to be done with a file that is in the library already; `assetId` is null for *Upload anyway*. */
export interface UploadDuplicateDetail {
  readonly uploadId: string;
  readonly fileName: string;
  readonly use: DuplicateDecision['use'];
  readonly assetId: string | null;
}

/** A file is to be chosen again so that its upload can go on (`actions.provideUploadFile`). */
export interface UploadFileRequestDetail {
  readonly uploadId: string;
  readonly fileName: string;
  readonly sizeBytes: number;
}

declare global {
  interface HTMLElementEventMap {
    'lectern-upload-complete': CustomEvent<UploadCompleteDetail>;
    'lectern-upload-error': CustomEvent<UploadErrorDetail>;
    'lectern-upload-cancel-request': CustomEvent<UploadCancelDetail>;
    'lectern-upload-duplicate-request': CustomEvent<UploadDuplicateDetail>;
    'lectern-upload-file-request': CustomEvent<UploadFileRequestDetail>;
  }
}
