/**
 * What a page tells of itself as it goes, since nobody can ask it after it was killed. `at` is in milliseconds of the
 * epoch. An edit is known by its number, which stands in the document as `edit 17`.
 */
export type Fact =
  /** What the back end itself has, read without the journal, before the project is opened. */
  | { readonly type: 'backend'; readonly at: number; readonly edits: readonly number[]; readonly rev: number }
  | {
      readonly type: 'opened';
      readonly at: number;
      readonly edits: readonly number[];
      readonly violations: readonly string[];
      readonly readOnly: boolean;
      readonly restorable: number;
      readonly sentence: string;
    }
  | { readonly type: 'failed'; readonly at: number; readonly error: string }
  | { readonly type: 'edit'; readonly at: number; readonly edit: number }
  | { readonly type: 'durable'; readonly at: number; readonly edit: number }
  /** The sentence changed; `upTo` is the last edit in the document. */
  | {
      readonly type: 'sentence';
      readonly at: number;
      readonly sentence: string;
      readonly saved: boolean;
      readonly remote: string;
      readonly upTo: number;
    }
  /** How long the machine took for a small write that has nothing to do with the page's own, in milliseconds. */
  | { readonly type: 'canary'; readonly at: number; readonly ms: number }
  | { readonly type: 'problem'; readonly at: number; readonly error: string };
