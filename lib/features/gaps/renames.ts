import type { Queryable } from '../../postgres/database.js'
import { unknownSince, type Vanishing } from '../../store/quality/gaps.js'
import type { Read } from './gap.js'
import type { SecurityRun } from './scan.js'

/** Symbols that are named as what a security may be called since. */
const MOST_NAMES = 5

/** What securities may be called since that are gone for good from one session to the next, by the place of the first without them: symbols that came just then. */
export async function namesSince(db: Queryable, { request: { dataset }, sessions: { dates, known }, loaded }: Read, runs: readonly SecurityRun[]): Promise<Map<number, string[]>> {
  const cases = new Map<number, Vanishing>()
  for (const { run } of runs) {
    const [before, first, last] = [known[run.first - 1], known[run.first]!, known[run.last]!]
    if (!run.usual || !run.open || before === undefined || !loaded.has(dates[first]!)) continue
    cases.set(first, { before: dates[before]!, first: dates[first]!, last: dates[last]! })
  }
  const found = new Map((await unknownSince(db, dataset, [...cases.values()], MOST_NAMES)).map(({ first, symbols }) => [first, symbols]))
  return new Map([...cases].flatMap(([place, { first }]) => {
    const symbols = found.get(first)
    return symbols ? [[place, symbols]] : []
  }))
}
