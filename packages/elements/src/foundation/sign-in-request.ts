import type { LecternSession } from '@lectern/core';

/** Somebody wants to sign in. Signing in is the host's affair: it prevents the default to say that it sees to it. */
export interface SignInRequestDetail {
  /** What people call the back end; null where it has no name to tell. */
  readonly name: string | null;
}

/** Asks the page to let somebody sign in; where nobody listens, a notice says how to go on. */
export function requestSignIn(
  emit: (type: 'lectern-sign-in-request', detail: SignInRequestDetail) => boolean,
  session: LecternSession | null,
): void {
  const state = session?.store.getState().connection.state;
  const name = state === undefined || state.status === 'connecting' ? null : state.name;
  if (emit('lectern-sign-in-request', { name })) session?.actions.notify({ message: { key: 'notice.signInHere' } });
}

declare global {
  interface HTMLElementEventMap {
    'lectern-sign-in-request': CustomEvent<SignInRequestDetail>;
  }
}
