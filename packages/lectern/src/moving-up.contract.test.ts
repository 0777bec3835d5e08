/** The work of a browser goes up into a whole project: Supabase's own storage, and B2 by the signer. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createB2Store } from '@lectern/adapter-b2';
import { createLocalBackend, type LocalBackend } from '@lectern/adapter-local';
import { createSupabaseBackend } from '@lectern/adapter-supabase';
import { createConnectedBackend, memoryMoveNotes, type ConnectedBackend, type MoveNotes } from '@lectern/core';
import { type Backend, isLecternError } from '@lectern/ports';
import { parseTimeline } from '@lectern/timeline/schema';
import { startFaultProxy, type FaultProxy } from '@lectern/testing/local-backend';
import { createNewAsset, createProjectDocument } from '../../testing/src/builders.js';
import { saveRequestOf } from '../../core/src/autosave/save-request.js';
import { startLocalCloud, type CloudUser, type LocalCloud } from '../../adapters/b2/src/test-support/local-cloud.js';

const mebibyte = 1024 * 1024;

/** Bytes of which no two stretches are the same. */
function bytesOf(size: number): Blob {
  const words = new Uint32Array(size / 4);
  for (let at = 0, word = 1; at < words.length; at += 1) words[at] = word = (word * 1_664_525 + 1_013_904_223) >>> 0;
  return new Blob([words], { type: 'video/mp4' });
}

async function isSame(one: Blob, other: Blob): Promise<boolean> {
  return Buffer.from(await one.arrayBuffer()).equals(Buffer.from(await other.arrayBuffer()));
}

