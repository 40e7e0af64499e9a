import type pg from 'pg'
import { readMigrations } from './migrate.js'

/** A table as far as `db info` tells. */
export interface TableSize {
  name: string
  rows: number
  /** True where the count is the statistics' guess: bars are too many to count. */
  estimated: boolean
  bytes: number
}

/** The names that our migrations give to objects of a kind: constants of our own, safe to be put into SQL. */
function namesOf(kind: 'table' | 'view' | 'function'): string[] {
  const pattern = new RegExp(String.raw`^create (?:or replace )?${kind} (?:if not exists )?([a-z_]\w*)`, 'gm')
  return [...new Set(readMigrations().flatMap(({ sql }) => [...sql.matchAll(pattern)].map(([, name = '']) => name)))]
}

async function presentTables(db: pg.Pool): Promise<{ name: string; partitioned: boolean; bytes: number; guess: number }[]> {
  const { rows } = await db.query<{ name: string; partitioned: boolean; bytes: number; guess: number }>(`
    select c.relname as name, c.relkind = 'p' as partitioned,
      coalesce(sum(pg_total_relation_size(t.relid)), 0)::bigint as bytes,
      coalesce(sum(greatest(leaf.reltuples, pg_stat_get_live_tuples(leaf.oid), 0)), 0)::bigint as guess
    from pg_class c
    cross join lateral (select relid from pg_partition_tree(c.oid) union select c.oid) t
    join pg_class leaf on leaf.oid = t.relid
    where c.oid in (select to_regclass(name) from unnest($1::text[]) name)
    group by c.relname, c.relkind
    order by c.relname`, [namesOf('table')])
  return rows
}

/** The tables of the schema that are there, with their rows and sizes, indexes included. */
export async function tableSizes(db: pg.Pool): Promise<TableSize[]> {
  const sizes: TableSize[] = []
  for (const { name, partitioned, bytes, guess } of await presentTables(db)) {
    if (partitioned) sizes.push({ name, rows: guess, estimated: true, bytes })
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
    const names = kind === 'table' ? [...namesOf(kind), 'schema_migrations'] : namesOf(kind)
    return names.length === 0 ? [] : [`drop ${kind} if exists ${names.join(', ')};`]
  })
  await pool.query(`begin; set local lock_timeout = '10s'; ${drops.join(' ')} commit;`)
}
