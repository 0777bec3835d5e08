import type { Actions, NewNotice } from './actions.js';
import type { ActionContext } from './action-context.js';

const defaultDurationMs = 6000;
/** Something that can be taken back stays longer, so that there is time to want it back. */
const undoDurationMs = 12_000;

type NoticeActions = Pick<Actions, 'notify' | 'dismissNotice'>;

export function noticeActions({ store, newId }: Pick<ActionContext, 'store' | 'newId'>): NoticeActions {
  const dismissNotice = (id: string): void => {
    store.setState(({ notices }) => ({ notices: { items: notices.items.filter((notice) => notice.id !== id) } }));
  };
  return {
    dismissNotice,
    notify(notice: NewNotice) {
      const id = newId();
      const undo = notice.undo ?? null;
      const tone = notice.tone ?? 'info';
      const full = {
        id,
        tone,
        error: null,
        durationMs: tone === 'error' ? null : undo ? undoDurationMs : defaultDurationMs,
        ...notice,
        undo,
      };
      store.setState(({ notices }) => ({ notices: { items: [...notices.items.slice(-4), full] } }));
      return id;
    },
  };
}
