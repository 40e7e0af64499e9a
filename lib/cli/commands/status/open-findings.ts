import { DAY_AGGS } from '../../../datasets/day.js'
import type { Dataset } from '../../../datasets/dataset.js'
import { counted } from '../../../documents/figures.js'
import type { DateRange } from '../../../domain/dates.js'
import type { Queryable } from '../../../postgres/database.js'
import { openFindings } from '../../../store/quality/findings-list.js'

/** How many findings of quality are open on the dates; null for bars that its rules do not judge. */
export async function openFindingsOf(db: Queryable, { name }: Dataset, range: DateRange): Promise<number | null> {
  return name === DAY_AGGS.name ? openFindings(db, range) : null
}

/** The same for people, with the command that shows them. */
export function openFindingsText(findings: number, { start, end }: DateRange): string {
  return `${counted(findings, 'open finding')} of quality: ohlcv quality findings --start ${start} --end ${end}`
}
