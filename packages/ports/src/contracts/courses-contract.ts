import type { Backend } from '../backend.js';
import type { CourseOutline } from '../domain/course.js';
import type { ContractSuite } from './contract.js';
import { expectEqual, expectError, expectNotice, expectTrue, firedSignal } from './expectations.js';
import { applyAll, sampleSave, storeAsset } from './samples.js';

interface SampleCourse {
  readonly courseId: string;
  readonly chapterIds: readonly [string, string, string];
}

/** A course "Physics" with the chapters A, B and C. */
async function makeCourse(backend: Backend, newId: () => string): Promise<SampleCourse> {
  const courseId = newId();
  const chapterIds = [newId(), newId(), newId()] as const;
  await applyAll(backend, [
    { type: 'course.create', id: courseId, title: 'Physics' },
    { type: 'chapter.create', id: chapterIds[0], courseId, title: 'A' },
    { type: 'chapter.create', id: chapterIds[1], courseId, title: 'B' },
    { type: 'chapter.create', id: chapterIds[2], courseId, title: 'C' },
  ]);
  return { courseId, chapterIds };
}

/** `A(x y) B() C()` */
function sketch({ chapters }: CourseOutline): string {
  return chapters.map(({ title, items }) => `${title}(${items.map((item) => item.title).join(' ')})`).join(' ');
}

/** Puts an asset of its own into a chapter under each title. */
async function attach(
  backend: Backend,
  newId: () => string,
  chapterId: string,
  titles: readonly string[],
): Promise<readonly string[]> {
  const assetId = newId();
  await storeAsset(backend, assetId);
  const ids: string[] = [];
  for (const title of titles) {
    const id = newId();
    ids.push(id);
    await backend.courses.apply({ type: 'item.attach', id, chapterId, title, target: { kind: 'asset', assetId } });
  }
  return ids;
}

