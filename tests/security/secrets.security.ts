/** Nothing that lets somebody in is in an address, a row, a journal or a bundle. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { sampleFacts } from '@lectern/ports/contracts';
import { createUploadEngine, memoryUploadChannels, memoryUploadJournal, memoryUploadLocks } from '@lectern/uploads';
import { filesBelow, packages, root } from '../../scripts/workspace.mjs';
import { seededFile } from '../faults/uploads-bytes.js';
import { mark, stores, TwoTenants } from './two-tenants.js';

/** A signed token, a secret key of a project, a key of a bucket. */
const shapes: readonly RegExp[] = [
  /eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}/,
  /sb_secret_[A-Za-z0-9_-]{8,}/,
  /\bK00[0-9][A-Za-z0-9+/_-]{27}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];
const signedAddress = /X-Amz-(?:Signature|Credential)|[?&]token=/i;

function secretsIn(text: string, known: readonly string[]): readonly string[] {
  return [
    ...known.filter((secret) => secret !== '' && text.includes(secret)),
    ...shapes.flatMap((shape) => shape.exec(text)?.[0] ?? []),
  ];
}

for (const store of stores) {
  it(`are in no address, row or journal of a session with bytes in ${store}`, async () => {
    const world = await TwoTenants.start(store);
    const backend = world.open(await world.clientOf(world.owner));
    const { admin, secretKey, s3 } = world.cloud.backend;
    const known = [secretKey, s3.applicationKey, s3.deleteApplicationKey, await world.tokenOf(world.owner)];
    const journal = memoryUploadJournal();
    const journals: string[] = [];
    try {
      const theirs = await world.furnish(backend);
      const engine = createUploadEngine({
        ...backend,
        probe: async () => ({ facts: sampleFacts(), poster: new Blob(['poster'], { type: 'image/webp' }) }),
        newId: () => randomUUID(),
        namespace: 'secrets',
        ...{ journal, locks: memoryUploadLocks(), openChannel: memoryUploadChannels() },
      });
      const [item] = engine.add([{ file: seededFile(3, 14_000_000, 'Lecture.mp4'), fileName: 'Lecture.mp4' }]);
      const look = async (): Promise<void> => {
        journals.push(JSON.stringify(await journal.rows('secrets', world.owner.id)));
      };
      engine.subscribe(() => void look());
      await engine.finished(item?.id ?? '');
      engine.dispose();
      await backend.blobs.get(theirs.asset.blobKey);

      assert.ok(
        journals.some((rows) => rows.includes(item?.id ?? '?')),
        'the journal was seen while it was sent',
      );
      for (const rows of journals) {
        assert.deepEqual(secretsIn(rows, known), [], 'in the journal');
        assert.ok(!signedAddress.test(rows), `a signed address in the journal: ${rows}`);
      }
      const addresses = world.lines.flatMap(({ seen }) => seen.map((request) => request.path));
      assert.ok(addresses.length > 30, `${addresses.length} requests`);
      for (const address of addresses) assert.deepEqual(secretsIn(decodeURIComponent(address), known), [], address);

      const { rows: tables } = await admin.query<{ schema: string; name: string }>(
        `select table_schema as schema, table_name as name from information_schema.tables
         where table_type = 'BASE TABLE' and (table_schema in ('public', 'lectern') or
           (table_schema = 'storage' and table_name = 'objects'))`,
      );
      for (const { schema, name } of tables) {
        const { rows } = await admin.query<{ row: string }>(`select to_jsonb(t)::text as row from ${schema}.${name} t`);
        for (const { row } of rows) {
          assert.deepEqual(secretsIn(row, known), [], `in ${schema}.${name}`);
          assert.ok(!signedAddress.test(row), `a signed address in ${schema}.${name}: ${row}`);
        }
      }
      const log = world.cloud.signerLog.join('\n');
      assert.deepEqual(secretsIn(log, known), [], 'in what the signer wrote down');
      assert.ok(!log.includes(mark));
    } finally {
      await backend.dispose();
      await world.stop();
    }
  });
}

describe('secrets in what is shipped', () => {
  const folders = [...packages().map(({ folder }) => `${folder}/dist`), 'packages/lectern/cdn', 'examples', 'supabase'];
  for (const folder of folders.filter((each) => existsSync(path.join(root, each)))) {
    it(`are not in ${folder}`, () => {
      const files = [folder].flatMap((each) =>
        filesBelow(path.posix.dirname(each), ['.js', '.map', '.ts', '.json', '.html', '.sql', '.toml'])
          .concat(filesBelow(each, ['.js', '.map', '.ts', '.json', '.html', '.sql', '.toml']))
          .filter((file) => file.startsWith(`${each}/`)),
      );
      assert.ok(files.length > 0, 'there are files');
      for (const file of new Set(files)) {
        assert.deepEqual(secretsIn(readFileSync(path.join(root, file), 'utf8'), []), [], file);
      }
    });
  }

  it('are noticed', () => {
    const token = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{"sub":"1"}').toString('base64url')}.x`;
    assert.equal(secretsIn(`a ${token} b`, []).length, 1);
    assert.equal(secretsIn(`sb_secret_${'a'.repeat(20)}`, []).length, 1);
    assert.equal(secretsIn(`"K003${'x'.repeat(27)}"`, []).length, 1);
  });
});
