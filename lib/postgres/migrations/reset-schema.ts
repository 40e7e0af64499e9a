import pg from 'pg'
import { UsageError } from '../../domain/errors.js'
import type { Queryable } from '../database.js'
import { lockMigrations } from '../locks.js'
import { madeBut } from './made-objects.js'
import { pendingMigrations, readMigrations } from './migrate.js'

/** Something in the database that has a name. */
export interface SchemaObject {
  /** As DROP calls it: `table`, `view`, `function`, ... */
  kind: string
  /** With its schema, a function with the types of its arguments, quoted where it must be. */
  name: string
}

/** What there is in the schemas of ohlcv; what belongs to a table (partitions, indexes, sequences of columns) or to an extension is not told. */
export interface Inventory {
  /** What the applied migrations made, in that order. */
  ours: SchemaObject[]
  others: SchemaObject[]
}

type FoundObject = SchemaObject & { class: string; schema: string; place: number | null }

/** $1: the schema of the migrations; $2 to $5: what they made, column by column. */
const FIND = `
  with made as (
    select * from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality made (class, schema, name, types, place)
  ), found (class, schema, bare, oid, kind, name) as (
    select 'relation', nspname, relname, c.oid,
      case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence' else 'table' end,
      format('%I.%I', nspname, relname)
    from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not relispartition
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and (deptype = 'e' or relkind = 'S' and deptype in ('a', 'i')))
    union all
    select 'routine', nspname, proname, p.oid,
      case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
      format('%I.%I(%s)', nspname, proname, oidvectortypes(proargtypes))
    from pg_proc p join pg_namespace n on n.oid = pronamespace
    where not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype in ('e', 'i'))
    union all
    select 'type', nspname, typname, t.oid, 'type', format('%I.%I', nspname, typname)
    from pg_type t join pg_namespace n on n.oid = typnamespace left join pg_class c on c.oid = typrelid
    where (typtype in ('d', 'e', 'r') or relkind = 'c')
      and not exists (select from pg_depend where classid = 'pg_type'::regclass and objid = t.oid and deptype in ('e', 'i'))
    union all
    select 'schema', nspname, nspname, oid, 'schema', format('%I', nspname)
    from pg_namespace
  )
  select found.class, found.schema, kind, found.name, place
  from found
  left join made on made.class = found.class and made.schema = found.schema and made.name = found.bare
    and (made.class <> 'routine' or to_regprocedure(format('%I.%I(%s)', made.schema, made.name, made.types)) = found.oid)
  where (found.schema = $1 or found.schema in (select name from made where class = 'schema'))
    and (found.class <> 'schema' or place is not null)
  order by place, kind, found.name`

/**
 * What the applied migrations made and what else is there.
 * @throws UsageError when the database has no record of migrations of ours, or one of others than this program's
 */
export async function takeInventory(db: Queryable, migrations = readMigrations()): Promise<Inventory> {
  const made = madeBut(await pendingMigrations(db, migrations), migrations)
  if (made.length === 0) {
    throw new UsageError('RESET_FOREIGN', 'nothing was dropped: this database has no record of ohlcv\'s migrations, so what is in it is not ohlcv\'s', {
      hint: 'check which database and which search_path the role has',
    })
  }
  const { rows: [home] } = await db.query<{ schema: string }>(
    `select nspname as schema from pg_class c join pg_namespace n on n.oid = relnamespace where c.oid = to_regclass('schema_migrations')`)
  const own = home!.schema
  const { rows } = await db.query<FoundObject>(FIND, [
    own, made.map(({ kind }) => kind), made.map(({ kind, schema, name }) => (kind === 'schema' ? name : (schema ?? own))), made.map(({ name }) => name), made.map(({ types }) => types),
  ])
  const others = rows.filter(({ place }) => place === null)
  const shared = new Set(others.map(({ schema }) => schema))
  const ours = rows.filter((found) => found.place !== null && !(found.class === 'schema' && shared.has(found.schema)))
  const bare = ({ kind, name }: FoundObject): SchemaObject => ({ kind, name })
  return { ours: ours.map(bare), others: others.map(bare) }
}

/**
 * Drops what the applied migrations made, all of it or nothing, and returns what was there. What others built on it is not
 * dropped, it makes this fail. Each is dropped alone, because TimescaleDB drops no hypertable along with other objects, and
 * again after the rest while something of ours depends on it.
 * @throws UsageError as {@link takeInventory} does
 */
export async function dropSchema(pool: pg.Pool, migrations = readMigrations()): Promise<Inventory> {
  const client = await pool.connect()
  try {
    await lockMigrations(client)
    const inventory = await takeInventory(client, migrations)
    const drops = inventory.ours.toReversed().map(({ kind, name }) => pg.escapeLiteral(`drop ${kind} if exists ${name}`))
    await client.query(`
      begin;
      set local lock_timeout = '10s';
      do $reset$
      declare
        waiting text[] := array[${drops.join(', ')}];
        blocked text[];
        next text;
      begin
        loop
          blocked := '{}';
          foreach next in array waiting loop
            begin
              execute next;
            exception when dependent_objects_still_exist then
              blocked := blocked || next;
            end;
          end loop;
          exit when blocked = '{}';
          if blocked = waiting then
            execute blocked[1];
          end if;
          waiting := blocked;
        end loop;
      end $reset$;
      commit`)
    return inventory
  } finally {
    // The connection goes, and with it the lock and, after an error, the open transaction.
    client.release(true)
  }
}