/** What every store of courses promises. */
export const coursesContract: ContractSuite = {
  name: 'courses',
  cases: [
    {
      name: 'lists courses and gives their outline in order',
      async run({ backend, newId }) {
        const { courseId } = await makeCourse(backend, newId);
        const own = (await backend.courses.list()).filter(({ id }) => id === courseId);
        expectEqual(own, [{ id: courseId, title: 'Physics' }], 'list');
        const outline = await backend.courses.outline(courseId);
        expectEqual(outline.course, { id: courseId, title: 'Physics' }, 'course');
        expectEqual(sketch(outline), 'A() B() C()', 'outline');
        await expectError('not-found', backend.courses.outline(newId()), 'outline of an unknown course');
      },
    },
    {
      name: 'makes what is there already no second time',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const [itemId] = await attach(backend, newId, chapterIds[0], ['x']);
        const before = await backend.courses.outline(courseId);
        const target = before.chapters[0]?.items[0]?.target ?? { kind: 'asset' as const, assetId: '' };
        await applyAll(backend, [
          { type: 'course.create', id: courseId, title: 'Physics' },
          { type: 'chapter.create', id: chapterIds[0], courseId, title: 'A' },
          { type: 'item.attach', id: itemId ?? '', chapterId: chapterIds[0], title: 'x', target },
        ]);
        expectEqual(await backend.courses.outline(courseId), before, 'outline');
      },
    },
    {
      name: 'renames courses, chapters and items',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const [itemId = ''] = await attach(backend, newId, chapterIds[1], ['x']);
        await applyAll(backend, [
          { type: 'course.rename', id: courseId, title: 'Optics' },
          { type: 'chapter.rename', id: chapterIds[1], title: 'Bee' },
          { type: 'item.rename', id: itemId, title: 'ex' },
        ]);
        const outline = await backend.courses.outline(courseId);
        expectEqual([outline.course.title, sketch(outline)], ['Optics', 'A() Bee(ex) C()'], 'outline');
      },
    },
    {
      name: 'moves chapters anywhere among their siblings',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const [a, b, c] = chapterIds;
        const order = async (): Promise<string> =>
          sketch(await backend.courses.outline(courseId)).replace(/[() ]/g, '');
        const move = (id: string, afterId: string | null): Promise<void> =>
          backend.courses.apply({ type: 'chapter.move', id, afterId });
        await move(c, null);
        expectEqual(await order(), 'CAB', 'last to the beginning');
        await move(c, b);
        expectEqual(await order(), 'ABC', 'first to the end');
        await move(a, b);
        expectEqual(await order(), 'BAC', 'one on');
        await move(a, b);
        expectEqual(await order(), 'BAC', 'the same again');
        await move(a, a);
        expectEqual(await order(), 'BAC', 'behind itself');
        for (let i = 0; i < 30; i++) await move(i % 2 === 0 ? c : b, a);
        expectEqual(await order(), 'ABC', 'after many moves to one place');
      },
    },
    {
      name: 'moves items within a chapter and to another',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const [x = '', y = '', z = ''] = await attach(backend, newId, chapterIds[0], ['x', 'y', 'z']);
        const seen = async (): Promise<string> => sketch(await backend.courses.outline(courseId));
        await backend.courses.apply({ type: 'item.move', id: z, chapterId: chapterIds[0], afterId: x });
        expectEqual(await seen(), 'A(x z y) B() C()', 'within');
        await backend.courses.apply({ type: 'item.move', id: z, chapterId: chapterIds[2], afterId: null });
        expectEqual(await seen(), 'A(x y) B() C(z)', 'to another');
        await backend.courses.apply({ type: 'item.move', id: y, chapterId: chapterIds[2], afterId: z });
        expectEqual(await seen(), 'A(x) B() C(z y)', 'behind one there');
        await expectError(
          'not-found',
          backend.courses.apply({ type: 'item.move', id: x, chapterId: chapterIds[2], afterId: newId() }),
          'behind nobody',
        );
        await expectError(
          'not-found',
          backend.courses.apply({ type: 'item.move', id: x, chapterId: chapterIds[0], afterId: z }),
          'behind one of another chapter',
        );
        await expectError(
          'not-found',
          backend.courses.apply({ type: 'item.move', id: x, chapterId: newId(), afterId: null }),
          'to no chapter',
        );
        expectEqual(await seen(), 'A(x) B() C(z y)', 'after the refusals');
      },
    },
    {
      name: 'holds exported files and live projects',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const [projectId, assetId] = [newId(), newId()];
        await storeAsset(backend, assetId);
        await backend.projects.save(sampleSave(projectId));
        const targets = [
          { kind: 'asset', assetId },
          { kind: 'project', projectId },
        ] as const;
        for (const target of targets) {
          await backend.courses.apply({
            type: 'item.attach',
            id: newId(),
            chapterId: chapterIds[0],
            title: target.kind,
            target,
          });
        }
        const { chapters } = await backend.courses.outline(courseId);
        expectEqual(
          chapters[0]?.items.map(({ target }) => target),
          targets,
          'targets',
        );
        expectTrue(
          chapters[0]?.items.every(({ chapterId }) => chapterId === chapterIds[0]) === true,
          'items know their chapter',
        );
      },
    },
    {
      name: 'keeps the usage of assets with the chapters',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const assetId = newId();
        await storeAsset(backend, assetId);
        const places = async (): Promise<readonly string[]> =>
          (await backend.assets.usage(assetId)).map(({ resourceType, resourceId }) => `${resourceType} ${resourceId}`);
        const [one, two] = [newId(), newId()];
        for (const id of [one, two]) {
          await backend.courses.apply({
            type: 'item.attach',
            id,
            chapterId: chapterIds[0],
            title: 'x',
            target: { kind: 'asset', assetId },
          });
        }
        expectEqual(await places(), [`chapter ${chapterIds[0]}`], 'attached twice');
        const refused = await expectError('in-use', backend.assets.remove(assetId), 'removing it');
        const label = String((refused.details['places'] as readonly string[])[0]);
        expectTrue(label.includes('A'), `the place ${label} names the chapter`);
        await backend.courses.apply({ type: 'item.remove', id: one });
        expectEqual(await places(), [`chapter ${chapterIds[0]}`], 'one of two taken out');
        await backend.courses.apply({ type: 'item.move', id: two, chapterId: chapterIds[1], afterId: null });
        expectEqual(await places(), [`chapter ${chapterIds[1]}`], 'moved');
        await backend.courses.apply({ type: 'chapter.remove', id: chapterIds[1] });
        expectEqual(await places(), [], 'chapter removed');
        await backend.courses.apply({
          type: 'item.attach',
          id: newId(),
          chapterId: chapterIds[2],
          title: 'x',
          target: { kind: 'asset', assetId },
        });
        await backend.courses.apply({ type: 'course.remove', id: courseId });
        expectEqual(await places(), [], 'course removed');
        expectEqual((await backend.assets.remove(assetId)).status, 'deleted', 'removing it in the end');
      },
    },
    {
      name: 'removes courses, chapters and items, and again without harm',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const [x = ''] = await attach(backend, newId, chapterIds[0], ['x', 'y']);
        const twice = async (change: Parameters<Backend['courses']['apply']>[0]): Promise<void> =>
          applyAll(backend, [change, change]);
        await twice({ type: 'item.remove', id: x });
        expectEqual(sketch(await backend.courses.outline(courseId)), 'A(y) B() C()', 'item');
        await twice({ type: 'chapter.remove', id: chapterIds[0] });
        expectEqual(sketch(await backend.courses.outline(courseId)), 'B() C()', 'chapter');
        await twice({ type: 'course.remove', id: courseId });
        await expectError('not-found', backend.courses.outline(courseId), 'outline');
        expectEqual(
          (await backend.courses.list()).filter(({ id }) => id === courseId),
          [],
          'list',
        );
      },
    },
    {
      name: 'refuses changes of what isn’t there, and values that make no sense',
      async run({ backend, newId }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const { courses } = backend;
        const title = 'x';
        const chapterId = chapterIds[0];
        const target = { kind: 'asset', assetId: newId() } as const;
        await expectError('not-found', courses.apply({ type: 'course.rename', id: newId(), title }), 'course.rename');
        await expectError(
          'not-found',
          courses.apply({ type: 'chapter.create', id: newId(), courseId: newId(), title }),
          'chapter.create',
        );
        await expectError('not-found', courses.apply({ type: 'chapter.rename', id: newId(), title }), 'chapter.rename');
        await expectError(
          'not-found',
          courses.apply({ type: 'chapter.move', id: newId(), afterId: null }),
          'chapter.move',
        );
        await expectError(
          'not-found',
          courses.apply({ type: 'chapter.move', id: chapterId, afterId: newId() }),
          'chapter.move behind nobody',
        );
        await expectError('not-found', courses.apply({ type: 'item.rename', id: newId(), title }), 'item.rename');
        await expectError(
          'not-found',
          courses.apply({ type: 'item.move', id: newId(), chapterId, afterId: null }),
          'item.move',
        );
        await expectError(
          'not-found',
          courses.apply({ type: 'item.attach', id: newId(), chapterId, title, target }),
          'item.attach of an unknown asset',
        );
        await expectError(
          'not-found',
          courses.apply({
            type: 'item.attach',
            id: newId(),
            chapterId,
            title,
            target: { kind: 'project', projectId: newId() },
          }),
          'item.attach of an unknown project',
        );
        await expectError(
          'invalid-input',
          courses.apply({ type: 'course.rename', id: courseId, title: ' ' }),
          'empty title',
        );
        await expectError(
          'invalid-input',
          courses.apply({ type: 'course.rename', id: courseId, title: 'x'.repeat(256) }),
          'title too long',
        );
        await expectError(
          'invalid-input',
          courses.apply({ type: 'course.burn', id: courseId } as never),
          'unknown change',
        );
        expectEqual(sketch(await courses.outline(courseId)), 'A() B() C()', 'outline');
      },
    },
    {
      name: 'tells of every change, until one has heard enough',
      async run({ backend, newId }) {
        const { courses } = backend;
        const { courseId } = await makeCourse(backend, newId);
        await expectNotice<true>(
          (listener) =>
            courses.subscribe(() => {
              listener(true);
            }),
          () => courses.apply({ type: 'course.rename', id: courseId, title: 'Optics' }),
          () => true,
          'rename',
        );
        let heard = 0;
        const stop = courses.subscribe(() => heard++);
        stop();
        stop();
        await courses.apply({ type: 'course.rename', id: courseId, title: 'Physics' });
        await new Promise((resolve) => setTimeout(resolve, 50));
        expectEqual(heard, 0, 'notices after the end');
      },
    },
    {
      name: 'does nothing for a signal that has fired',
      async run({ backend, newId }) {
        const { courseId } = await makeCourse(backend, newId);
        const signal = firedSignal();
        await expectError('aborted', backend.courses.list({ signal }), 'list');
        await expectError('aborted', backend.courses.outline(courseId, { signal }), 'outline');
        await expectError(
          'aborted',
          backend.courses.apply({ type: 'course.remove', id: courseId }, { signal }),
          'apply',
        );
        expectEqual((await backend.courses.outline(courseId)).course.id, courseId, 'course');
      },
    },
    {
      name: 'tells under which name a chapter uses an asset, also after a new title',
      async run({ backend, newId }) {
        const { courses, assets } = backend;
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const assetId = newId();
        await storeAsset(backend, assetId);
        const target = { kind: 'asset', assetId } as const;
        await courses.apply({ type: 'item.attach', id: newId(), chapterId: chapterIds[0], title: 'x', target });
        await courses.apply({ type: 'chapter.rename', id: chapterIds[0], title: 'Chapter about light' });
        const label = async (): Promise<string> => (await assets.usage(assetId))[0]?.label ?? '';
        expectTrue((await label()).includes('Chapter about light'), `the place ${await label()} has the new title`);
        await courses.apply({ type: 'course.rename', id: courseId, title: 'Optics' });
        expectTrue((await label()).includes('Chapter about light'), `the place ${await label()} keeps its title`);
        expectEqual((await assets.usage(assetId)).length, 1, 'places');
      },
    },
    {
      name: 'puts nothing into a chapter that was removed from the library',
      async run({ backend, newId }) {
        const { courses, assets, projects } = backend;
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const [assetId, projectId] = [newId(), newId()];
        await storeAsset(backend, assetId);
        await assets.remove(assetId);
        await projects.save(sampleSave(projectId));
        await projects.remove(projectId);
        for (const target of [{ kind: 'asset', assetId } as const, { kind: 'project', projectId } as const]) {
          const attaching = courses.apply({
            type: 'item.attach',
            ...{ id: newId(), chapterId: chapterIds[0], title: 'x', target },
          });
          await expectError('not-found', attaching, `item.attach of a removed ${target.kind}`);
        }
        expectEqual(sketch(await courses.outline(courseId)), 'A() B() C()', 'outline');
      },
    },
    {
      name: 'tells another page of every change, and shows it',
      needs: ['openPeer'],
      async run({ backend, newId, openPeer }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const peer = await openPeer();
        await expectNotice<true>(
          (listener) =>
            peer.courses.subscribe(() => {
              listener(true);
            }),
          () => backend.courses.apply({ type: 'chapter.move', id: chapterIds[2], afterId: null }),
          () => true,
          'the other page',
        );
        expectEqual(sketch(await peer.courses.outline(courseId)), 'C() A() B()', 'outline');
        await peer.courses.apply({ type: 'chapter.remove', id: chapterIds[0] });
        expectEqual(sketch(await backend.courses.outline(courseId)), 'C() B()', 'outline in the first page');
      },
    },
    {
      name: 'hides what is one user’s from every other',
      needs: ['openOther'],
      async run({ backend, newId, openOther }) {
        const { courseId, chapterIds } = await makeCourse(backend, newId);
        const { courses } = await openOther();
        await expectError('not-found', courses.outline(courseId), 'outline');
        expectEqual(
          (await courses.list()).filter(({ id }) => id === courseId),
          [],
          'list',
        );
        await expectError('not-found', courses.apply({ type: 'course.rename', id: courseId, title: 'x' }), 'rename');
        const change = { type: 'chapter.create', id: newId(), courseId, title: 'x' } as const;
        await expectError('not-found', courses.apply(change), 'chapter.create');
        await courses.apply({ type: 'chapter.remove', id: chapterIds[0] }).catch(() => undefined);
        expectEqual(sketch(await backend.courses.outline(courseId)), 'A() B() C()', 'outline');
      },
    },
  ],
};
