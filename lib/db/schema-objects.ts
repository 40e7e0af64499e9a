import type pg from 'pg'
import { DATASETS } from '../domain/dataset.js'
import { readMigrations } from './migrate.js'

/** A table as far as `db info` tells. */
export interface TableSize {
  name: string
  rows: number
  /** True where the count is the statistics' guess: bars are too many to count. */
  estimated: boolean
  bytes: number
}

const BARS = DATASETS.map(({ table }) => table)

/** The names that our migrations give to objects of a kind: constants of our own, safe to be put into SQL. */
function namesOf(kind: 'table' | 'view' | 'function'): string[] {
  const pattern = new RegExp(String.raw`^create (?:or replace )?${kind} (?:if not exists )?([a-z_]\w*)`, 'gm')
  const written = readMigrations().flatMap(({ sql }) => [...sql.matchAll(pattern)].map(([, name = '']) => name))
  return [...new Set(kind === 'table' ? [...BARS, ...written, 'schema_migrations'] : written)]
}

/** The tables there are, with all that inherits from them: partitions, or a hypertable's chunks. */
async function presentTables(db: pg.Pool): Promise<{ name: string; bytes: number; guess: number }[]> {
  const { rows } = await db.query<{ name: string; bytes: number; guess: number }>(`
    with recursive part (name, oid) as (
      select relname, oid from pg_class where oid in (select to_regclass(name) from unnest($1::text[]) name)
      union all
      select part.name, inhrelid from part join pg_inherits on inhparent = part.oid
    )
    select name, sum(pg_total_relation_size(oid))::bigint as bytes,
      sum(greatest(pg_stat_get_live_tuples(oid), case when relkind = 'r' then reltuples end, 0))::bigint as guess
    from part join pg_class using (oid)
    group by name
    order by name`, [namesOf('table')])
  return rows
}

/** The tables of the schema that are there, with their rows and sizes, indexes included. */
export async function tableSizes(db: pg.Pool): Promise<TableSize[]> {
  const sizes: TableSize[] = []
  for (const { name, bytes, guess } of await presentTables(db)) {
    if (BARS.includes(name)) sizes.push({ name, rows: guess, estimated: true, bytes })
    else {
      const { rows } = await db.query<{ count: number }>(`select count(*) from ${name}`)
      sizes.push({ name, rows: rows[0]?.count ?? 0, estimated: false, bytes })
    }
  }
  return sizes
}

/**
 * Drops what the migrations made, all of it or nothing. What others built on it is not dropped, it makes this fail.
 */
export async function dropSchema(pool: pg.Pool): Promise<void> {
  const drops = (['view', 'table', 'function'] as const).flatMap((kind) => {
    const names = namesOf(kind)
    return names.length === 0 ? [] : [`drop ${kind} if exists ${names.join(', ')};`]
  })
  await pool.query(`begin; set local lock_timeout = '10s'; ${drops.join(' ')} commit;`)
}
