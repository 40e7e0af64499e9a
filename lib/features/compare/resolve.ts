import { createCalendar, type Calendar, type Session } from '../../calendar/calendar.js'
import { rangeOf } from '../../calendar/chosen-dates.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import type { DateRange } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import { BAR_SOURCES } from '../../providers/authority.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { securitiesCalled } from '../../store/universe/securities-called.js'
import type { Runtime } from '../runs/runtime.js'
import type { Side } from './comparison.js'
import type { AggregatesComparison } from './request.js'

/** Whose bars there may be, by a name of theirs. @throws UsageError PROVIDER_UNKNOWN */
export function sourceNamed(name: string): Side {
  const stored = BAR_PROVIDERS.find(({ aliases }) => aliases.includes(name))?.name ?? name
  const found = BAR_SOURCES.find((source) => source.name === stored)
  if (found !== undefined) return { name: found.name, basis: found.basis }
  throw new UsageError('PROVIDER_UNKNOWN', `there is no provider "${name}"`, { hint: `there are: ${BAR_SOURCES.map((source) => source.name).join(', ')}` })
}

/** What a comparison comes to, here and now. */
export interface ResolvedComparison {
  range: DateRange
  calendar: Calendar
  /** Those of its dates that have begun. */
  sessions: Session[]
  /** Null: every security that the judged side has bars of. */
  symbolIds: number[] | null
}

/** @throws UsageError when the calendar does not know the dates, or the universe a symbol */
export async function resolveComparison({ db, now }: Runtime, { dates, symbols }: Pick<AggregatesComparison, 'dates' | 'symbols'>): Promise<ResolvedComparison> {
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(db.pool, DEFAULT_EXCHANGE.code))
  const range = rangeOf(dates, calendar, now())
  const sessions = calendar.sessions(range).filter(({ open }) => open <= now())
  if (symbols === 'all') return { range, calendar, sessions, symbolIds: null }
  return { range, calendar, sessions, symbolIds: await securitiesCalled(db.pool, symbols, range) }
}

/** That there is nothing to compare. */
export function nothingToCompare(what: string, { start, end }: DateRange, { symbols }: Pick<AggregatesComparison, 'symbols'>, hint?: string): UsageError {
  return new UsageError('COMPARE_NOTHING', `${what} from ${start} to ${end}${symbols === 'all' ? '' : ` of ${symbols.join(', ')}`}, so there is nothing to compare`, hint === undefined ? {} : { hint })
}
