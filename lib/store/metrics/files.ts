import type { Queryable } from '../../postgres/database.js'

/** What was ever loaded of a kind of day files by one provider: of `lineage`, from which nothing is taken away, so that none of it ever shrinks. */
export interface FileFigures {
  dataset: string
  provider: string
  loads: number
  /** As the files came. */
  bytes: number
  /** What became of the rows of all files: each is one of these. */
  inserted: number
  updated: number
  unchanged: number
  rejected: number
  unknown: number
  notSelected: number
  duplicates: number
  /** Bars that a later version of a file lacked. */
  removed: number
  /** When the last was committed, in seconds of Unix. */
  lastLoad: number
}

/** What was ever loaded, by kind and provider. */
export async function fileFigures(db: Queryable): Promise<FileFigures[]> {
  const { rows } = await db.query<FileFigures>(`
    select dataset, provider, count(*) as loads, sum(size_bytes)::bigint as bytes, sum(inserted)::bigint as inserted, sum(updated)::bigint as updated, sum(unchanged)::bigint as unchanged,
           sum(rejected)::bigint as rejected, sum(unknown)::bigint as unknown, sum(not_selected)::bigint as "notSelected", sum(duplicates)::bigint as duplicates, sum(removed)::bigint as removed,
           extract(epoch from max(committed_at))::double precision as "lastLoad"
    from lineage
    group by dataset, provider
    order by dataset, provider`)
  return rows
}

/** How many bars of files each kind has. */
export async function fileBars(db: Queryable): Promise<{ dataset: string; bars: number }[]> {
  const { rows } = await db.query<{ dataset: string; bars: number }>('select dataset, sum(row_count)::bigint as bars from days group by dataset order by dataset')
  return rows
}

/** How large the database is, and when its first table was made. */
export async function databaseFigures(db: Queryable): Promise<{ bytes: number; made: Date }> {
  const { rows: [row] } = await db.query<{ bytes: number; made: Date }>('select pg_database_size(current_database()) as bytes, min(applied_at) as made from schema_migrations')
  return row!
}
