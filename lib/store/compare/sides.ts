import { DAY_AGGS } from '../../datasets/day.js'
import type { Timespan, TimespanName } from '../../datasets/timespan.js'
import type { Basis } from '../../domain/basis.js'

// The two sides of a comparison, as common table expressions: `mine` is what is judged, `theirs` what it is held against. Their
// parameters begin at $8; $1 are the securities, $2 and $3 the first and the last time to read.

export interface Sides {
  /** How the bars of `mine` and `theirs` are found. */
  sql: string
  /** By which of its columns, `split` or `total`, the prices of `theirs` are brought to the basis of `mine`; null where they are compared as given. */
  adjust: 'split' | 'total' | null
  /** What comes after a time, as SQL. */
  next: (time: string) => string
  values: unknown[]
}

const ZONE = DAY_AGGS.zone
const VALUES = 'open, high, low, close, volume'

/** Bars of a provider as it gave them, with the date on which it was asked. */
function given(provider: string, basis: string, timespan: TimespanName = 'day'): string {
  return `
    select b.symbol_id, b.time, b.open, b.high, b.low, b.close, b.volume, b.partial, (f.pulled_at at time zone '${ZONE}')::date as pulled_on, false as own, false as lacks
    from provider_bars b left join fetches f using (fetch_id)
    where b.symbol_id = any($1::integer[]) and b.timespan = '${timespan}' and b.provider = ${provider} and b.basis = ${basis} and b.time between $2 and $3`
}

const nextDay = (time: string): string => `${time} + 1`

/** A provider's daily bars against the stored ones, which are brought to its basis. */
export function againstDaily({ name, basis }: { name: string; basis: Basis }): Sides {
  return {
    sql: `
      mine as materialized (${given('$8::text', '$9::text')}
      ), theirs as materialized (
        select symbol_id, time, ${VALUES}, false as partial, null::date as pulled_on, coalesce(filled_by = $8, false) as own, false as lacks
        from ohlcv_daily
        where symbol_id = any($1::integer[]) and time between $2 and $3
      )`,
    adjust: basis === 'none' ? null : basis,
    next: nextDay,
    values: [name, basis],
  }
}

/** A provider's daily bars against those of another, both as given. */
export function againstProvider(provider: { name: string; basis: Basis }, other: { name: string; basis: Basis }): Sides {
  return {
    sql: `
      mine as materialized (${given('$8::text', '$9::text')}
      ), theirs as materialized (${given('$10::text', '$11::text')}
      )`,
    adjust: null,
    next: nextDay,
    values: [provider.name, provider.basis, other.name, other.basis],
  }
}

/** The view that computes a timespan's bars of daily ones. */
export const computedOf = ({ table }: Timespan): string => `${table}_computed`

/**
 * Fetched weeks or months against those that are computed of the stored days.
 * @param sessions how many sessions each of the times in $6 has
 * @param provider whose they are; null: those of the timespan's own table
 */
export function againstComputed(timespan: Timespan, sessions: readonly number[], provider: { name: string; basis: Basis } | null): Sides {
  return {
    sql: `
      mine as materialized (${provider !== null ? given('$9::text', '$10::text', timespan.name) : `
        select symbol_id, time, ${VALUES}, partial, null::date as pulled_on, false as own, false as lacks
        from ${timespan.table}
        where symbol_id = any($1::integer[]) and time between $2 and $3`}
      ), theirs as materialized (
        select c.symbol_id, c.time, c.open, c.high, c.low, c.close, c.volume, c.partial, null::date as pulled_on, false as own, c.sessions < e.sessions as lacks
        from ${computedOf(timespan)} c
        join unnest($6::date[], $8::integer[]) e (time, sessions) using (time)
        where c.symbol_id = any($1::integer[]) and c.time between $2 and $3
      )`,
    adjust: provider === null || provider.basis === 'none' ? null : provider.basis,
    next: (time) => `(${time} + interval '1 ${timespan.name}')::date`,
    values: provider === null ? [sessions] : [sessions, provider.name, provider.basis],
  }
}
