import type pg from 'pg'
import { COUNT_NAMES, type Counts } from '../../domain/counts.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** One committed day load, as it goes into `lineage`. */
export interface Lineage {
  dataset: string
  date: IsoDate
  runId: number
  provider: string
  objectKey: string
  version: string
  sizeBytes: number
  sha256: string
  pulledAt: Date
  counts: Counts
  rulesVersion: number
  identitySeq: number
  /** The symbols of an override; null when the load speaks for the whole date. */
  symbols: readonly string[] | null
}

type CountColumn = Exclude<keyof Counts, 'notSelected'> | 'not_selected'

const COUNT_COLUMNS = COUNT_NAMES.map((name): CountColumn => (name === 'notSelected' ? 'not_selected' : name))

/** What became of a file's rows, as SQL. */
export const COUNTS = `jsonb_build_object(${COUNT_COLUMNS.map((column) => `'${column}', ${column}`).join(', ')})`

/** Appends a lineage row; returns its load_id. */
export async function appendLineage(client: pg.ClientBase, load: Lineage): Promise<number> {
  const values = [
    load.dataset, load.date, load.runId, load.provider, load.objectKey, load.version, load.sizeBytes, load.sha256, load.pulledAt,
    load.rulesVersion, load.identitySeq, load.symbols === null, load.symbols, ...COUNT_NAMES.map((name) => load.counts[name]),
  ]
  const { rows } = await client.query<{ load_id: number }>(
    `insert into lineage (
       dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at,
       rules_version, identity_seq, authoritative, symbols, ${COUNT_COLUMNS.join(', ')})
     values (${values.map((_, index) => `$${index + 1}`).join(', ')})
     returning load_id`,
    values,
  )
  return rows[0]!.load_id
}

/** Whether a load was committed. To be asked while holding the date's lock: then its transaction has ended. */
export async function isCommitted(client: pg.ClientBase, loadId: number): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select exists (select from lineage where load_id = $1) as there', [loadId])
  return rows[0]!.there
}

/** The load a date stands at. */
export interface DayLineage extends Omit<Lineage, 'dataset' | 'date' | 'counts' | 'identitySeq' | 'symbols'> {
  loadId: number
  committedAt: Date
  rowCount: number
  checksum: string
  /** What became of the file's rows. */
  counts: Record<CountColumn, number>
}

/** The load a date stands at; undefined when it is not loaded. */
export async function dayLineage(db: Queryable, dataset: string, date: IsoDate): Promise<DayLineage | undefined> {
  const { rows } = await db.query<DayLineage>(`
    select l.load_id as "loadId", l.run_id as "runId", l.provider, l.object_key as "objectKey", l.source_identity as "version",
           l.size_bytes as "sizeBytes", l.sha256, l.pulled_at as "pulledAt", l.committed_at as "committedAt", l.rules_version as "rulesVersion",
           d.row_count as "rowCount", d.checksum,
           ${COUNTS} as counts
    from days d join lineage l using (load_id)
    where d.dataset = $1 and d.date = $2`, [dataset, date])
  return rows[0]
}

/** The first and last date any load was committed for; undefined when there is none. */
export async function lineageSpan(db: Queryable, dataset: string): Promise<DateRange | undefined> {
  const { rows } = await db.query<{ start: IsoDate | null; end: IsoDate | null }>(
    'select min(date) as start, max(date) as end from lineage where dataset = $1', [dataset])
  const { start = null, end = null } = rows[0] ?? {}
  return start === null || end === null ? undefined : { start, end }
}
