import { historyMessages } from '../messages/en/history.js';
import type { PlainMessageKey } from '../messages/messages.js';

/** What to call a step of the history; null without one. An event of no name of its own is a "change". */
export function historyLabel(userEvent: string | undefined): PlainMessageKey | null {
  if (userEvent === undefined) return null;
  const key = `history.${userEvent}`;
  return Object.hasOwn(historyMessages, key) ? (key as PlainMessageKey) : 'history.change';
}
