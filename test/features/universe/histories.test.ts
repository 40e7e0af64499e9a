import t from 'tap'
import type { SymbolRange } from '../../../lib/store/universe/ranges.js'
import { addDays, isoDate, type IsoDate } from '../../../lib/domain/dates.js'
import type { Fact } from '../../../lib/domain/fact.js'
import { grouped } from '../../../lib/domain/grouped.js'
import { chainsOf, contradictionIn } from '../../../lib/features/universe/chains.js'
import { byStart, covers, overlap } from '../../../lib/features/universe/identity.js'
import { withSecurities } from '../../../lib/features/universe/securities.js'

// What happened is made up first; what was told of it, in any order, must give it back.

const SYMBOLS = ['A', 'B', 'C'] as const
/** At first A and B name securities 1 and 2, and C nobody. */
const BEGINNING: Named = { A: 1, B: 2, C: 0 }
const FIRST = isoDate('2020-01-01')
const dayOf = (step: number): IsoDate => addDays(FIRST, 10 * step)

/** The security each symbol names, 0 for none. */
type Named = Readonly<Record<string, number>>
interface Rename { from: string; to: string }
type Step = { renames: readonly Rename[] } | { listed: string } | { delisted: string }

/** What may happen next: one or two renames on a day, a swap included; a listing; a delisting. */
function* possible(named: Named): Generator<Step> {
  const all = SYMBOLS.flatMap((from) => SYMBOLS.filter((to) => to !== from && named[from] !== 0).map((to) => ({ from, to })))
  const isFree = (symbol: string, renames: readonly Rename[]) => named[symbol] === 0 || renames.some(({ from }) => from === symbol)
  for (const [index, one] of all.entries()) {
    if (isFree(one.to, [one])) yield { renames: [one] }
    for (const other of all.slice(index + 1)) {
      const both = [one, other]
      if (one.from !== other.from && one.to !== other.to && both.every(({ to }) => isFree(to, both)) && both.some(({ to }) => named[to] !== 0)) yield { renames: both }
    }
  }
  for (const symbol of SYMBOLS) yield named[symbol] === 0 ? { listed: symbol } : { delisted: symbol }
}

function after(named: Named, step: Step, newId: number): Named {
  if ('listed' in step) return { ...named, [step.listed]: newId }
  if ('delisted' in step) return { ...named, [step.delisted]: 0 }
  const freed = Object.fromEntries(step.renames.map(({ from }) => [from, 0]))
  return { ...named, ...freed, ...Object.fromEntries(step.renames.map(({ from, to }) => [to, named[from]!])) }
}

function factsOf(step: Step, day: IsoDate): Fact[] {
  if ('listed' in step) return [{ kind: 'listed', symbol: step.listed, from: day, to: null }]
  if ('delisted' in step) return [{ kind: 'listed', symbol: step.delisted, from: null, to: day }]
  return step.renames.map(({ from, to }) => ({ kind: 'renamed', symbol: from, newSymbol: to, to: day, from: day }))
}

interface History {
  /** What the symbols name before the first step, after it, and so on. */
  states: Named[]
  events: Fact[][]
}

/** Of histories of four days the suite tells one in so many, and `make histories` all. */
const ONE_IN = process.env['HISTORIES'] === undefined ? 11 : 1

function* histories(length: number, history: History = { states: [BEGINNING], events: [] }): Generator<History> {
  yield history
  if (history.events.length === length) return
  const named = history.states.at(-1)!
  for (const step of possible(named)) {
    const count = history.states.length
    yield* histories(length, { states: [...history.states, after(named, step, 2 + count)], events: [...history.events, factsOf(step, dayOf(count))] })
  }
}

function* someHistories(): Generator<History> {
  let longest = 0
  for (const history of histories(4)) if (history.events.length < 4 || longest++ % ONE_IN === 0) yield history
}

function* orders<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield []
  for (const [index, item] of items.entries()) {
    for (const rest of orders(items.filter((_, other) => other !== index))) yield [item, ...rest]
  }
}

const KNOWN: readonly Fact[] = SYMBOLS.map((symbol) => ({ kind: 'known', symbol, from: null, to: null }))