for (const store of ['supabase', 'b2'] as const) {
  describe(`moving up into a project with its bytes in ${store}`, { timeout: 120_000 }, () => {
    let cloud: LocalCloud;
    let proxy: FaultProxy;
    let teacher: CloudUser;
    const opened: Backend[] = [];

    before(async () => {
      cloud = await startLocalCloud();
      proxy = await startFaultProxy(cloud.backend.url);
      teacher = await cloud.newUser();
    });
    after(async () => {
      for (const backend of opened) await backend.dispose();
      await proxy.stop();
      await cloud.stop();
    });

    /** What somebody has in the project, through the proxy. */
    async function project({ email, password }: CloudUser): Promise<Backend> {
      const client = cloud.newClient(proxy.url);
      const { error } = await client.auth.signInWithPassword({ email, password });
      if (error) throw error;
      const signerUrl = `${proxy.url}/functions/v1/b2-uploads`;
      return createSupabaseBackend(
        { client },
        store === 'b2' ? { store: (access) => createB2Store({ signerUrl, ...access }) } : {},
      );
    }

    async function remote(user: CloudUser): Promise<Backend> {
      const backend = await project(user);
      opened.push(backend);
      return backend;
    }

    /** A page of the browser whose work that is. */
    function page(local: LocalBackend, notes: MoveNotes): ConnectedBackend {
      const backend = createConnectedBackend({
        name: 'supabase',
        remote: () => project(teacher),
        local: { ...portsOf(local), dispose: () => Promise.resolve() },
        notes: () => notes,
        lookEveryMs: 0,
        attempts: { retries: 1, waitMs: 5 },
      });
      opened.push(backend);
      return backend;
    }

    it('takes everything along, goes on in another page where it was cut off, and can be repeated', async () => {
      const local = createLocalBackend({ storage: 'memory', databaseName: crypto.randomUUID() });
      opened.push(local);
      const notes = memoryMoveNotes();
      // Ids of a time without a server, and of one with it.
      const large = bytesOf(20 * mebibyte);
      const id = crypto.randomUUID();
      const key = `assets/${id}/${crypto.randomUUID()}`;
      await local.blobs.put(key, large, { mimeType: 'video/mp4' });
      await local.assets.create(createNewAsset({ id, name: 'Lecture.mp4', blobKey: key, sizeBytes: large.size }));
      const songKey = `assets/asset-2/${crypto.randomUUID()}`;
      const song = bytesOf(4096);
      const posterKey = 'posters/asset-2/1';
      await local.blobs.put(songKey, song, { mimeType: 'audio/mpeg' });
      await local.blobs.put(posterKey, new Blob(['picture'], { type: 'image/webp' }), { mimeType: 'image/webp' });
      const kind = 'audio';
      await local.assets.create(
        createNewAsset({ id: 'asset-2', name: 'Theme.mp3', kind, blobKey: songKey, sizeBytes: 4096, posterKey }),
      );
      const facts = { baseRev: 0, kind: 'manual', title: 'Limits' } as const;
      const document = createProjectDocument();
      await local.projects.save(await saveRequestOf(document, { ...facts, projectId: 'demo', saveId: 'first' }));
      await local.projects.describe('demo', { isDraft: false });
      const course = crypto.randomUUID();
      await local.courses.apply({ type: 'course.create', id: course, title: 'Analysis' });
      await local.courses.apply({ type: 'chapter.create', id: 'chapter', courseId: course, title: 'Limits' });
      const target = { kind: 'project', projectId: 'demo' } as const;
      await local.courses.apply({ type: 'item.attach', id: 'item', chapterId: 'chapter', title: 'Demo', target });

      // The first page dies in the middle of the large file.
      const first = page(local, notes);
      const controller = new AbortController();
      const moving = first.connection.moveUp({
        signal: controller.signal,
        onProgress: ({ movedBytes }) => {
          if (movedBytes > 7 * mebibyte) controller.abort();
        },
      });
      await assert.rejects(moving, (error) => isLecternError(error) && error.code === 'aborted');
      await first.dispose();

      proxy.use();
      const second = page(local, notes);
      const before = await second.connection.pending();
      assert.deepEqual([before.projects, before.courses], [1, 1]);
      assert.deepEqual((await second.connection.moveUp()).failed, []);
      if (store === 'supabase') {
        const begun = proxy.seen.filter(({ method, path }) => method === 'POST' && path.endsWith('/upload/resumable'));
        assert.equal(begun.length, 0, 'the upload was gone on with, not begun again');
      }

      const there = await remote(teacher);
      const assets = (await there.assets.list({ sort: 'name' })).items;
      assert.deepEqual(
        assets.map(({ name }) => name),
        ['Lecture.mp4', 'Theme.mp3'],
      );
      const [lecture, theme] = assets;
      assert.ok(lecture && theme);
      assert.equal(lecture.id, id);
      assert.ok(await isSame(await there.blobs.get(lecture.blobKey), large));
      assert.ok(await isSame(await there.blobs.get(theme.blobKey), song));
      assert.equal(await (await there.blobs.get(theme.posterKey ?? '')).text(), 'picture');
      const [summary] = (await there.projects.list({})).items;
      assert.ok(summary);
      assert.equal(summary.isDraft, false);
      const moved = parseTimeline((await there.projects.open(summary.id)).state).document;
      assert.ok(moved.assets.has(theme.id as never), 'its references were changed with the ids');
      assert.deepEqual(
        (await there.assets.usage(theme.id)).map(({ resourceId }) => resourceId),
        [summary.id],
      );
      const outline = await there.courses.outline(course);
      assert.deepEqual(outline.chapters[0]?.items[0]?.target, { kind: 'project', projectId: summary.id });

      assert.deepEqual(await second.connection.moveUp(), { moved: 0, failed: [] });
      // Also where nobody remembers what was done.
      const third = page(local, memoryMoveNotes());
      assert.deepEqual((await third.connection.moveUp()).failed, []);
      assert.equal((await there.assets.list({})).total, 2);
      assert.equal((await there.assets.versions(id)).length, 1);
      assert.equal((await there.projects.list({})).total, 1);
      assert.equal((await there.projects.open(summary.id)).project.rev, 1);
    });

    it('shows nothing of it to anybody else', async () => {
      const other = await remote(await cloud.newUser());
      assert.equal((await other.assets.list({})).total, 0);
      assert.equal((await other.projects.list({})).total, 0);
    });
  });
}

function portsOf(backend: Backend): Backend {
  const { name, assets, blobs, transfers, operations, projects, courses, identity } = backend;
  return { name, assets, blobs, transfers, operations, projects, courses, identity, dispose: () => Promise.resolve() };
}
