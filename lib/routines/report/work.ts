import type { Queryable } from '../../postgres/database.js'
import { commandWork, fetchWork, providerHealth, resourcesOf, slowestDates, type CommandWork, type DateWork, type FetchWork, type ProviderHealth, type Resources } from '../../store/quality/report-work.js'

/** What ran since an instant, how long it took and what it took it from. */
export interface Work {
  commands: CommandWork[]
  dates: DateWork[]
  fetches: FetchWork[]
  health: ProviderHealth[]
  resources: Resources
}

/** What should be changed, with the figures that say so. */
export type Advice =
  | { kind: 'long_run'; command: string; runId: number; ms: number }
  | { kind: 'slow_date'; dataset: string; date: string; ms: number; usual: number }
  | { kind: 'slow_provider'; provider: string; timespan: string; median: number }
  | { kind: 'rate_limited'; provider: string; rateLimited: number; requests: number }
  | { kind: 'failing'; provider: string; failed: number; requests: number }
  | { kind: 'memory'; hit: number; read: number }
  | { kind: 'dead_rows'; table: string; dead: number; rows: number }
  | { kind: 'not_analyzed'; table: string }
  | { kind: 'temporary'; bytes: number }

/** The longest that the daily work may take: two hours. */
export const LONGEST_RUN = 2 * 60 * 60 * 1000
/** A date is slow that takes so many times what is usual, and so many milliseconds. */
const SLOW_DATE = { times: 3, atLeast: 10_000 }
const SLOW_ANSWER = 5000
/** From so many of something on a share of it is worth advice. */
const ENOUGH_REQUESTS = 100
const ENOUGH_ROWS = 100_000
const ENOUGH_BLOCKS = 100_000
const MOST_TEMPORARY = 10 * 1024 ** 3

/** What ran since an instant, and what the database takes. */
export async function workSince(db: Queryable, since: Date, most: number): Promise<Work> {
  return {
    commands: await commandWork(db, since), dates: await slowestDates(db, since, most), fetches: await fetchWork(db, since), health: await providerHealth(db, since),
    resources: await resourcesOf(db, most),
  }
}

/** What the figures say should be changed; docs/REPORT.md has when. */
export function adviceOf({ commands, dates, fetches, health, resources: { blocksHit: hit, blocksRead: read, temporaryBytes, tables } }: Work): Advice[] {
  return [
    ...commands.flatMap(({ command, longest: ms, longestRun: runId }): Advice[] => (ms > LONGEST_RUN && runId !== null ? [{ kind: 'long_run', command, runId, ms }] : [])),
    ...dates.filter(({ ms, usual }) => ms > SLOW_DATE.times * usual && ms >= SLOW_DATE.atLeast).map(({ dataset, date, ms, usual }): Advice => ({ kind: 'slow_date', dataset, date, ms, usual })),
    ...fetches.filter(({ median }) => median > SLOW_ANSWER).map(({ provider, timespan, median }): Advice => ({ kind: 'slow_provider', provider, timespan, median })),
    ...health.flatMap(({ provider, requests, failed, rateLimited }): Advice[] => [
      ...(requests >= ENOUGH_REQUESTS && 100 * rateLimited > requests ? [{ kind: 'rate_limited', provider, rateLimited, requests } as const] : []),
      ...(requests >= ENOUGH_REQUESTS && 20 * (failed - rateLimited) > requests ? [{ kind: 'failing', provider, failed: failed - rateLimited, requests } as const] : []),
    ]),
    ...(hit + read >= ENOUGH_BLOCKS && 10 * hit < 9 * (hit + read) ? [{ kind: 'memory', hit, read } as const] : []),
    ...tables.filter(({ rows, deadRows }) => rows >= ENOUGH_ROWS && 5 * deadRows > rows).map(({ name, deadRows, rows }): Advice => ({ kind: 'dead_rows', table: name, dead: deadRows, rows })),
    ...tables.filter(({ rows, analyzed }) => rows >= ENOUGH_ROWS && !analyzed).map(({ name }): Advice => ({ kind: 'not_analyzed', table: name })),
    ...(temporaryBytes > MOST_TEMPORARY ? [{ kind: 'temporary', bytes: temporaryBytes } as const] : []),
  ]
}
