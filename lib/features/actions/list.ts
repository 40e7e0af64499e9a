import { createCalendar } from '../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import { addDays, type IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { listDividends, listSplits, toldDates, type ActionFilter, type ListedDividend, type ListedSplit } from '../../store/actions/list.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { conflictsOf, MOST_DAYS_APART, type Conflict } from './conflicts.js'

/** Splits and dividends as each source tells them, and where they contradict each other. */
export interface ActionList {
  splits: ListedSplit[]
  dividends: ListedDividend[]
  conflicts: Conflict[]
}

/** What is known of splits and dividends. */
export async function listActions(db: Queryable, filter: ActionFilter): Promise<ActionList> {
  // What is told of dates close by belongs to what is looked at.
  const around = { ...filter, start: filter.start && addDays(filter.start, -MOST_DAYS_APART), end: filter.end && addDays(filter.end, MOST_DAYS_APART) }
  const [splits, dividends, told] = [await listSplits(db, around), await listDividends(db, around), await toldDates(db, around)]
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(db, DEFAULT_EXCHANGE.code))
  const conflicts = conflictsOf(splits, dividends, told, (a, b) => calendar.sessions({ start: addDays(a, 1), end: b }).length)
  const isWithin = ({ exDate }: { exDate: IsoDate }) => (filter.start === null || filter.start <= exDate) && (filter.end === null || exDate <= filter.end)
  return { splits: splits.filter(isWithin), dividends: dividends.filter(isWithin), conflicts: conflicts.filter(isWithin) }
}
