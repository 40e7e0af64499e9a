import type { IsoDate } from '../../domain/dates.js'
import type { Dates } from './identity.js'
import type { Fact } from '../../domain/fact.js'

// How the facts about one symbol divide its time. A fact says that on a date the symbol begins or stops to name a security;
// between two such dates it names one where what begins it, or what ends it, says so.

/** Dates on which a symbol names one security. */
export interface Stretch extends Dates {
  symbol: string
  /** Whether no dated evidence says when it began or, failing that, was listed until its end. */
  assumed: boolean
}

/** Two facts that cannot both be true. */
export type Contradiction<T extends Fact = Fact> = readonly [T, T]

/** What begins and what ends on a date. */
interface Cut<T extends Fact> {
  date: IsoDate
  starts: T[]
  ends: T[]
}

/** What a symbol's time is divided by, by date. The facts are all about the symbol. */
function cutsOf<T extends Fact>(symbol: string, facts: readonly T[]): Cut<T>[] {
  const cuts = new Map<IsoDate, Cut<T>>()
  const at = (date: IsoDate): Cut<T> => {
    let cut = cuts.get(date)
    if (!cut) cuts.set(date, (cut = { date, starts: [], ends: [] }))
    return cut
  }
  for (const fact of facts) {
    const [begins, ends] = fact.kind === 'renamed' ? [fact.newSymbol === symbol, fact.symbol === symbol] : [true, true]
    if (begins && fact.from !== null) at(fact.from).starts.push(fact)
    if (ends && fact.to !== null) at(fact.to).ends.push(fact)
  }
  return [...cuts.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
}

const isGuess = (fact: Fact): boolean => fact.kind === 'known'
const isListed = (fact: Fact): boolean => fact.kind === 'listed'

/**
 * Two listings without an end between them, or two ends without a listing: they are taken for two opinions about one. Between
 * renames, and a rename and a listing, something happened that nobody told yet.
 */
function repeatedIn<T extends Fact>(cuts: readonly Cut<T>[]): Contradiction<T> | undefined {
  const told = cuts.flatMap(({ starts, ends }) => [{ isStart: false, facts: ends }, { isStart: true, facts: starts }]).filter(({ facts }) => facts.length > 0)
  for (const [index, next] of told.entries()) {
    const before = told[index - 1]
    const [one, other] = [before?.facts.find(isListed), next.facts.find(isListed)]
    if (before?.isStart === next.isStart && one && other) return [one, other]
  }
  return undefined
}

/** A date on which something begins or ends within the dates that a row of evidence gives whole. */
function brokenIn<T extends Fact>(cuts: readonly Cut<T>[]): Contradiction<T> | undefined {
  const whole = cuts.flatMap(({ starts }) => starts).filter((fact) => isListed(fact) && fact.to !== null)
  for (const fact of whole) {
    const cut = cuts.find(({ date }) => date > fact.from! && date < fact.to!)
    if (cut) return [fact, (cut.starts[0] ?? cut.ends[0])!]
  }
  return undefined
}

/** Two renames of one security on one day. */
function doubledIn<T extends Fact>(cuts: readonly Cut<T>[]): Contradiction<T> | undefined {
  for (const { starts, ends } of cuts) {
    for (const renames of [starts, ends].map((facts) => facts.filter((fact) => fact.kind === 'renamed'))) {
      if (renames.length > 1) return [renames[0]!, renames[1]!]
    }
  }
  return undefined
}

const without = <T extends Fact>(cuts: readonly Cut<T>[], isOut: (fact: T, cut: Cut<T>) => boolean): Cut<T>[] =>
  cuts
    .map((cut) => ({ date: cut.date, starts: cut.starts.filter((fact) => !isOut(fact, cut)), ends: cut.ends.filter((fact) => !isOut(fact, cut)) }))
    .filter(({ starts, ends }) => starts.length + ends.length > 0)

/** The cuts that evidence leaves of the guesses. */
function afterGuessesGaveWay<T extends Fact>(cuts: readonly Cut<T>[], evidence: readonly Cut<T>[]): Cut<T>[] {
  return without(cuts, (fact, { date, starts }) => {
    if (!isGuess(fact)) return false
    const before = evidence.findLast((cut) => cut.date < date)
    const next = evidence.find((cut) => cut.date > date)
    const here = evidence.find((cut) => cut.date === date)
    if (starts.includes(fact)) {
      const stillNamed = before !== undefined && before.starts.length > 0 && !here?.ends.length
      const isExplained = next !== undefined && next.ends.length === 0 && next.starts.some(isListed) && !(fact.to !== null && fact.to <= next.date)
      return stillNamed || isExplained
    }
    const endsLater = next !== undefined && next.ends.length > 0 && !here?.starts.length
    const endedBefore = before !== undefined && before.starts.length === 0 && !(fact.from !== null && fact.from >= before.date)
    return endsLater || endedBefore
  })
}

/** @returns the first contradiction between facts about a symbol */
export function contradictionAbout<T extends Fact>(symbol: string, facts: readonly T[]): Contradiction<T> | undefined {
  const evidence = without(cutsOf(symbol, facts), isGuess)
  return doubledIn(evidence) ?? brokenIn(evidence) ?? repeatedIn(evidence)
}

/** When a symbol named a security, by facts about it that do not contradict each other. */
export function stretchesOf(symbol: string, facts: readonly Fact[]): Stretch[] {
  const all = cutsOf(symbol, facts)
  const cuts = afterGuessesGaveWay(all, without(all, isGuess))
  const isOpen = facts.some((fact) => isGuess(fact) && fact.from === null && fact.to === null)
  const stretches: Stretch[] = []
  for (let index = 0; index <= cuts.length; index++) {
    const [begin, end] = [cuts[index - 1], cuts[index]]
    const isNamed = begin === undefined
      // A listing explains the symbol that was only known; a rename leaves open what it named before.
      ? (end === undefined || end.ends.length > 0 || !end.starts.some(isListed)) && (isOpen || (end?.ends.length ?? 0) > 0)
      : begin.starts.length > 0 || (end !== undefined && end.ends.length > 0)
    if (!isNamed) continue
    const isEvident = (begin?.starts.some((fact) => !isGuess(fact)) ?? false) || (end?.ends.some(isListed) ?? false)
    stretches.push({ symbol, from: begin?.date ?? null, to: end?.date ?? null, assumed: !isEvident })
  }
  return stretches
}