/** Tells facts one after the other, as people do. A listing that contradicts another is told with the next that comes, in one file. */
function told(events: readonly Fact[]): SymbolRange[] {
  const known = [...KNOWN]
  let ranges = withSecurities(chainsOf(known), [])
  let next = 100
  let waiting: Fact[] = []
  for (const fact of events) {
    const together = contradictionIn([...known, ...waiting, fact]) ? [fact] : [...waiting, fact]
    if (contradictionIn([...known, ...together])) {
      if (fact.kind === 'renamed') throw new Error(`not believed: ${JSON.stringify(fact)}`)
      waiting.push(fact)
      continue
    }
    waiting = waiting.filter((other) => !together.includes(other))
    known.push(...together)
    const made = new Map<number, number>()
    ranges = withSecurities(chainsOf(known), ranges).map((range) => {
      if (range.symbolId < 0 && !made.has(range.symbolId)) made.set(range.symbolId, next++)
      return { ...range, symbolId: made.get(range.symbolId) ?? range.symbolId }
    })
  }
  if (waiting.length > 0) throw new Error(`never believed: ${JSON.stringify(waiting)}`)
  return ranges
}

/** Ranges with securities numbered in the order in which they come, so that only what belongs together counts. */
function partition(ranges: readonly SymbolRange[]): string {
  const sorted = ranges.map((range) => ({ ...range, key: `${range.symbol} ${range.from ?? ''} ${range.to} ${range.assumed}` })).sort((a, b) => (a.key < b.key ? -1 : 1))
  const ids = [...new Set(sorted.map(({ symbolId }) => symbolId))]
  return sorted.map(({ key, symbolId }) => `${key} ${ids.indexOf(symbolId)}`).join('\n')
}

/** Where the ranges cannot stand together, or say otherwise than what happened: a security without its symbol, two as one, or one as two. */
function wrongIn({ states }: History, ranges: readonly SymbolRange[]): string | undefined {
  for (const [index, range] of ranges.entries()) {
    const other = ranges.slice(index + 1).find((next) => (next.symbol === range.symbol || next.symbolId === range.symbolId) && overlap(next, range))
    if (other) return `${range.symbol} and ${other.symbol} overlap`
  }
  const idOf = new Map<number, number>()
  for (const [step, named] of states.entries()) {
    for (const symbol of SYMBOLS) {
      const truth = named[symbol]!
      if (truth === 0) continue
      const date = addDays(dayOf(step), 3)
      const found = ranges.find((range) => range.symbol === symbol && covers(range, date))?.symbolId
      if (found === undefined) return `${symbol} names nothing on ${date}`
      if (!idOf.has(truth) && [...idOf.values()].includes(found)) return `${symbol} on ${date} is another security`
      if ((idOf.get(truth) ?? found) !== found) return `${symbol} on ${date} is not the security it was`
      idOf.set(truth, found)
    }
  }
  return undefined
}

await t.test(`every history of up to three days, and one in ${ONE_IN} of those of four, told in every order, gives the ranges that it gives in its own order, and those that are true`, async (t) => {
  let count = 0
  let tellings = 0
  for (const history of someHistories()) {
    count++
    const ranges = told(history.events.flat())
    const expected = partition(ranges)
    const wrong = wrongIn(history, ranges)
    if (wrong !== undefined) return t.fail(`${wrong}: ${JSON.stringify(history)}`)
    for (const order of orders(history.events)) {
      tellings++
      for (const events of order.some((day) => day.length > 1) ? [order.flat(), order.flatMap((day) => day.toReversed())] : [order.flat()]) {
        const got = partition(told(events))
        if (got !== expected) return t.fail(`${JSON.stringify(events)} gives\n${got}\ninstead of\n${expected}`)
      }
    }
  }
  t.comment(`${count} histories, ${tellings} tellings`)
  t.ok(count > 500, 'there are many')
  return t.pass('all the same')
})

/** What `ohlcv universe list --csv` writes of ranges, as the facts that an import takes from it. */
function listed(ranges: readonly SymbolRange[]): Fact[] {
  const securities = [...grouped(ranges, ({ symbolId }) => [symbolId]).values()].map((same) => same.toSorted(byStart))
  return securities.flatMap((same) => same.flatMap(({ symbol, from, to, assumed }, index): Fact[] => {
    const last = same[index - 1]
    return [
      { kind: assumed || (from === null && to === null) ? 'known' : 'listed', symbol, from, to },
      ...(last ? [{ kind: 'renamed', symbol: last.symbol, newSymbol: symbol, to: last.to!, from: from! } as const] : []),
    ]
  }))
}

