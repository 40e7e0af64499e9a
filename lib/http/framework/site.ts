import type pg from 'pg'
import type { Logger } from 'pino'
import { createCalendar, type Calendar } from '../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import type { PublicationRule } from '../../calendar/publication.js'
import type { ProviderLimits } from '../../providers/limits.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import type { Tokens } from './access.js'
import type { Version } from './version.js'

/** What somebody with a token wants done. */
export interface ActRequest {
  action: string
  request: Readonly<Record<string, unknown>>
  requestedBy: string
  idempotencyKey: string | null
}

/** What a client may take. */
export interface Limits {
  /** Requests a minute of one client. */
  perMinute: number
  /** Bytes of a body. */
  body: number
  /** Connections open at once. */
  connections: number
  /** Bytes of answers that are kept. */
  kept: number
  /** Milliseconds that an answer which is dear to make may be behind. */
  behind: number
  /** Milliseconds within which the database is asked only once whether anything was written. */
  versionAge: number
}

/** As they are unless set. */
export const LIMITS: Limits = { perMinute: 600, body: 64 * 1024, connections: 4096, kept: 64 * 1024 ** 2, behind: 10_000, versionAge: 1000 }

/** What the service works in, made once by who starts it; nothing of what it is asked. */
export interface Site {
  /** Connections of a reader: nothing can be written on them, and no statement takes long. */
  pool: pg.Pool
  /** The same, for answers that look at many bars: however many of these are asked for and however long they take, others find a connection. */
  details: pg.Pool
  /** The same, for what takes no time and has to be known however much is asked at once: whether the database answers, and whether anything was written. */
  pulse: pg.Pool
  /** What the database has come to. */
  version: Version
  log: Logger
  /** The clock. */
  now: () => Date
  /** The exchange's sessions, with what the user keeps about them. */
  calendar: () => Promise<Calendar>
  /** When day files are there. */
  publication: PublicationRule
  /** Minutes of lag above which data is stale. */
  staleAfter: number
  /** Percent of the usual number of bars below which a date is thin. */
  thinBelow: number
  /** Symbols that the summary tells of. */
  watch: readonly string[]
  /** How often providers may be asked. */
  providerLimits: () => Promise<readonly ProviderLimits[]>
  tokens: Tokens
  limits: Limits
  /** Whether, and from whom, `X-Forwarded-For` is believed: false, or the addresses of proxies. */
  trustProxy: boolean | string
  /** Whether what is shown is made up, for people who want to see what this is. */
  demo: boolean
  /** Has something done by a process of its own. */
  act: (request: ActRequest) => Promise<{ actionId: number; existing: boolean }>
}

/** The calendar, made anew only when what the user keeps about it has changed, and that looked up only when anything has: making one takes longer than asking. */
export function keptCalendar(pool: pg.Pool, version: Version): () => Promise<Calendar> {
  let kept: { version: string; overrides: string; calendar: Calendar } | undefined
  return async () => {
    const current = await version.current()
    if (kept?.version === current) return kept.calendar
    const overrides = await listOverrides(pool, DEFAULT_EXCHANGE.code)
    const text = JSON.stringify(overrides)
    kept = { version: current, overrides: text, calendar: kept?.overrides === text ? kept.calendar : createCalendar(DEFAULT_EXCHANGE, overrides) }
    return kept.calendar
  }
}
