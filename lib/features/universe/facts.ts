import { addDays } from '../../domain/dates.js'
import type { Fact } from '../../domain/fact.js'
import { grouped } from '../../domain/grouped.js'
import { datesText } from './identity.js'

/** Tells facts of the same content. */
export function factKey(fact: Fact): string {
  return [fact.kind, fact.symbol, fact.from, fact.to, fact.kind === 'renamed' ? fact.newSymbol : ''].join(' ')
}

/** A fact in words: `FB became META on 2022-06-09`, `FB was listed 2012-05-18 to 2022-06-08`. */
export function factText(fact: Fact): string {
  if (fact.kind === 'renamed') {
    const gap = fact.to === fact.from ? '' : `, its last day as ${fact.symbol} being ${addDays(fact.to, -1)}`
    return `${fact.symbol} became ${fact.newSymbol} on ${fact.from}${gap}`
  }
  if (fact.kind === 'listed') return `${fact.symbol} was listed ${datesText(fact)}`
  return fact.from === null && fact.to === null ? `${fact.symbol} is known` : `${fact.symbol} is known ${datesText(fact)}`
}

/** The symbols a fact speaks of. */
export function symbolsOfFact(fact: Fact): string[] {
  return fact.kind === 'renamed' && fact.newSymbol !== fact.symbol ? [fact.symbol, fact.newSymbol] : [fact.symbol]
}

/** The facts about some symbols and about every symbol that renames join with them. */
export function factsAround<T extends Fact>(facts: readonly T[], symbols: Iterable<string>): T[] {
  const bySymbol = grouped(facts, symbolsOfFact)
  const reached = new Set<string>()
  const found = new Set<T>()
  const next = [...symbols]
  for (let symbol = next.pop(); symbol !== undefined; symbol = next.pop()) {
    if (reached.has(symbol)) continue
    reached.add(symbol)
    for (const fact of bySymbol.get(symbol) ?? []) {
      found.add(fact)
      next.push(...symbolsOfFact(fact))
    }
  }
  return [...found]
}
