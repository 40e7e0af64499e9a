import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { SecurityDate } from './gaps.js'

/** After so many tries in vain no source is believed to have a bar. */
const TRIES = 3

/** In the place of a security: the date as a whole. */
export const EVERY_SECURITY = 0

/** How often a bar was looked for in vain, or the file and the bars of a date. */
export interface GapTries extends SecurityDate {
  tries: number
  /** Since when no source is believed to have it. */
  closedAt: Date | null
}

/** What is written down of tries on dates of the range. */
export async function gapTries(db: Queryable, { start, end }: DateRange): Promise<GapTries[]> {
  const { rows } = await db.query<GapTries>(`
    select symbol_id as "symbolId", date, tries, closed_at as "closedAt" from gap_tries where date between $1 and $2`, [start, end])
  return rows
}

/** A try in vain. */
export interface FailedTry extends SecurityDate {
  /** Why there is no bar. */
  code: string
}

/**
 * Counts tries in vain, each of which ended at the same moment; those after which no source is believed to have a bar are closed. Who else tried since `began` has
 * counted already. Returns how often each was tried by now.
 */
export async function countTries(db: Queryable, failed: readonly FailedTry[], began: Date, at: Date): Promise<GapTries[]> {
  if (failed.length === 0) return []
  const { rows } = await db.query<GapTries>(`
    insert into gap_tries as g (symbol_id, date, tries, code, tried_at)
    select symbol_id, date, 1, code, $5 from unnest($1::integer[], $2::date[], $3::text[]) f (symbol_id, date, code)
    on conflict (symbol_id, date) do update
       set tries = g.tries + 1, code = excluded.code, tried_at = excluded.tried_at, closed_at = case when g.tries + 1 >= $6 then excluded.tried_at end
     where g.tried_at < $4
    returning symbol_id as "symbolId", date, tries, closed_at as "closedAt"`,
  [failed.map(({ symbolId }) => symbolId), failed.map(({ date }) => date), failed.map(({ code }) => code), began, at, TRIES])
  return rows
}

/** Forgets the tries of bars that are there by now, and of dates that are loaded. */
export async function forgetTries(db: Queryable, { name, table }: Dataset): Promise<void> {
  await db.query(`
    delete from gap_tries g
    where exists (select from ${table} b where b.symbol_id = g.symbol_id and b.time = g.date)
       or (g.symbol_id = ${EVERY_SECURITY} and exists (select from days d where d.dataset = $1 and d.date = g.date))`, [name])
}
