import type { Fact } from '../../domain/fact.js'
import { grouped } from '../../domain/grouped.js'
import { symbolsOfFact } from './facts.js'
import { contradictionAbout, stretchesOf, type Contradiction, type Stretch } from './timeline.js'

/** One security: what it was called, in order of dates. */
export type Chain = Stretch[]

/** The first two facts that cannot both be true, by symbol. */
export function contradictionIn<T extends Fact>(facts: readonly T[]): Contradiction<T> | undefined {
  for (const [symbol, about] of [...grouped(facts, symbolsOfFact)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = contradictionAbout(symbol, about)
    if (found) return found
  }
  return undefined
}

/**
 * The securities that facts make, and what each was called when: a function of the facts alone, whatever their order.
 * Each stretch has at most one rename into it and one out of it, so that securities are chains of stretches.
 * @param facts without contradictions
 */
export function chainsOf(facts: readonly Fact[]): Chain[] {
  const groups = grouped(facts, symbolsOfFact)
  const began = new Map<string, Stretch>()
  const ended = new Map<string, Stretch>()
  const stretches: Stretch[] = []
  for (const symbol of [...groups.keys()].sort()) {
    for (const stretch of stretchesOf(symbol, groups.get(symbol)!)) {
      stretches.push(stretch)
      began.set(`${symbol} ${stretch.from}`, stretch)
      ended.set(`${symbol} ${stretch.to}`, stretch)
    }
  }
  const nextOf = new Map<Stretch, Stretch>()
  for (const fact of facts) {
    if (fact.kind !== 'renamed') continue
    const [before, after] = [ended.get(`${fact.symbol} ${fact.to}`), began.get(`${fact.newSymbol} ${fact.from}`)]
    if (before && after) nextOf.set(before, after)
  }
  const hasPast = new Set(nextOf.values())
  return stretches.filter((stretch) => !hasPast.has(stretch)).map((first) => {
    const chain = [first]
    for (let next = nextOf.get(first); next; next = nextOf.get(next)) chain.push(next)
    return chain
  })
}
