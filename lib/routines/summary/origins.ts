import type pg from 'pg'
import type { Calendar } from '../../calendar/calendar.js'
import type { Timespan } from '../../datasets/timespan.js'
import type { DateRange } from '../../domain/dates.js'
import { lineageOf, type OriginRange } from '../../features/lineage/lineage.js'
import { inSnapshot } from '../../postgres/transactions.js'
import { securityNamed, type Named } from '../../store/universe/security-named.js'

/**
 * Where the bars came from of the security that a symbol names now, or named last, as of one moment.
 * @throws UsageError where the universe lacks the symbol
 */
export async function originsOf(pool: pg.Pool, asked: string, timespan: Timespan, range: DateRange, calendar: Calendar): Promise<{ named: Named; ranges: OriginRange[] }> {
  return inSnapshot(pool, async (client) => {
    const named = await securityNamed(client, asked, null)
    return { named, ranges: await lineageOf(client, timespan, named.security.symbolId, range, calendar) }
  })
}
