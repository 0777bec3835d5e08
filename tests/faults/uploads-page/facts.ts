/** What an uploading page tells of itself as it goes. `at` is in milliseconds of the epoch. */
export type UploadFact =
  | { readonly type: 'ready'; readonly at: number }
  /** An upload changed its status. */
  | {
      readonly type: 'status';
      readonly at: number;
      readonly id: string;
      readonly assetId: string;
      readonly status: string;
      readonly error: string | null;
      readonly elsewhere: boolean;
    }
  | { readonly type: 'failed'; readonly at: number; readonly error: string }
  | { readonly type: 'problem'; readonly at: number; readonly error: string };
