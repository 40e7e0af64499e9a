import { createCalendar } from '../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import { addDays } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { listDividends, listSplits, toldDates, type ActionFilter, type ListedDividend, type ListedSplit } from '../../store/actions/list.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { conflictsOf, type Conflict } from './conflicts.js'

/** Splits and dividends as each source tells them, and where they contradict each other. */
export interface ActionList {
  splits: ListedSplit[]
  dividends: ListedDividend[]
  conflicts: Conflict[]
}

/** What is known of splits and dividends. */
export async function listActions(db: Queryable, filter: ActionFilter): Promise<ActionList> {
  const [splits, dividends, told] = [await listSplits(db, filter), await listDividends(db, filter), await toldDates(db, filter)]
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(db, DEFAULT_EXCHANGE.code))
  const conflicts = conflictsOf(splits, dividends, told, (a, b) => calendar.sessions({ start: addDays(a, 1), end: b }).length)
  return { splits, dividends, conflicts }
}
