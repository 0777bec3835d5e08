import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { anonymous, Database, refusalOf, type Row, service, user } from './database.js';

describe('save_studio_project', () => {
  let db: Database;
  const ada = randomUUID();
  const bea = randomUUID();

  before(async () => {
    db = await Database.open();
  });
  after(() => db.close());

  const request = (id: string, fields: Row = {}): Row => ({
    p_id: id,
    p_base_rev: 0,
    p_save_id: randomUUID(),
    p_schema_version: 1,
    p_hash: 'a'.repeat(64),
    p_state: { step: 1 },
    p_kind: 'auto',
    p_total_frames: 300,
    p_duration_seconds: 10,
    p_asset_ids: [],
    p_title: 'Optics',
    ...fields,
  });
  const save = (id: string, fields: Row = {}, userId = ada): Promise<Row> =>
    db.call(user(userId), 'save_studio_project', request(id, fields)) as Promise<Row>;
  const project = async (id: string): Promise<Row | undefined> =>
    (await db.rows('select * from studio_projects where id = $1', [id]))[0];
  const revisions = async (id: string): Promise<readonly Row[]> =>
    db.rows('select * from studio_project_revisions where project_id = $1 order by save_number', [id]);
  const revs = async (id: string): Promise<readonly number[]> => (await revisions(id)).map(({ rev }) => Number(rev));

  it('creates a draft with revision 1', async () => {
    const id = randomUUID();
    assert.deepEqual(await save(id, { p_description: 'Light', p_schema_version: 3 }), { outcome: 'ok', rev: 1 });
    const row = await project(id);
    assert.deepEqual(
      [row?.['owner_id'], row?.['title'], row?.['description'], row?.['is_draft'], row?.['rev'], row?.['head_author']],
      [ada, 'Optics', 'Light', true, '1', ada],
    );
    assert.deepEqual([row?.['timeline_state'], row?.['schema_version']], [{ step: 1 }, 3]);
  });

  it('moves the head on from its own revision', async () => {
    const id = randomUUID();
    await save(id);
    const second = { p_base_rev: 1, p_hash: 'b'.repeat(64), p_state: { step: 2 }, p_total_frames: 60, p_title: 'No' };
    assert.deepEqual(await save(id, second), { outcome: 'ok', rev: 2 });
    const row = await project(id);
    assert.deepEqual(
      [row?.['rev'], row?.['content_hash'], row?.['timeline_state'], row?.['total_frames'], row?.['title']],
      ['2', 'b'.repeat(64), { step: 2 }, '60', 'Optics'],
    );
  });

  it('answers a known save as it did before, and writes nothing, also for a conflict', async () => {
    const id = randomUUID();
    const first = { p_save_id: randomUUID() };
    await save(id, first);
    await save(id, { p_base_rev: 1 });
    assert.deepEqual(await save(id, first), { outcome: 'ok', rev: 1 });
    const late = { p_base_rev: 1, p_save_id: randomUUID() };
    const conflict = await save(id, late);
    await save(id, { p_base_rev: 2 });
    assert.deepEqual(await save(id, late), conflict);
    assert.deepEqual(await revs(id), [1, 2, -1, 3]);
  });

  it('keeps what was made from an older revision under a number that no head ever has', async () => {
    const id = randomUUID();
    await save(id);
    await save(id, { p_base_rev: 1, p_hash: 'b'.repeat(64), p_state: { step: 2 } });
    const { head_at: headAt, ...answer } = await save(id, { p_base_rev: 1, p_state: { mine: 1 }, p_kind: 'manual' });
    assert.deepEqual(answer, {
      outcome: 'conflict',
      head_rev: 2,
      head_author: ada,
      head_hash: 'b'.repeat(64),
      kept_as: -1,
    });
    assert.ok(!Number.isNaN(Date.parse(String(headAt))));
    assert.equal((await save(id, { p_base_rev: 1, p_state: { mine: 2 } }))['kept_as'], -2);
    const kept = (await revisions(id)).filter(({ rev }) => Number(rev) < 0);
    assert.deepEqual(
      kept.map((row) => [row['kind'], row['parent_rev'], row['timeline_state']]),
      [
        ['conflict', '1', { mine: 1 }],
        ['conflict', '1', { mine: 2 }],
      ],
    );
    assert.deepEqual((await project(id))?.['timeline_state'], { step: 2 });
    assert.deepEqual(await save(id, { p_base_rev: 2 }), { outcome: 'ok', rev: 3 });
  });

  it('takes a first save of what is there, and a revision that is still to come, for conflicts', async () => {
    const id = randomUUID();
    await save(id);
    assert.equal((await save(id))['outcome'], 'conflict');
    assert.equal((await save(id, { p_base_rev: 2 }))['outcome'], 'conflict');
    assert.equal((await project(id))?.['rev'], '1');
  });

  it('says gone for what was never here, and for what was removed, and keeps nothing', async () => {
    const id = randomUUID();
    assert.deepEqual(await save(id, { p_base_rev: 4 }), { outcome: 'gone' });
    await save(id);
    await db.ask(user(ada), 'update studio_projects set deleted_at = now() where id = $1', [id]);
    assert.deepEqual(await save(id, { p_base_rev: 1 }), { outcome: 'gone' });
    assert.deepEqual(await save(id), { outcome: 'gone' });
    assert.deepEqual(await revs(id), [1]);
    await db.ask(user(ada), 'update studio_projects set deleted_at = null where id = $1', [id]);
    assert.deepEqual(await save(id, { p_base_rev: 1 }), { outcome: 'ok', rev: 2 });
  });

  it('says too-new for a state of an older schema than the head’s, before anything else of the head', async () => {
    const id = randomUUID();
    await save(id, { p_schema_version: 5 });
    assert.deepEqual(await save(id, { p_base_rev: 1, p_schema_version: 4 }), { outcome: 'too-new' });
    assert.deepEqual(await save(id, { p_base_rev: 7, p_schema_version: 4 }), { outcome: 'too-new' });
    assert.deepEqual(await revs(id), [1]);
    assert.deepEqual(await save(id, { p_base_rev: 1, p_schema_version: 6 }), { outcome: 'ok', rev: 2 });
  });

  it('lets one of two transactions at the same time win, and keeps the other', async () => {
    const id = randomUUID();
    await save(id);
    const text = `select public.save_studio_project(p_id => $1, p_base_rev => 1, p_save_id => $2,
      p_schema_version => 1, p_hash => 'x', p_state => $3, p_kind => 'auto') as value`;
    // The first has saved and not committed when the second comes.
    let second: Promise<Row> | undefined;
    const first = await db.transaction(user(ada), async (client) => {
      const { rows } = await client.query<{ value: Row }>(text, [id, randomUUID(), '{"of": 1}']);
      second = db.ask(user(ada), text, [id, randomUUID(), '{"of": 2}']).then(([row]) => row?.['value'] as Row);
      await untilSomebodyWaits();
      return rows[0]?.value;
    });
    assert.deepEqual(first, { outcome: 'ok', rev: 2 });
    const { outcome, head_rev: headRev, kept_as: keptAs } = (await second) ?? {};
    assert.deepEqual([outcome, headRev, keptAs], ['conflict', 2, -1]);
    assert.deepEqual((await project(id))?.['timeline_state'], { of: 1 });
  });

  it('makes one revision of one save that comes twice at the same time, moving or creating', async () => {
    for (const creates of [false, true]) {
      const id = randomUUID();
      if (!creates) await save(id);
      const fields = { p_base_rev: creates ? 0 : 1, p_save_id: randomUUID() };
      const rev = creates ? 1 : 2;
      const answers = await Promise.all([1, 2, 3, 4].map(() => save(id, fields)));
      assert.deepEqual(
        answers,
        answers.map(() => ({ outcome: 'ok', rev })),
      );
      assert.deepEqual(await revs(id), creates ? [1] : [1, 2]);
    }
  });

  it('never lets two heads grow from one revision, in a hundred saves at once', async () => {
    const id = randomUUID();
    await save(id);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => save(id, { p_base_rev: 1 + (n % 3), p_state: { n } })),
    );
    const rows = await revisions(id);
    const heads = rows.filter(({ rev }) => Number(rev) > 0);
    assert.deepEqual(
      heads.map(({ rev, parent_rev: parent }) => Number(rev) - Number(parent)),
      heads.map(() => 1),
    );
    assert.equal(rows.length, 101);
    assert.equal(new Set(rows.map(({ rev }) => rev)).size, 101);
    assert.equal(answers.filter(({ outcome }) => outcome === 'ok').length, heads.length - 1);
  });

  it('keeps manual, published and restored revisions, and the newest 20, and thins other old ones', async () => {
    const id = randomUUID();
    for (let base = 0; base < 230; base++) {
      await save(id, { p_base_rev: base, p_kind: base === 6 ? 'publish' : base === 12 ? 'manual' : 'auto' });
    }
    const kept = await revs(id);
    assert.deepEqual(
      kept.filter((rev) => rev > 210),
      Array.from({ length: 20 }, (_, n) => 211 + n),
    );
    assert.deepEqual(
      kept.filter((rev) => rev <= 30),
      [1, 7, 13],
    );
    assert.deepEqual(
      kept.filter((rev) => rev > 30 && rev <= 210),
      [40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210],
    );
  });

  it('answers a repeat of a save whose revision was thinned', async () => {
    const id = randomUUID();
    const second = { p_base_rev: 1, p_save_id: randomUUID() };
    await save(id);
    await save(id, second);
    for (let base = 2; base < 25; base++) await save(id, { p_base_rev: base });
    assert.ok(!(await revs(id)).includes(2));
    assert.deepEqual(await save(id, second), { outcome: 'ok', rev: 2 });
  });

  it('refuses values that make no sense, naming them, and writes nothing', async () => {
    const id = randomUUID();
    const refused: readonly (readonly [Row, string])[] = [
      [{ p_base_rev: -1 }, 'base_rev'],
      [{ p_base_rev: null }, 'base_rev'],
      [{ p_save_id: null }, 'save_id'],
      [{ p_hash: '' }, 'hash'],
      [{ p_hash: 'x'.repeat(129) }, 'hash'],
      [{ p_state: null }, 'state'],
      [{ p_state: '"text"' }, 'state'],
      [{ p_state: '[]' }, 'state'],
      [{ p_kind: 'guess' }, 'kind'],
      [{ p_total_frames: -1 }, 'total_frames'],
      [{ p_duration_seconds: 'NaN' }, 'duration_seconds'],
      [{ p_schema_version: -1 }, 'schema_version'],
      [{ p_asset_ids: [null] }, 'asset_ids'],
      [{ p_title: ' ' }, 'title'],
      [{ p_title: 'x'.repeat(256) }, 'title'],
      [{ p_description: 'x'.repeat(20_001) }, 'description'],
      [{ p_id: null }, 'id'],
    ];
    for (const [fields, path] of refused) {
      const refusal = await refusalOf(save(id, fields));
      assert.deepEqual([refusal.code, refusal.hint, refusal.details['path']], ['PT400', 'invalid-input', path]);
    }
    assert.equal(await project(id), undefined);
  });

  it('refuses to save one user’s work as another, and nobody’s at all', async () => {
    const id = randomUUID();
    const refusal = await refusalOf(save(id, { p_as_user: bea }));
    assert.deepEqual([refusal.code, refusal.hint], ['PT401', 'unauthenticated']);
    assert.equal((await refusalOf(db.call(anonymous, 'save_studio_project', request(id)))).code, '42501');
    assert.equal(
      (await refusalOf(db.call({ role: 'authenticated' }, 'save_studio_project', request(id)))).code,
      'PT401',
    );
    assert.equal((await refusalOf(db.call(service, 'save_studio_project', request(id)))).code, '42501');
    assert.deepEqual(await save(id, { p_as_user: ada }), { outcome: 'ok', rev: 1 });
  });

  it('shows another user nothing of a project: not its head, not its answers', async () => {
    const id = randomUUID();
    const first = { p_save_id: randomUUID() };
    await save(id, first);
    assert.deepEqual(await save(id, { p_base_rev: 1 }, bea), { outcome: 'gone' });
    assert.deepEqual(await save(id, {}, bea), { outcome: 'gone' });
    assert.deepEqual(await save(id, first, bea), { outcome: 'gone' });
    assert.deepEqual(await revs(id), [1]);
  });

  it('lets an administrator of the tenant save, and says whose the head is', async () => {
    const [owner, admin, tenant] = [randomUUID(), randomUUID(), randomUUID()];
    await db.rows('insert into lectern.memberships (user_id, tenant_id, role) values ($1, $3, $4), ($2, $3, $5)', [
      owner,
      admin,
      tenant,
      'member',
      'admin',
    ]);
    const id = randomUUID();
    await save(id, {}, owner);
    assert.deepEqual(await save(id, { p_base_rev: 1 }, admin), { outcome: 'ok', rev: 2 });
    assert.equal((await save(id, { p_base_rev: 1 }, owner))['head_author'], admin);
    assert.equal((await project(id))?.['owner_id'], owner);
  });

  it('cannot be got round: neither head nor revision can be written directly', async () => {
    const id = randomUUID();
    await save(id);
    for (const column of ['rev', 'timeline_state', 'content_hash', 'schema_version', 'asset_ids', 'owner_id']) {
      const refusal = await refusalOf(
        db.ask(user(ada), `update studio_projects set ${column} = ${column} where id = $1`, [id]),
      );
      assert.equal(refusal.code, '42501', column);
    }
    for (const text of [
      'delete from studio_projects where id = $1',
      'delete from studio_project_revisions where project_id = $1',
      'update studio_project_revisions set rev = 9 where project_id = $1',
      'insert into studio_projects (id) values ($1)',
      'insert into studio_project_revisions (project_id) values ($1)',
      'select * from lectern.saves where project_id = $1',
    ]) {
      assert.equal((await refusalOf(db.ask(user(ada), text, [id]))).code, '42501', text);
    }
  });

  it('keeps the usage of assets with the head, in the same transaction', async () => {
    const [a, b, foreign] = [await db.storeAsset(ada), await db.storeAsset(ada), await db.storeAsset(bea)];
    const id = randomUUID();
    const places = async (): Promise<Row> => {
      const rows = await db.rows('select asset_id, label from media_usage where resource_id = $1', [id]);
      return Object.fromEntries(rows.map((row): [string, unknown] => [String(row['asset_id']), row['label']]));
    };
    await save(id, { p_asset_ids: [a, randomUUID(), a, 'nonsense', foreign] });
    assert.deepEqual(await places(), { [a]: 'Optics' });
    await save(id, { p_base_rev: 1, p_asset_ids: [b] });
    assert.deepEqual(await places(), { [b]: 'Optics' });
    await save(id, { p_base_rev: 1, p_asset_ids: [a] });
    assert.deepEqual(await places(), { [b]: 'Optics' }, 'after a conflict');
    await db.ask(user(ada), "update studio_projects set title = 'Waves' where id = $1", [id]);
    assert.deepEqual(await places(), { [b]: 'Waves' });
    await db.ask(user(ada), 'update studio_projects set deleted_at = now() where id = $1', [id]);
    assert.deepEqual(await places(), {});
    await db.ask(user(ada), 'update studio_projects set deleted_at = null where id = $1', [id]);
    assert.deepEqual(await places(), { [b]: 'Waves' });
    await db.owner.query("delete from media_usage where resource_type = 'project'");
    await db.call(user(ada), 'rebuild_usage');
    assert.deepEqual(await places(), { [b]: 'Waves' }, 'made anew');
  });

  it('refuses a save for which there is no room, and takes the same one once there is', async () => {
    const owner = randomUUID();
    const id = randomUUID();
    await save(id, {}, owner);
    await db.rows('insert into lectern.tenant_limits (tenant_id, project_bytes) values ($1, 20)', [owner]);
    const large = { p_base_rev: 1, p_save_id: randomUUID(), p_state: { text: 'x'.repeat(1000) } };
    const refusal = await refusalOf(save(id, large, owner));
    assert.deepEqual([refusal.code, refusal.hint], ['PT413', 'quota-exceeded']);
    assert.equal((await project(id))?.['rev'], '1');
    await db.rows('delete from lectern.tenant_limits where tenant_id = $1', [owner]);
    assert.deepEqual(await save(id, large, owner), { outcome: 'ok', rev: 2 });
  });

  it('is a function of the caller’s own rights, and takes no names from the search path', async () => {
    const [row] = await db.rows(
      "select prosecdef, proconfig from pg_proc where oid = 'public.save_studio_project'::regproc",
    );
    assert.deepEqual(row, { prosecdef: false, proconfig: ['search_path=""'] });
  });

  /** Until another transaction waits for a lock; fails when nobody ever does. */
  async function untilSomebodyWaits(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if ((await db.rows('select from pg_locks where not granted')).length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail('nobody waits');
  }

  it('is held up by nothing but its own project', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    await save(id);
    await save(other);
    await db.transaction(user(ada), async (client) => {
      await client.query('select from studio_projects where id = $1 for update', [id]);
      assert.deepEqual(await save(other, { p_base_rev: 1 }), { outcome: 'ok', rev: 2 });
    });
  });
});
