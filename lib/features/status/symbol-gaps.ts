import type { Calendar } from '../../calendar/calendar.js'
import type { Queryable } from '../../postgres/database.js'
import { barSpan, datesWithoutBar, filledDates } from '../../store/bars/of-security.js'
import { loadedDates } from '../../store/ledger/days.js'
import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange } from '../../domain/dates.js'

/** Consecutive sessions without a bar. */
export interface Gap extends DateRange {
  sessions: number
}

/** A security's bars against the calendar, between its first and its last. */
export interface SymbolGaps {
  span: DateRange
  bars: number
  /** Those of them that a provider gave where no file has spoken. */
  fills: number
  sessions: number
  /** Loaded sessions on which it has no bar. */
  gaps: Gap[]
  /** Sessions that are not loaded and have no fill, so that nothing can be said. */
  notLoaded: Gap[]
}

/** A security's gaps; undefined when it has no bar at all. */
export async function symbolGaps(db: Queryable, { dataset, symbolId, calendar }: { dataset: Dataset; symbolId: number; calendar: Calendar }): Promise<SymbolGaps | undefined> {
  const span = await barSpan(db, dataset, symbolId)
  if (!span) return undefined
  const { bars, fills, ...range } = span
  const [absent, loaded, filled] = await Promise.all([
    datesWithoutBar(db, dataset, symbolId, range), loadedDates(db, dataset.name, range), fills > 0 ? filledDates(db, dataset, symbolId, range) : [],
  ])
  const [isAbsent, isKnown] = [new Set(absent), new Set([...loaded, ...filled])]
  const sessions = calendar.sessions(range)
  const found: Record<'gaps' | 'notLoaded', Gap[]> = { gaps: [], notLoaded: [] }
  let [open, kind]: [Gap | undefined, 'gaps' | 'notLoaded' | undefined] = [undefined, undefined]
  for (const { date } of sessions) {
    const now = isAbsent.has(date) ? 'gaps' : isKnown.has(date) ? undefined : 'notLoaded'
    if (now !== undefined && now === kind && open) {
      open.end = date
      open.sessions++
    } else {
      open = now && { start: date, end: date, sessions: 1 }
      if (now && open) found[now].push(open)
    }
    kind = now
  }
  return { span: range, bars, fills, sessions: sessions.length, ...found }
}
