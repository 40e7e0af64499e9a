import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Scope } from './merge.js'

/** Makes the partitions that hold these dates; returns how many were missing. */
export async function ensurePartitions(db: pg.ClientBase | pg.Pool, { table }: Dataset, first: IsoDate, last: IsoDate): Promise<number> {
  const { rows } = await db.query<{ made: number }>(`select ${table}_ensure_partitions($1, $2) as made`, [first, last])
  return rows[0]!.made
}

/** Has an index that takes in new pages on demand only take in those of the date. To be called when it is committed; nothing but speed depends on it. */
export async function summarize(client: pg.ClientBase, { dataset: { summarize }, date }: Pick<Scope, 'dataset' | 'date'>): Promise<void> {
  if (summarize !== null) await client.query(`select ${summarize}($1)`, [date])
}
