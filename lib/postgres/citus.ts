import type pg from 'pg'
import { UsageError } from '../domain/errors.js'
import type { Queryable } from './database.js'
import { lockMigrations } from './locks.js'

const DOCUMENTED = 'docs/SCALE.md'

/** Those of the tables that Citus distributes, in their order. */
export async function distributedBars(db: Queryable, tables: readonly string[]): Promise<string[]> {
  const { rows: [there] } = await db.query<{ there: boolean }>(`select to_regclass('pg_dist_partition') is not null as there`)
  if (!there?.there) return []
  const { rows } = await db.query<{ name: string }>(`
    select name from unnest($1::text[]) with ordinality bars (name, place)
    where exists (select 1 from pg_dist_partition where logicalrelid = to_regclass(name)::oid) order by place`, [tables])
  return rows.map(({ name }) => name)
}

/** Says so when the connection leads to a worker of a Citus cluster, which holds shards and neither universe nor ledger. @throws UsageError CITUS_WORKER */
export async function refuseWorker(db: Queryable): Promise<void> {
  const { rows: [there] } = await db.query<{ there: boolean }>(`select to_regclass('pg_dist_local_group') is not null as there`)
  if (!there?.there) return
  const { rows } = await db.query('select from pg_dist_local_group where groupid > 0')
  if (rows.length === 0) return
  throw new UsageError('CITUS_WORKER', 'this server is a worker of a Citus cluster, and the schema is on its coordinator', { hint: 'name the coordinator in DATABASE_URL or PGHOST' })
}

/** What a distribution did: the tables it distributed, and those that were already. */
export interface Distribution {
  distributed: string[]
  before: string[]
}

/**
 * Has Citus spread the bars over its workers by security, the bars of a security together; universe and ledger stay on the
 * coordinator. What is stored is copied, each table in a transaction of its own. Does nothing to a table that is distributed already.
 * @throws UsageError when Citus is not there, or the tables are none it could distribute
 */
export async function distributeBars(pool: pg.Pool, tables: readonly string[]): Promise<Distribution> {
  const { rows: [found] } = await pool.query<{ citus: boolean; hypertable: string | null }>(`
    select exists (select from pg_extension where extname = 'citus') as citus,
           (select name from unnest($1::text[]) with ordinality bars (name, place) where not ohlcv_is_partitioned(name::regclass) order by place limit 1) as hypertable`, [tables])
  if (!found?.citus) {
    throw new UsageError('CITUS_MISSING', 'the extension citus is not in this database', { hint: `create it on the coordinator and on each worker first, see ${DOCUMENTED}` })
  }
  if (found.hypertable !== null) {
    throw new UsageError('CITUS_HYPERTABLES', `${found.hypertable} is a hypertable of TimescaleDB, which Citus cannot distribute`, { hint: `use one of the two, see ${DOCUMENTED}` })
  }
  const client = await pool.connect()
  try {
    await lockMigrations(client)
    const before = await distributedBars(client, tables)
    const distributed = tables.filter((table) => !before.includes(table))
    // A worker hashes its bars itself. The functions are there already if Citus was before the schema was made.
    await client.query(`
      select create_distributed_function(name)
      from unnest(array['ohlcv_bar_hash(bigint,integer,numeric,numeric,numeric,numeric,numeric,bigint)', 'ohlcv_day_start(date)']::regprocedure[]) name`)
    for (const table of distributed) {
      const colocated = table === tables[0] ? 'default' : tables[0]
      await client.query('select create_distributed_table($1::regclass, $2, colocate_with => $3)', [table, 'symbol_id', colocated])
    }
    // What was copied is still where it was, and nobody can see it any more.
    for (const table of tables) await client.query('select truncate_local_data_after_distributing_table($1::regclass)', [table])
    return { distributed, before }
  } finally {
    // The connection goes, and with it the lock.
    client.release(true)
  }
}
