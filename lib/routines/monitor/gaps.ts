import type { Situation } from '../../features/alerts/situation.js'
import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Absence } from '../../store/quality/lately.js'

/** A gap is told of from so many sessions in a row on. */
const LEAST_SESSIONS = 2

/** The longest run of sessions among these, each following the one before; the latest of those that are equally long. */
function longestRun(places: readonly number[]): number[] {
  let [longest, run]: [number[], number[]] = [[], []]
  for (const place of places) {
    run = place - 1 === run.at(-1) ? [...run, place] : [place]
    if (run.length >= longest.length) longest = run
  }
  return longest
}

/** Securities that lack bars of more than one session in a row of those judged. What no source has is told of watched ones alone: others do not trade any more, or did not. @param sessions that were judged, in order */
export function gapsOf(absent: readonly Absence[], sessions: readonly IsoDate[], watch: readonly string[]): Situation['gaps'] {
  const bySymbol = new Map<string, number[]>()
  for (const { symbol, date, isSourceless } of absent) {
    if (isSourceless && !watch.includes(symbol)) continue
    bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), sessions.indexOf(date)])
  }
  return [...bySymbol].flatMap(([symbol, places]) => {
    const run = longestRun(places)
    if (run.length < LEAST_SESSIONS) return []
    return [{ symbol, dataset: DAY_AGGS.name, dates: run.map((place) => sessions[place]!), isOver: run.at(-1)! < sessions.length - 1, isWatched: watch.includes(symbol) }]
  })
}
