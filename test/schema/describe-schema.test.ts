import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { describeSchema } from '../../lib/postgres/migrations/describe-schema.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { freshDatabase } from '../helpers/database.js'
import { hasExtension } from '../helpers/engine.js'

const dump = () => readFileSync(path.join(PACKAGE_ROOT, 'schema', 'dump.sql'), 'utf8')

await t.test('the migrations make the schema that schema/dump.sql shows; `npm run schema:dump` renews it', async (t) => {
  const { pool } = await freshDatabase(t)
  if (await hasExtension(pool, 'timescaledb', 'citus')) t.match(await describeSchema(pool), 'table ohlcv_daily', 'an engine adds to it what is its own')
  else t.equal(`${await describeSchema(pool)}\n`, dump())
})

await t.test('every kind of change to the schema shows in the description', async (t) => {
  const { pool } = await freshDatabase(t)
  const role = `ohlcv_test_described_${process.pid}`
  await pool.query(`create role ${role}`)
  t.teardown(async () => {
    await pool.query(`drop owned by ${role}`)
    await pool.query(`drop role ${role}`)
  })
  for (const [change, line] of [
    ['alter table days add column note text collate "C" default \'x\'', '  note text collate "C" default \'x\'::text'],
    ['alter table days alter column note set not null', '  note text collate "C" not null default \'x\'::text'],
    ['alter table days add constraint noted check (note <> \'\')', '  constraint noted CHECK (note <> \'\'::text)'],
    ['create index days_note on days (note)', '  CREATE INDEX days_note ON days USING btree (note)'],
    ['comment on column days.note is \'a remark\'', '    -- a remark'],
    [`grant select, insert on days to ${role}`, `  grant insert, select to ${role}`],
    ['create view noted_days as select date from days', 'view noted_days as'],
    ['create function one() returns integer language sql as \'select 1\'', 'CREATE OR REPLACE FUNCTION public.one()'],
    ['create trigger noted before insert on days for each row execute function suppress_redundant_updates_trigger()',
      '  CREATE TRIGGER noted BEFORE INSERT ON days FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()'],
  ] as const) {
    t.notOk((await describeSchema(pool)).split('\n').includes(line), `not there before: ${change}`)
    await pool.query(change)
    t.ok((await describeSchema(pool)).split('\n').includes(line), change)
  }
})
