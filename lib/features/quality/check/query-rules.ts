import { addDays, addMonths, firstOfMonth, type DateRange, type IsoDate } from '../../../domain/dates.js'
import type { Universe } from '../../../domain/universe.js'
import { findingsOfRule } from '../../../store/quality/findings.js'
import { writeScores } from '../../../store/quality/log.js'
import { updateLost } from '../../../store/quality/marks.js'
import type { Found, QueryRule, Thresholds } from '../rules/rule.js'
import { changesOf } from './changes.js'
import type { NamedFound } from './judge.js'
import { nameOn } from './names.js'
import { writeFindings, type Writing } from './write.js'

/** Dates further apart are asked about apart. */
const MOST_APART = 31

/** Most days that a statement is asked about at once. */
const MOST_DAYS = 366

/** The dates in ranges, none too long, each from the month before on: what is found of a week or a month stands at its first day. */
export function piecesOf(dates: readonly IsoDate[]): DateRange[] {
  const pieces: DateRange[] = []
  for (const date of dates) {
    const last = pieces.at(-1)
    if (last !== undefined && date <= addDays(last.end, MOST_APART) && date <= addDays(last.start, MOST_DAYS)) last.end = date
    else pieces.push({ start: last !== undefined && date <= addDays(last.end, MOST_APART) ? addDays(last.end, 1) : addMonths(firstOfMonth(date), -1), end: date })
  }
  return pieces
}

/** What to call a security of which something was found: its symbol then; outside its listing, where it has none, the last that it had. */
function nameFor(universe: Universe, symbolId: number, { date, lastDate }: Pick<Found, 'date' | 'lastDate'>): string | undefined {
  return nameOn(universe, symbolId, date) ?? nameOn(universe, symbolId, lastDate) ?? universe.rangesOf(symbolId).at(-1)?.symbol
}

/** Has a statement judge a range: what it does not find any more in it is resolved. One transaction of the caller's. */
export async function judgeByQuery(writing: Writing, rule: QueryRule, range: DateRange, thresholds: Thresholds, universe: Universe): Promise<void> {
  const { client, weights } = writing
  const found = (await rule.find(client, range, thresholds)).flatMap((one): NamedFound[] => {
    const symbol = one.symbolId === null ? null : nameFor(universe, one.symbolId, one)
    // What begins in another piece is found there.
    return symbol === undefined || one.date < range.start || one.date > range.end ? [] : [{ ...one, rule: rule.name, symbol }]
  })
  const stored = await findingsOfRule(client, rule.name, range)
  const changes = changesOf(stored, found, () => null)
  await writeFindings(writing, changes, rule.timespan)
  if (rule.weight === 0) return
  const dates = [...new Set([...changes.inserted, ...changes.updated].map(({ date }) => date))]
  await writeScores(client, dates, weights)
  await updateLost(client, dates)
}
