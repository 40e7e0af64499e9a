import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** How many requests a provider takes in each window; null where that is not limited. Days and months are those of UTC. */
export interface QuotaLimits {
  perSecond: number | null
  perMinute: number | null
  perDay: number | null
  perMonth: number | null
}

/** A request that may be sent once the wait is over, which began when the server was asked. */
export interface Reservation {
  requestId: number
  waitMs: number
}

/** A limit that leaves nothing until it is renewed. */
export interface UsedUp {
  period: 'day' | 'month'
  used: number
  renewed: Date
}

/**
 * Reserves requests, in one round trip: as many of those wanted as there are left, and which limit was in the way of the others;
 * and how long that took the server, which is longest for the first question of a session and while others reserve.
 */
export async function reserve(
  db: Queryable, provider: string, { perSecond, perMinute, perDay, perMonth }: QuotaLimits, wanted: number,
): Promise<{ reserved: Reservation[]; usedUp: UsedUp | null; tookMs: number }> {
  const { rows: [row] } = await db.query<{ requests: string[]; waits: number[]; period: UsedUp['period'] | null; used: number; renewed: Date; took: number }>(
    `select requests::text[], waits, used_up as period, used, renewed, (extract(epoch from clock_timestamp() - statement_timestamp()) * 1000)::double precision as took
     from ohlcv_reserve_requests($1, $2, $3, $4, $5, $6)`,
    [provider, wanted, perSecond, perMinute, perDay, perMonth],
  )
  const { requests, waits, period, used, renewed, took } = row!
  return {
    reserved: requests.map((request, index) => ({ requestId: Number(request), waitMs: waits[index]! })),
    usedUp: period && { period, used, renewed },
    tookMs: took,
  }
}

/** Gives back requests that were never sent. */
export async function giveBack(db: Queryable, provider: string, requestIds: readonly number[]): Promise<void> {
  await db.query('select ohlcv_give_back_requests($1, $2)', [provider, requestIds])
}

/** How many requests to a provider the windows up to now hold, and those that are reserved for later. */
export interface QuotaUse {
  second: number
  minute: number
  day: number
  month: number
}

/** What is used of each provider that was ever asked. */
export async function quotaUse(db: Queryable): Promise<Map<string, QuotaUse>> {
  const { rows } = await db.query<QuotaUse & { provider: string }>(`
    with clock as (select clock_timestamp() as now, (clock_timestamp() at time zone 'UTC')::date as today)
    select provider, sum(second)::bigint as second, sum(minute)::bigint as minute, sum(day)::bigint as day, sum(month)::bigint as month
    from clock, lateral (
      select provider, count(*) filter (where reserved_for > now - interval '1 second') as second, count(*) as minute, 0 as day, 0 as month
      from provider_requests
      where reserved_for > now - interval '1 minute'
      group by provider
      union all
      select provider, 0, 0, case when period = 'day' and starts = today then used else 0 end,
             case when period = 'month' and starts = date_trunc('month', today::timestamp)::date then used else 0 end
      from provider_quota
    ) uses
    group by provider`)
  return new Map(rows.map(({ provider, ...use }) => [provider, use]))
}

/** How many requests to providers are counted of the day and the month of a date of UTC. */
export async function quotaUsedOn(db: Queryable, date: IsoDate): Promise<{ provider: string; period: UsedUp['period']; used: number }[]> {
  const { rows } = await db.query<{ provider: string; period: UsedUp['period']; used: number }>(`
    select provider, period, used from provider_quota
    where (period = 'day' and starts = $1::date) or (period = 'month' and starts = date_trunc('month', $1::date::timestamp)::date)
    order by provider, period`, [date])
  return rows
}
