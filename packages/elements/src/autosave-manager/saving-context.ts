import type { LecternSession, Messages, ProjectSession } from '@lectern/core';

/** What the parts of `autosave-manager` share. */
export interface SavingContext {
  readonly session: () => LecternSession | null;
  readonly project: () => ProjectSession | null;
  readonly messages: () => Messages;
  /** Who is working; null until that is known. */
  readonly userId: () => string | null;
  readonly say: (text: string) => void;
  /** Where the focus goes when a dialog closes. */
  readonly returnTo: () => HTMLElement | null;
  /** Asks the page to open a project. */
  readonly openProject: (projectId: string) => void;
  /** Tells of what couldn't be done, in a notice. */
  readonly notifyFailure: (error: unknown) => void;
}

/** An author as people say it: *You*, a name, or *Someone*. */
export function authorName(author: string, { messages, userId }: SavingContext): string {
  if (author !== '' && author === userId()) return messages().t('versions.you');
  return author || messages().t('saving.someone');
}

/** The same at the start of a sentence about something that came from elsewhere. */
export function otherAuthorName(author: string, context: SavingContext): string {
  if (author !== '' && author === context.userId()) return context.messages().t('saving.youElsewhere');
  return authorName(author, context);
}
