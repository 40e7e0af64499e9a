import { createHash } from 'node:crypto'
import type { IsoDate } from '../../../domain/dates.js'
import type { BarDate, Mark, Staleness } from '../../../store/quality/marks.js'
import { SESSIONS_AFTER, SESSIONS_BEFORE, type Rule, type Thresholds } from '../rules/rule.js'
import type { Sessions } from './sessions.js'

/** What tells rules and what they are asked with from others. */
export function versionOf(rules: readonly Rule[], version: number, thresholds: Thresholds): string {
  return JSON.stringify([version, ...rules.map(({ name, weight, thresholds: names }) => [name, weight, ...names.map((setting) => thresholds[setting])])])
}

function seenOf({ date, version }: BarDate, rules: string, sessions: Sessions): string {
  return createHash('sha256').update(`${version}|${sessions.patternOf(date)}|${rules}`).digest('base64url')
}

/** The dates in whose windows one of these is, themselves left out. */
function around(dates: readonly IsoDate[], centres: ReadonlySet<IsoDate>, sessions: Sessions): IsoDate[] {
  const numbers = [...centres].flatMap((date) => sessions.numberOf(date) ?? []).sort((a, b) => a - b)
  const found: IsoDate[] = []
  let next = 0
  for (const date of dates) {
    const number = sessions.numberOf(date)
    if (number === undefined || centres.has(date)) continue
    // The first that is not too far back: they rise with the dates.
    while (next < numbers.length && numbers[next]! < number - SESSIONS_BEFORE) next++
    if (next < numbers.length && numbers[next]! <= number + SESSIONS_AFTER) found.push(date)
  }
  return found
}

/** What is stale, by the marks there are and the dates that have bars, both in order of dates. */
export function staleness(marks: readonly Mark[], dates: readonly BarDate[], rules: string, sessions: Sessions): Omit<Staleness, 'identitySeq'> {
  const known = new Map(marks.map(({ date, seen }) => [date, seen]))
  const changed = dates.flatMap((date) => {
    const seen = seenOf(date, rules, sessions)
    return known.get(date.date) === seen ? [] : [{ date: date.date, seen }]
  })
  const there = new Set(dates.map(({ date }) => date))
  const gone = marks.flatMap(({ date }) => (there.has(date) ? [] : [date]))
  return { changed, gone, unjudged: around(dates.map(({ date }) => date), new Set([...changed.map(({ date }) => date), ...gone]), sessions) }
}