await t.test('a universe that is written as a list and imported again is the same one', async (t) => {
  for (const { events } of someHistories()) {
    const reused = events.flat().flatMap((fact): Fact[] => (fact.kind === 'renamed' ? [{ kind: 'known', symbol: fact.symbol, from: fact.from, to: null }] : []))
    for (const facts of [events.flat(), [...events.flat(), ...reused]]) {
      const ranges = told(facts)
      const again = listed(ranges)
      const [expected, got] = [partition(ranges), partition(withSecurities(chainsOf(again), []))]
      if (contradictionIn(again) || got !== expected) return t.fail(`${JSON.stringify(facts)} gives\n${expected}\nand when that is imported again\n${got}`)
    }
  }
  return t.pass('all the same')
})

const renamed = (symbol: string, newSymbol: string, step: number): Fact => ({ kind: 'renamed', symbol, newSymbol, to: dayOf(step), from: dayOf(step) })

await t.test('C becomes D, A becomes C, C becomes E: told with the end first, two companies stay two', async (t) => {
  const known: Fact[] = ['A', 'C', 'D', 'E'].map((symbol) => ({ kind: 'known', symbol, from: null, to: null }))
  const chains = chainsOf([...known, renamed('C', 'E', 3), renamed('C', 'D', 1), renamed('A', 'C', 2)])
  const names = chains.filter((chain) => chain.length > 1).map((chain) => chain.map(({ symbol }) => symbol).join(' '))
  t.same(names.sort(), ['A C E', 'C D'])
})

await t.test('guesses give way to evidence, whichever was told first', async (t) => {
  const listed: Fact = { kind: 'listed', symbol: 'A', from: dayOf(1), to: dayOf(3) }
  const guesses: Fact[] = [{ kind: 'known', symbol: 'A', from: dayOf(2), to: null }, { kind: 'known', symbol: 'A', from: null, to: dayOf(2) }, { kind: 'known', symbol: 'A', from: null, to: null }]
  for (const guess of guesses) {
    t.equal(contradictionIn([guess, listed]), undefined)
    t.same(chainsOf([guess, listed]), [[{ symbol: 'A', from: dayOf(1), to: dayOf(3), assumed: false }]])
  }
  t.same(chainsOf([{ kind: 'known', symbol: 'A', from: dayOf(2), to: null }, renamed('A', 'B', 2)]).flat().filter(({ symbol }) => symbol === 'A'), [
    { symbol: 'A', from: null, to: dayOf(2), assumed: true }, { symbol: 'A', from: dayOf(2), to: null, assumed: true },
  ], 'who took a symbol over is another security')
})

await t.test('what cannot both be is found, whichever was told first', async (t) => {
  const listed = (from: number | null, to: number | null): Fact => ({ kind: 'listed', symbol: 'A', from: from === null ? null : dayOf(from), to: to === null ? null : dayOf(to) })
  const pairs: [string, Fact, Fact][] = [
    ['one security under two names', renamed('A', 'B', 1), renamed('A', 'C', 1)],
    ['two securities under one name', renamed('B', 'A', 1), renamed('C', 'A', 1)],
    ['two listings that overlap', listed(1, 3), listed(2, 4)],
    ['two listings without an end between', listed(1, null), listed(2, null)],
    ['two ends without a listing between', listed(null, 1), listed(null, 2)],
    ['a rename within the dates of a listing', listed(1, 3), renamed('A', 'B', 2)],
  ]
  for (const [what, one, other] of pairs) {
    const pair = new Set([one, other])
    t.same(new Set(contradictionIn([one, other])), pair, what)
    t.same(new Set(contradictionIn([other, one])), pair, what)
  }
  for (const [one, other] of [[listed(1, 3), listed(1, null)], [listed(1, 2), listed(2, 3)], [listed(1, null), renamed('A', 'B', 2)], [renamed('B', 'A', 1), listed(1, null)], [renamed('A', 'B', 1), renamed('A', 'C', 2)], [listed(1, null), renamed('B', 'A', 2)], [listed(null, 1), renamed('A', 'B', 2)]]) {
    t.equal(contradictionIn([one!, other!]), undefined)
  }
})
