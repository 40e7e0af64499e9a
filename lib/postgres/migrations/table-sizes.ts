import type pg from 'pg'
import { distributedBars } from '../citus.js'
import { madeBut } from './made-objects.js'
import { schemaState } from './migrate.js'

/** A table as far as `db info` tells. */
export interface TableSize {
  name: string
  rows: number
  /** True where the count is the statistics' guess: bars are too many to count. */
  estimated: boolean
  bytes: number
}

/** The tables of these names that are there, with all that inherits from them: partitions, or a hypertable's chunks. */
async function presentTables(db: pg.Pool, names: string[]): Promise<{ name: string; bytes: number; guess: number }[]> {
  const { rows } = await db.query<{ name: string; bytes: number; guess: number }>(`
    with recursive part (name, oid) as (
      select relname, oid from pg_class where oid in (select to_regclass(name) from unnest($1::text[]) name) and relkind in ('r', 'p')
      union all
      select part.name, inhrelid from part join pg_inherits on inhparent = part.oid
    )
    select name, sum(pg_total_relation_size(oid))::bigint as bytes,
      sum(greatest(pg_stat_get_live_tuples(oid), case when relkind = 'r' then reltuples end, 0))::bigint as guess
    from part join pg_class using (oid)
    group by name
    order by name`, [names])
  return rows
}

/** TimescaleDB's own figures for those of these tables that are hypertables: compressed chunks are not among what inherits from them. */
async function hypertables(db: pg.Pool, names: string[]): Promise<Map<string, { guess: number; bytes: number }>> {
  const { rows: [there] } = await db.query<{ there: boolean }>(
    `select to_regprocedure('approximate_row_count(regclass)') is not null and to_regprocedure('hypertable_size(regclass)') is not null as there`)
  if (!there?.there) return new Map()
  // Of a table that is no hypertable, hypertable_size says null.
  const { rows } = await db.query<{ name: string; guess: number; bytes: number }>(`
    select name, coalesce(approximate_row_count(name::regclass), 0) as guess, hypertable_size(name::regclass) as bytes
    from unnest($1::text[]) name
    where hypertable_size(name::regclass) is not null`, [names])
  return new Map(rows.map((row) => [row.name, row]))
}

/** Citus's own figures for the tables that it distributes, whose bars are in shards of their partitions. */
async function distributedTables(db: pg.Pool, bars: readonly string[]): Promise<Map<string, { guess: number; bytes: number }>> {
  const names = await distributedBars(db, bars)
  if (names.length === 0) return new Map()
  const { rows } = await db.query<{ name: string; guess: number; bytes: number }>(`
    select name, (
        select coalesce(sum(citus_total_relation_size(inhrelid, false)), 0)::bigint from pg_inherits where inhparent = name::regclass
      ) as bytes, (
        select coalesce(sum(result::bigint), 0)::bigint
        from run_command_on_shards(name::regclass, $2)
      ) as guess
    from unnest($1::text[]) name`,
  [names, `select coalesce(sum(greatest(reltuples, 0)), 0)::bigint from pg_inherits join pg_class on oid = inhrelid where inhparent = '%s'::regclass`])
  return new Map(rows.map((row) => [row.name, row]))
}

/**
 * The tables of the schema that are there, with their rows and sizes, indexes included.
 * @param bars the tables of bars, which are too large to count
 */
export async function tableSizes(db: pg.Pool, bars: readonly string[]): Promise<TableSize[]> {
  const { pending } = await schemaState(db)
  const names = madeBut(pending).filter(({ kind, schema }) => kind === 'relation' && schema === undefined).map(({ name }) => name)
  const present = await presentTables(db, names)
  const figures = new Map([...await hypertables(db, present.map(({ name }) => name).filter((name) => bars.includes(name))), ...await distributedTables(db, bars)])
  const sizes: TableSize[] = []
  for (const { name, bytes, guess } of present) {
    if (bars.includes(name)) {
      const own = figures.get(name)
      sizes.push({ name, rows: Math.max(guess, own?.guess ?? 0), estimated: true, bytes: own?.bytes ?? bytes })
    } else {
      const { rows } = await db.query<{ count: number }>(`select count(*) from ${name}`)
      sizes.push({ name, rows: rows[0]?.count ?? 0, estimated: false, bytes })
    }
  }
  return sizes
}
