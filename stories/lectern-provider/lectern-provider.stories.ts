import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/lectern-provider';
import '@lectern/elements/define/course-outline';
import '@lectern/elements/define/media-library';
import { LecternError, serialiseError } from '@lectern/ports';
import type { TestSession } from '@lectern/testing';
import { newSession, schoolSession } from '../media-library/school.js';

function provider(session: TestSession): TemplateResult {
  const element = document.createElement('lectern-provider');
  element.lectern = session;
  const page = document.createElement('div');
  page.style.cssText =
    'display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 12px; block-size: 100vh; box-sizing: border-box; padding: 12px';
  page.append(document.createElement('media-library'), document.createElement('course-outline'));
  element.append(page);
  return html`${element}`;
}

const meta: Meta = { title: 'Library/lectern-provider', component: 'lectern-provider' };
export default meta;

/** A new school: the elements inside it share its session. */
export const Empty: StoryObj = { render: () => provider(newSession()) };

/** What is dropped, deleted or attached in one element is seen in the others. */
export const Full: StoryObj = { render: () => provider(schoolSession()) };

/** Everything that a notice can be. */
export const Notices: StoryObj = {
  render: () => {
    const session = schoolSession();
    const { actions } = session;
    actions.notify({
      message: { key: 'notice.chapterAdded', params: { title: 'Welcome' } },
      tone: 'success',
      durationMs: null,
    });
    actions.notify({
      message: { key: 'notice.assetDeleted', params: { name: 'Blackboard.jpg' } },
      durationMs: null,
      undo: () => Promise.resolve(),
    });
    actions.notify({
      message: { key: 'notice.actionFailed' },
      tone: 'error',
      error: serialiseError(new LecternError('in-use', { details: { places: ['Limits', 'Derivatives'] } })),
    });
    return provider(session);
  },
};

/** The first answers are on their way. */
export const Loading: StoryObj = { render: () => provider(schoolSession({ hang: ['assets.list', 'courses.list'] })) };

/** The back end doesn't answer as it should. */
export const Failing: StoryObj = {
  render: () => provider(schoolSession({ fail: { 'assets.list': 'forbidden', 'courses.list': 'forbidden' } })),
};
