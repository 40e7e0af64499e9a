import { addDays, addMonths, firstOfMonth, type DateRange, type IsoDate } from '../../../domain/dates.js'
import type { Universe } from '../../../domain/universe.js'
import { findingsOfRule } from '../../../store/quality/findings.js'
import { writeScores } from '../../../store/quality/log.js'
import type { QueryRule, Thresholds } from '../rules/rule.js'
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

/** Has a statement judge a range: what it does not find any more in it is resolved. One transaction of the caller's. */
export async function judgeByQuery(writing: Writing, rule: QueryRule, range: DateRange, thresholds: Thresholds, universe: Universe): Promise<void> {
  const { client, weights } = writing
  const found = (await rule.find(client, range, thresholds)).flatMap((one): NamedFound[] => {
    // What lies outside its listing has no name then: it is told by the last that the security had.
    const symbol = one.symbolId === null ? null : nameOn(universe, one.symbolId, one.date) ?? nameOn(universe, one.symbolId, one.lastDate) ?? universe.rangesOf(one.symbolId).at(-1)?.symbol
    return symbol === undefined ? [] : [{ ...one, rule: rule.name, symbol }]
  })
  const stored = await findingsOfRule(client, rule.name, range)
  const changes = changesOf(stored, found, () => null)
  await writeFindings(writing, changes, rule.timespan)
  if (rule.weight === 0) return
  const dates = [...changes.inserted, ...changes.updated].map(({ date }) => date)
  await writeScores(client, [...new Set(dates)], weights)
}
