/** Two people of two tenants on one project: one has something of everything, the other knows every id of it. */
import { randomUUID } from 'node:crypto';
import { createB2Store } from '@lectern/adapter-b2';
import { createSupabaseBackend } from '@lectern/adapter-supabase';
import type { Asset, AssetChange, AssetVersion, Backend, RunAttempt, Transfer } from '@lectern/ports';
import { sampleFacts, sampleSave } from '@lectern/ports/contracts';
import { startFaultProxy, type FaultProxy } from '@lectern/testing/local-backend';
import {
  type CloudClient,
  type CloudUser,
  type LocalCloud,
  startLocalCloud,
} from '../../packages/adapters/b2/src/test-support/local-cloud.js';

export const stores = ['supabase', 'b2'] as const;
export type Store = (typeof stores)[number];

/** In everything that the owner wrote: whoever sees it sees something of theirs. */
export const mark = 'Quetzalcoatl';
export const fingerprint: string = 'c3'.repeat(32);

/** Everything of the owner's, by its ids. */
export interface Belongings {
  readonly asset: Asset;
  readonly version: AssetVersion;
  readonly change: AssetChange;
  readonly posterKey: string;
  /** Of the asset's bytes, in the store. */
  readonly objectName: string;
  readonly projectId: string;
  readonly operationId: string;
  readonly courseId: string;
  readonly chapterId: string;
  /** Sent by half. */
  readonly transfer: Transfer;
}

export class TwoTenants {
  readonly store: Store;
  readonly cloud: LocalCloud;
  /** Everybody's requests to the project, and with B2 to the bucket. */
  readonly lines: readonly FaultProxy[];
  readonly owner: CloudUser;
  readonly intruder: CloudUser;

  private constructor(store: Store, cloud: LocalCloud, lines: readonly FaultProxy[], people: readonly CloudUser[]) {
    const [owner, intruder] = people;
    if (!owner || !intruder) throw new TypeError('Two people are needed');
    this.store = store;
    this.cloud = cloud;
    this.lines = lines;
    this.owner = owner;
    this.intruder = intruder;
  }

  static async start(store: Store): Promise<TwoTenants> {
    const bucketLine = { url: '' };
    const cloud = await startLocalCloud({
      signer: ({ s3: { endpoint, region, bucket, namePrefix, keyId, applicationKey } }) => ({
        store: {
          ...{ region, bucket, namePrefix, keyId, applicationKey },
          get endpoint() {
            return bucketLine.url || endpoint;
          },
        },
      }),
    });
    const bucket = await startFaultProxy(cloud.backend.s3.endpoint);
    bucketLine.url = bucket.url;
    const project = await startFaultProxy(cloud.backend.url);
    return new TwoTenants(store, cloud, [project, bucket], [await cloud.newUser(), await cloud.newUser()]);
  }

  async stop(): Promise<void> {
    for (const line of this.lines) await line.stop();
    await this.cloud.stop();
  }

  get url(): string {
    return this.lines[0]?.url ?? '';
  }

  get signerUrl(): string {
    return `${this.url}/functions/v1/b2-uploads`;
  }

  /** A client of somebody, through the line. */
  async clientOf(user: CloudUser | null): Promise<CloudClient> {
    const client = this.cloud.newClient(this.url);
    if (user) {
      const { error } = await client.auth.signInWithPassword(user);
      if (error) throw error;
    }
    return client;
  }

  async tokenOf(user: CloudUser): Promise<string> {
    const { data } = await user.client.auth.getSession();
    return data.session?.access_token ?? '';
  }

  open(client: CloudClient): Backend {
    const { signerUrl } = this;
    return createSupabaseBackend(
      { client },
      this.store === 'b2' ? { store: (project) => createB2Store({ signerUrl, ...project }) } : {},
    );
  }

  /** Makes something of everything. */
  async furnish({ assets, blobs, projects, operations, courses, transfers }: Backend): Promise<Belongings> {
    const id = randomUUID();
    const [blobKey, posterKey] = [`assets/${id}/${randomUUID()}`, `assets/${id}/${randomUUID()}-poster`];
    await blobs.put(blobKey, new Blob([`${mark} lectures`], { type: 'video/mp4' }));
    await blobs.put(posterKey, new Blob(['a picture'], { type: 'image/webp' }));
    const rest = { mimeType: 'video/mp4', sizeBytes: 21, probe: sampleFacts(), posterKey, blobKey, fingerprint };
    await assets.create({ id, name: `${mark}.mp4`, kind: 'video', sourceType: 'upload', tags: [mark], ...rest });
    const projectId = randomUUID();
    const saved = await projects.save(sampleSave(projectId, { title: mark, assetIds: [id] }));
    if (saved.outcome !== 'ok') throw new Error(saved.outcome);
    await assets.link({ assetId: id, resourceType: 'lesson', resourceId: mark, label: mark });
    const operationId = randomUUID();
    await operations.start({ id: operationId, work: { kind: 'tag', tags: [`${mark} too`] }, assetIds: [id] });
    while ((await operations.get(operationId)).status === 'running') await new Promise((next) => setTimeout(next, 20));
    const [courseId, chapterId] = [randomUUID(), randomUUID()];
    await courses.apply({ type: 'course.create', id: courseId, title: mark }).catch(() => undefined);
    await courses.apply({ type: 'chapter.create', id: chapterId, courseId, title: mark }).catch(() => undefined);

    const size = 20 * 1024 * 1024;
    let transfer = await transfers.reserve({
      id: randomUUID(),
      key: `assets/${randomUUID()}/${mark}`,
      sizeBytes: size,
      mimeType: 'video/mp4',
    });
    await transfers
      .send(transfer, new Blob([new Uint8Array(size)]), {
        run: callOffAfter(3),
        remember: async (now) => {
          transfer = now;
        },
      })
      .catch(() => undefined);

    const asset = await assets.get(id);
    const [version] = await assets.versions(id);
    const [change] = await assets.history(id);
    const { rows } = await this.cloud.backend.admin.query<{ object_name: string }>(
      'select object_name from public.media_blobs where owner_id = $1 and key = $2',
      [this.owner.id, blobKey],
    );
    if (!version || !change || !rows[0]) throw new Error('Something of everything is not there');
    return {
      ...{ asset, version, change, posterKey, objectName: rows[0].object_name, projectId, operationId },
      ...{ courseId, chapterId, transfer },
    };
  }

  /** Every row of every table that is the owner's, as text, to see that nothing has changed. */
  async everything(): Promise<string> {
    const { admin } = this.cloud.backend;
    const { rows: tables } = await admin.query<{ name: string }>(
      `select distinct c.table_name as name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and c.column_name = 'owner_id' and t.table_type = 'BASE TABLE' order by 1`,
    );
    const dumps = [];
    for (const { name } of tables) {
      const { rows } = await admin.query<{ row: string }>(
        `select to_jsonb(t)::text as row from public.${name} t where owner_id = $1 order by 1`,
        [this.owner.id],
      );
      dumps.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`);
    }
    return dumps.join('\n');
  }
}

/** Lets a few requests through, and fails those after them. */
function callOffAfter(requests: number): RunAttempt {
  let left = requests;
  return (work) => {
    if (left-- <= 0) return Promise.reject(new Error('enough'));
    return work({ signal: new AbortController().signal, progressed: () => undefined });
  };
}
