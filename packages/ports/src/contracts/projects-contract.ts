import type { ProjectSummary, SaveAnswer, SaveRequest } from '../domain/project.js';
import type { ProjectNotice, ProjectsPort } from '../projects-port.js';
import type { ContractSuite } from './contract.js';
import { expectEqual, expectError, expectNotice, expectTrue, fail, firedSignal } from './expectations.js';
import { sampleSave, storeAsset } from './samples.js';

type Conflict = Extract<SaveAnswer, { readonly outcome: 'conflict' }>;

function asConflict(answer: SaveAnswer): Conflict {
  return answer.outcome === 'conflict' ? answer : fail(`expected a conflict, got ${JSON.stringify(answer)}`);
}

/** Saves several times on top of each other, and returns the last request. */
async function saveTimes(
  projects: ProjectsPort,
  projectId: string,
  times: number,
  fields: Partial<SaveRequest> = {},
): Promise<void> {
  for (let baseRev = 0; baseRev < times; baseRev++) {
    await projects.save(sampleSave(projectId, { ...fields, baseRev, state: { step: baseRev + 1 } }));
  }
}

const titlesOf = (projects: readonly ProjectSummary[]): readonly string[] => projects.map(({ title }) => title);

/** What every store of projects promises. */
export const projectsContract: ContractSuite = {
  name: 'projects',
  cases: [
    {
      name: 'makes a draft with the first save',
      async run({ backend: { projects, identity }, newId }) {
        const id = newId();
        const request = sampleSave(id, {
          title: 'Optics',
          description: 'Light',
          state: { a: [1, { b: null }] },
          schemaVersion: 3,
        });
        expectEqual(await projects.save(request), { outcome: 'ok', rev: 1 }, 'answer');
        const { project, schemaVersion, state } = await projects.open(id);
        expectEqual([state, schemaVersion], [{ a: [1, { b: null }] }, 3], 'document');
        expectEqual(
          [project.title, project.description, project.isDraft, project.rev, project.contentHash],
          ['Optics', 'Light', true, 1, request.hash],
          'summary',
        );
        expectEqual([project.totalFrames, project.durationSeconds], [300, 10], 'length');
        expectEqual(
          [project.posterKey, project.lastExportId, project.deletedAt],
          [null, null, null],
          'what isn’t known yet',
        );
        expectEqual(project.ownerId, (await identity.current()).userId, 'owner');
      },
    },
    {
      name: 'moves the head on from its own revision only',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id));
        const next = sampleSave(id, {
          baseRev: 1,
          hash: 'b'.repeat(64),
          state: { step: 2 },
          totalFrames: 60,
          durationSeconds: 2,
        });
        expectEqual(await projects.save(next), { outcome: 'ok', rev: 2 }, 'answer');
        const { project, state } = await projects.open(id);
        expectEqual([project.rev, project.contentHash, state], [2, 'b'.repeat(64), { step: 2 }], 'head');
        expectEqual([project.totalFrames, project.durationSeconds], [60, 2], 'length');
      },
    },
    {
      name: 'answers a repeated save as it did before, and writes nothing',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        const first = sampleSave(id);
        expectEqual(await projects.save(first), { outcome: 'ok', rev: 1 }, 'first');
        expectEqual(await projects.save(first), { outcome: 'ok', rev: 1 }, 'at once');
        await projects.save(sampleSave(id, { baseRev: 1 }));
        expectEqual(await projects.save(first), { outcome: 'ok', rev: 1 }, 'after the head has moved on');
        expectEqual((await projects.revisions(id)).length, 2, 'revisions');
        const late = sampleSave(id, { baseRev: 1 });
        const conflict = await projects.save(late);
        expectEqual(conflict.outcome, 'conflict', 'a late save');
        expectEqual(await projects.save(late), conflict, 'the late save again');
        expectEqual((await projects.revisions(id)).length, 3, 'revisions in the end');
      },
    },
    {
      name: 'makes one revision of the same save sent twice at the same time',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        const request = sampleSave(id);
        const answers = await Promise.all([projects.save(request), projects.save(request), projects.save(request)]);
        expectEqual(
          answers,
          [1, 1, 1].map((rev) => ({ outcome: 'ok', rev })),
          'answers',
        );
        expectEqual((await projects.revisions(id)).length, 1, 'revisions');
      },
    },
    {
      name: 'keeps what was made from an older revision, and leaves the head alone',
      async run({ backend: { projects, identity }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id));
        await projects.save(sampleSave(id, { baseRev: 1, state: { step: 2 }, hash: 'b'.repeat(64) }));
        const conflict = asConflict(await projects.save(sampleSave(id, { baseRev: 1, state: { mine: true } })));
        expectEqual([conflict.headRev, conflict.headHash], [2, 'b'.repeat(64)], 'head in the answer');
        expectEqual(conflict.headAuthor, (await identity.current()).userId, 'author of the head');
        expectTrue(!Number.isNaN(Date.parse(conflict.headAt)), 'the head’s time is a time');
        expectEqual((await projects.open(id)).state, { step: 2 }, 'document');
        expectEqual((await projects.openRevision(id, conflict.keptAs)).state, { mine: true }, 'what was kept');
        const kept = (await projects.revisions(id)).find(({ rev }) => rev === conflict.keptAs);
        expectEqual([kept?.kind, kept?.parentRev], ['conflict', 1], 'its row');
        expectEqual(
          await projects.save(sampleSave(id, { baseRev: 2 })),
          { outcome: 'ok', rev: 3 },
          'the next save of the head',
        );
        expectEqual(
          (await projects.openRevision(id, conflict.keptAs)).state,
          { mine: true },
          'what was kept, after it',
        );
      },
    },
    {
      name: 'keeps several conflicts apart',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await saveTimes(projects, id, 2);
        const one = asConflict(await projects.save(sampleSave(id, { baseRev: 1, state: { mine: 1 } })));
        const two = asConflict(await projects.save(sampleSave(id, { baseRev: 1, state: { mine: 2 } })));
        expectEqual((await projects.openRevision(id, one.keptAs)).state, { mine: 1 }, 'first');
        expectEqual((await projects.openRevision(id, two.keptAs)).state, { mine: 2 }, 'second');
      },
    },
    {
      name: 'takes the first save of a project that is there already for a conflict',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id, { state: { first: true } }));
        asConflict(await projects.save(sampleSave(id, { state: { second: true } })));
        expectEqual((await projects.open(id)).state, { first: true }, 'document');
      },
    },
    {
      name: 'lets one of two saves of the same revision win, and keeps the other',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id));
        const answers = await Promise.all(
          [1, 2].map((mine) => projects.save(sampleSave(id, { baseRev: 1, state: { mine } }))),
        );
        expectEqual(answers.map(({ outcome }) => outcome).sort(), ['conflict', 'ok'], 'answers');
        expectEqual((await projects.revisions(id)).length, 3, 'revisions');
      },
    },
    {
      name: 'says that a project is gone: removed, or never here',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        expectEqual(await projects.save(sampleSave(id, { baseRev: 4 })), { outcome: 'gone' }, 'never here');
        await projects.save(sampleSave(id));
        await projects.remove(id);
        expectEqual(await projects.save(sampleSave(id, { baseRev: 1 })), { outcome: 'gone' }, 'removed');
        await projects.restore(id);
        expectEqual((await projects.open(id)).project.rev, 1, 'head');
        expectEqual(await projects.save(sampleSave(id, { baseRev: 1 })), { outcome: 'ok', rev: 2 }, 'restored');
      },
    },
    {
      name: 'says that the head is too new for a state of an older schema',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id, { schemaVersion: 5, state: { new: true } }));
        const old = sampleSave(id, { baseRev: 1, schemaVersion: 4 });
        expectEqual(await projects.save(old), { outcome: 'too-new' }, 'answer');
        expectEqual((await projects.open(id)).state, { new: true }, 'document');
        expectEqual((await projects.revisions(id)).length, 1, 'revisions');
      },
    },
    {
      name: 'refuses a save that makes no sense, and writes nothing',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        const refusals: readonly Partial<SaveRequest>[] = [
          { baseRev: -1 },
          { baseRev: 0.5 },
          { saveId: '' },
          { hash: '' },
          { state: null },
          { kind: 'guess' as never },
          { totalFrames: -1 },
          { assetIds: [''] },
          { projectId: '' },
        ];
        for (const fields of refusals) {
          await expectError('invalid-input', projects.save(sampleSave(id, fields)), JSON.stringify(fields));
        }
        await expectError('not-found', projects.open(id), 'open');
      },
    },
    {
      name: 'refuses to save one user’s work as another, and writes nothing',
      async run({ backend: { projects, identity }, newId }) {
        const id = newId();
        const { userId } = await identity.current();
        await expectError('unauthenticated', projects.save(sampleSave(id), { asUserId: newId() }), 'as another');
        await expectError('not-found', projects.open(id), 'open');
        const answer = await projects.save(sampleSave(id), { asUserId: userId, keepalive: true });
        expectEqual(answer, { outcome: 'ok', rev: 1 }, 'as oneself, from a page that goes');
      },
    },
    {
      name: 'keeps each revision readable, newest first',
      async run({ backend: { projects, identity }, newId }) {
        const id = newId();
        const kinds = ['auto', 'manual', 'publish', 'restore'] as const;
        for (const [baseRev, kind] of kinds.entries()) {
          await projects.save(sampleSave(id, { baseRev, kind, state: { step: baseRev + 1 } }));
        }
        const revisions = await projects.revisions(id);
        expectEqual(
          revisions.map(({ rev, parentRev, kind }) => [rev, parentRev, kind]),
          [
            [4, 3, 'restore'],
            [3, 2, 'publish'],
            [2, 1, 'manual'],
            [1, 0, 'auto'],
          ],
          'revisions',
        );
        const { userId } = await identity.current();
        for (const { rev, author, projectId } of revisions) {
          expectEqual([author, projectId], [userId, id], 'author and project');
          expectEqual((await projects.openRevision(id, rev)).state, { step: rev }, `document of ${String(rev)}`);
        }
      },
    },
    {
      name: 'may thin automatic revisions, and never others, nor the newest',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id, { kind: 'manual', state: { step: 1 } }));
        for (let baseRev = 1; baseRev < 40; baseRev++) {
          const kind = baseRev === 6 ? 'publish' : 'auto';
          await projects.save(sampleSave(id, { baseRev, kind, state: { step: baseRev + 1 } }));
        }
        const kept = (await projects.revisions(id)).map(({ rev }) => rev);
        for (const rev of [1, 7, ...Array.from({ length: 10 }, (_, index) => 40 - index)]) {
          expectTrue(kept.includes(rev), `revision ${String(rev)} is listed`);
          expectEqual((await projects.openRevision(id, rev)).state, { step: rev }, `document of ${String(rev)}`);
        }
      },
    },
    {
      name: 'describes a project without moving its head',
      async run({ backend: { projects }, newId }) {
        const [id, lastExportId] = [newId(), newId()];
        await projects.save(sampleSave(id, { title: 'Draft' }));
        const described = await projects.describe(id, {
          title: ' Waves ',
          description: 'Sound',
          isDraft: false,
          lastExportId,
          posterKey: 'projects/p/1',
        });
        expectEqual(
          [
            described.title,
            described.description,
            described.isDraft,
            described.lastExportId,
            described.posterKey,
            described.rev,
          ],
          ['Waves', 'Sound', false, lastExportId, 'projects/p/1', 1],
          'summary',
        );
        expectEqual((await projects.open(id)).project, described, 'open');
        expectEqual((await projects.describe(id, { lastExportId: null })).title, 'Waves', 'what wasn’t named');
        expectEqual(
          await projects.save(sampleSave(id, { baseRev: 1, title: 'Ignored' })),
          { outcome: 'ok', rev: 2 },
          'save on the same head',
        );
        expectEqual((await projects.open(id)).project.title, 'Waves', 'title after a save');
      },
    },
    {
      name: 'refuses to describe what isn’t there, or in ways that make no sense',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id));
        await expectError('not-found', projects.describe(newId(), { title: 'x' }), 'unknown project');
        await expectError('invalid-input', projects.describe(id, { title: '  ' }), 'empty title');
        await expectError('invalid-input', projects.describe(id, { title: 'x'.repeat(256) }), 'title too long');
        await expectError(
          'invalid-input',
          projects.describe(id, { rev: 7 } as never),
          'a field that is nobody’s to change',
        );
      },
    },
    {
      name: 'removes softly and restores',
      async run({ backend: { projects }, newId }) {
        const title = `Title ${newId()}`;
        const id = newId();
        await projects.save(sampleSave(id, { title }));
        await projects.remove(id);
        await projects.remove(id);
        expectEqual((await projects.list({ search: title })).total, 0, 'in the list');
        expectEqual((await projects.list({ search: title, deleted: true })).total, 1, 'in the trash');
        await expectError('not-found', projects.open(id), 'open');
        const restored = await projects.restore(id);
        expectEqual([restored.deletedAt, restored.rev], [null, 1], 'restored row');
        expectEqual((await projects.list({ search: title })).total, 1, 'in the list again');
      },
    },
    {
      name: 'doesn’t find what isn’t there',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await expectError('not-found', projects.open(id), 'open');
        await expectError('not-found', projects.remove(id), 'remove');
        await expectError('not-found', projects.restore(id), 'restore');
        await expectError('not-found', projects.revisions(id), 'revisions');
        await expectError('not-found', projects.openRevision(id, 1), 'openRevision');
        await projects.save(sampleSave(id));
        await expectError('not-found', projects.openRevision(id, 2), 'a revision that isn’t there yet');
      },
    },
    {
      name: 'lists by search, state and order, page by page',
      async run({ backend: { projects }, newId }) {
        const word = newId();
        const ids: string[] = [];
        for (const title of ['Beta', 'alpha', 'Gamma']) {
          const id = newId();
          ids.push(id);
          await projects.save(sampleSave(id, { title: `${title} ${word}` }));
          await new Promise((resolve) => setTimeout(resolve, 3));
        }
        await projects.describe(ids[0] ?? '', { isDraft: false });
        const titles = async (query: Parameters<ProjectsPort['list']>[0]): Promise<readonly string[]> =>
          titlesOf((await projects.list({ search: word.toUpperCase(), ...query })).items).map((title) =>
            title.replace(` ${word}`, ''),
          );
        expectEqual(await titles({}), ['Beta', 'Gamma', 'alpha'], 'changed last first');
        expectEqual(await titles({ sort: 'oldest' }), ['Beta', 'alpha', 'Gamma'], 'oldest first');
        expectEqual(await titles({ sort: 'title' }), ['alpha', 'Beta', 'Gamma'], 'by title');
        expectEqual(await titles({ state: 'published' }), ['Beta'], 'published');
        expectEqual(await titles({ state: 'draft', sort: 'title' }), ['alpha', 'Gamma'], 'drafts');
        const first = await projects.list({ search: word, sort: 'title', limit: 2 });
        expectEqual([first.items.length, first.total], [2, 3], 'first page');
        const second = await projects.list({ search: word, sort: 'title', limit: 2, cursor: first.nextCursor });
        expectEqual([titlesOf(second.items), second.nextCursor], [[`Gamma ${word}`], null], 'second page');
        await expectError('invalid-input', projects.list({ cursor: 'nonsense%' }), 'nonsense for a cursor');
        await expectError('invalid-input', projects.list({ limit: 0 }), 'limit');
      },
    },
    {
      name: 'keeps the usage of assets with the head',
      async run({ backend, newId }) {
        const { projects, assets } = backend;
        const id = newId();
        const [a, b] = [newId(), newId()];
        await storeAsset(backend, a);
        await storeAsset(backend, b);
        const places = async (assetId: string): Promise<readonly string[]> =>
          (await assets.usage(assetId)).filter(({ resourceId }) => resourceId === id).map(({ label }) => label);
        await projects.save(sampleSave(id, { title: 'Optics', assetIds: [a, newId(), a] }));
        expectEqual([await places(a), await places(b)], [['Optics'], []], 'after the first save');
        await expectError('in-use', assets.remove(a), 'removing what is on the timeline');
        await projects.save(sampleSave(id, { baseRev: 1, assetIds: [b] }));
        expectEqual([await places(a), await places(b)], [[], ['Optics']], 'after the second save');
        await projects.save(sampleSave(id, { baseRev: 1, assetIds: [a] }));
        expectEqual([await places(a), await places(b)], [[], ['Optics']], 'after a conflict');
        await projects.describe(id, { title: 'Waves' });
        expectEqual(await places(b), ['Waves'], 'after a new title');
        await projects.remove(id);
        expectEqual(await places(b), [], 'after removing');
        await projects.restore(id);
        expectEqual(await places(b), ['Waves'], 'after restoring');
      },
    },
    {
      name: 'tells of every change, until one has heard enough',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        const hears = (cause: () => Promise<unknown>, rev: number, what: string): Promise<void> =>
          expectNotice<ProjectNotice>(
            (listener) => projects.subscribe(listener),
            cause,
            (notice) => notice.projectId === id && notice.rev === rev,
            what,
          );
        await hears(() => projects.save(sampleSave(id)), 1, 'first save');
        await hears(() => projects.save(sampleSave(id, { baseRev: 1 })), 2, 'second save');
        await hears(() => projects.describe(id, { title: 'New' }), 2, 'describe');
        await hears(() => projects.remove(id), 2, 'remove');
        await hears(() => projects.restore(id), 2, 'restore');
        let heard = 0;
        const stop = projects.subscribe(() => heard++);
        stop();
        stop();
        await projects.describe(id, { title: 'Newer' });
        await new Promise((resolve) => setTimeout(resolve, 50));
        expectEqual(heard, 0, 'notices after the end');
      },
    },
    {
      name: 'does nothing for a signal that has fired',
      async run({ backend: { projects }, newId }) {
        const id = newId();
        await projects.save(sampleSave(id));
        const signal = firedSignal();
        await expectError('aborted', projects.list({}, { signal }), 'list');
        await expectError('aborted', projects.open(id, { signal }), 'open');
        await expectError('aborted', projects.save(sampleSave(id, { baseRev: 1 }), { signal }), 'save');
        await expectError('aborted', projects.describe(id, { title: 'x' }, { signal }), 'describe');
        await expectError('aborted', projects.remove(id, { signal }), 'remove');
        await expectError('aborted', projects.restore(id, { signal }), 'restore');
        await expectError('aborted', projects.revisions(id, { signal }), 'revisions');
        await expectError('aborted', projects.openRevision(id, 1, { signal }), 'openRevision');
        expectEqual((await projects.open(id)).project.rev, 1, 'rev');
      },
    },
    {
      name: 'writes nothing of a save that doesn’t fit any more',
      needs: ['fillUp'],
      async run({ backend: { projects }, newId, fillUp }) {
        const id = newId();
        await projects.save(sampleSave(id, { state: { small: true } }));
        const large = sampleSave(id, { baseRev: 1, state: { text: 'x'.repeat(4 * 1024 * 1024) } });
        const makeRoom = await fillUp();
        try {
          await expectError('quota-exceeded', projects.save(large), 'save');
        } finally {
          await makeRoom();
        }
        const { project, state } = await projects.open(id);
        expectEqual([project.rev, state], [1, { small: true }], 'head');
        expectEqual((await projects.revisions(id)).length, 1, 'revisions');
        expectEqual(await projects.save(large), { outcome: 'ok', rev: 2 }, 'the same save, once there is room');
      },
    },
    {
      name: 'lets one of two pages win, and tells the other',
      needs: ['openPeer'],
      async run({ backend: { projects }, newId, openPeer }) {
        const id = newId();
        await projects.save(sampleSave(id));
        const peer = await openPeer();
        await expectNotice<ProjectNotice>(
          (listener) => peer.projects.subscribe(listener),
          () => projects.save(sampleSave(id, { baseRev: 1, state: { mine: true } })),
          ({ projectId, rev }) => projectId === id && rev === 2,
          'the other page',
        );
        asConflict(await peer.projects.save(sampleSave(id, { baseRev: 1, state: { theirs: true } })));
        expectEqual((await peer.projects.open(id)).state, { mine: true }, 'document');
      },
    },
    {
      name: 'shows another page what was described, removed and restored',
      needs: ['openPeer'],
      async run({ backend: { projects }, newId, openPeer }) {
        const id = newId();
        await projects.save(sampleSave(id, { title: 'Draft' }));
        const peer = await openPeer();
        await expectNotice<ProjectNotice>(
          (listener) => peer.projects.subscribe(listener),
          () => projects.describe(id, { title: 'Waves' }),
          ({ projectId }) => projectId === id,
          'the other page, of a title',
        );
        expectEqual((await peer.projects.open(id)).project.title, 'Waves', 'title');
        await expectNotice<ProjectNotice>(
          (listener) => peer.projects.subscribe(listener),
          () => projects.remove(id),
          ({ projectId }) => projectId === id,
          'the other page, of a removal',
        );
        await expectError('not-found', peer.projects.open(id), 'open');
        expectEqual((await peer.projects.restore(id)).title, 'Waves', 'restored');
        expectEqual((await projects.open(id)).project.deletedAt, null, 'open in the first page');
      },
    },
    {
      name: 'hides what is one user’s from every other',
      needs: ['openOther'],
      async run({ backend, newId, openOther }) {
        const [id, saveId] = [newId(), newId()];
        const request = sampleSave(id, { saveId, title: `Secret ${id}` });
        await backend.projects.save(request);
        const { projects } = await openOther();
        await expectError('not-found', projects.open(id), 'open');
        expectEqual((await projects.list({ search: id })).total, 0, 'list');
        await expectError('not-found', projects.describe(id, { title: 'x' }), 'describe');
        await expectError('not-found', projects.remove(id), 'remove');
        await expectError('not-found', projects.restore(id), 'restore');
        await expectError('not-found', projects.revisions(id), 'revisions');
        await expectError('not-found', projects.openRevision(id, 1), 'openRevision');
        expectEqual(await projects.save(sampleSave(id, { baseRev: 1 })), { outcome: 'gone' }, 'a save');
        expectEqual((await backend.projects.open(id)).project.rev, 1, 'head');
      },
    },
  ],
};
