import { ContextRoot } from '@lit/context';

let attached = false;

/**
 * Lets elements find a provider that is defined, or upgraded, only after them: scripts come in any order. Once per
 * page, when the first element is put on it.
 */
export function rememberContextRequests(): void {
  if (attached) return;
  attached = true;
  new ContextRoot().attach(document.documentElement);
}
