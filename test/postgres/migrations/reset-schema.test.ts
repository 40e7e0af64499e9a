import t from 'tap'
import type { Queryable } from '../../../lib/postgres/database.js'
import { migrate, type Migration } from '../../../lib/postgres/migrations/migrate.js'
import { dropSchema, takeInventory } from '../../../lib/postgres/migrations/reset-schema.js'
import { emptyDatabase, freshDatabase } from '../../helpers/database.js'

/** Everything that a schema holds, extensions' own aside. */
async function contents(db: Queryable, schema = 'public'): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(`
    select relname as name from pg_class where relnamespace = $1::regnamespace and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
    union all
    select typname from pg_type where typnamespace = $1::regnamespace and typtype <> 'b' and not exists (select from pg_depend where objid = pg_type.oid and deptype in ('e', 'i'))
    union all
    select oid::regprocedure::text from pg_proc where pronamespace = $1::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
    order by name`, [schema])
  return rows.map(({ name }) => name)
}

const migration = (version: number, sql: string): Migration => ({ version, name: `000${version}_test.sql`, sql, sha256: String(version) })

await t.test('dropping the schema leaves nothing of it', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`select ohlcv_daily_ensure_partitions('2024-01-02', '2024-01-02')`)
  const { others } = await takeInventory(pool)
  t.same(others, [], 'all that is there is ours')
  await dropSchema(pool)
  t.same(await contents(pool), [])
})

await t.test('tables are dropped one a statement, as TimescaleDB demands', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`
    create schema watch;
    create function watch.dropped() returns event_trigger language plpgsql as $$
    begin
      if (select count(*) from pg_event_trigger_dropped_objects() where original) > 1 then
        raise exception 'cannot drop a hypertable along with other objects';
      end if;
    end $$;
    create event trigger watch on sql_drop when tag in ('DROP TABLE') execute function watch.dropped()`)
  await dropSchema(pool)
  t.same(await contents(pool), [])
})

await t.test('what later migrations changed, recreated and put elsewhere is found and dropped, in whatever order it depends', async (t) => {
  const { pool } = await emptyDatabase(t)
  const migrations = [
    migration(1, `
create table a (id integer primary key);
create table gone (id integer);
create function f(day date) returns integer language sql as $$ select 1 $$;
create function g(a integer, out b integer, c numeric(10, 2) default 0) language sql as $$ select 1 $$;
create function h(a integer) returns integer language sql as $$ select 1 $$;
create type mood as enum ('good', 'bad');
create function ohlcv_create_bars(bars name) returns void language plpgsql as $$
begin
  execute format('create table %I (time date) partition by range (time)', bars);
end $$;
select ohlcv_create_bars('bars');
create view v as select id from a;`),
    migration(2, `
drop view v;
drop function f(date);
drop function h;
create function f(day date, mood mood default 'good') returns integer language sql immutable as $$ select 1 $$;
create table b (id integer primary key, value integer default f('2024-01-02'));
alter table a add column b integer references b, add column mood mood;
drop table if exists gone;
create schema if not exists elsewhere;
create materialized view elsewhere.w as select id from b;
create or replace view elsewhere.v as select id from elsewhere.w;
create function of_a() returns setof a language sql as $$ select * from a $$;
create table old_name (id integer);
alter table old_name rename to new_name;`),
  ]
  await migrate(pool, migrations)
  await pool.query(`create table bars_1 partition of bars for values from ('2024-01-01') to ('2025-01-01'); create table gone (theirs integer); create table old_name (theirs integer);
    create function h(a integer) returns integer language sql as $$ select 2 $$`)
  const { others } = await dropSchema(pool, migrations)
  t.same(others, [{ kind: 'function', name: 'public.h(integer)' }, { kind: 'table', name: 'public.gone' }, { kind: 'table', name: 'public.old_name' }])
  t.same(await contents(pool), ['gone', 'h(integer)', 'old_name'])
  t.equal((await pool.query(`select from pg_namespace where nspname = 'elsewhere'`)).rowCount, 0)
})

await t.test('only the schema that has the record of the migrations is touched, and one that others use as well stays', async (t) => {
  const { pool } = await emptyDatabase(t)
  const migrations = [migration(1, 'create schema elsewhere;\ncreate view elsewhere.v as select 1 as one;\ncreate table days (id integer);')]
  await migrate(pool, migrations)
  await pool.query('create schema other; create table other.days (id integer); create table elsewhere."Their table" (id integer)')
  const { ours, others } = await dropSchema(pool, migrations)
  t.same(ours.map(({ name }) => name), ['public.schema_migrations', 'elsewhere.v', 'public.days'])
  t.same(others, [{ kind: 'table', name: 'elsewhere."Their table"' }])
  t.same([await contents(pool), await contents(pool, 'other')], [[], ['days']])
})
