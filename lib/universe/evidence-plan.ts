import { addDays } from '../domain/dates.js'
import type { Description } from '../domain/description.js'
import type { Listing } from '../formats/listing.js'
import type { SymbolRange } from '../db/universe-ranges.js'
import { byStart, covers, outside, overlap, type Dates } from './identity.js'

/** What rows of a universe file mean for the ranges that are known. */
export interface EvidencePlan {
  wanted: SymbolRange[]
  /** What is known about new securities, by their id below zero. */
  descriptions: Map<number, Description>
  /** The security each row is about; new ones have ids below zero. */
  securities: Map<Listing, number>
  /** Rows without dates whose symbol is known, but only as a former one of a security. */
  former: Listing[]
}

const isDated = ({ from, to }: Listing): boolean => from !== null || to !== null

/**
 * The known range a dated row speaks of: one that is dated itself, else an assumed one; the one at the row's first date (or
 * its last, if that is all it has), else the nearest it overlaps.
 */
function rangeMeant(ranges: readonly SymbolRange[], row: Listing): SymbolRange | undefined {
  const anchor = row.from ?? (row.to && addDays(row.to, -1))
  const overlapping = ranges.filter((range) => overlap(range, row))
  const dated = overlapping.filter((range) => !range.assumed)
  const candidates = dated.length > 0 ? dated : overlapping
  return candidates.find((range) => anchor !== null && covers(range, anchor)) ?? candidates.at(row.from === null ? -1 : 0)
}

/** What dated rows of one symbol make of its ranges; the latest of several rows about one range keeps its security. */
function settleSymbol(known: readonly SymbolRange[], rows: readonly Listing[], newId: (row: Listing) => number, securities: Map<Listing, number>): SymbolRange[] {
  const ranges = known.toSorted(byStart)
  const spokenOf = new Set<SymbolRange>()
  const settled: SymbolRange[] = []
  for (const row of rows.toSorted(byStart).toReversed()) {
    const meant = rangeMeant(ranges, row)
    const symbolId = meant && !spokenOf.has(meant) ? meant.symbolId : newId(row)
    if (meant) spokenOf.add(meant)
    securities.set(row, symbolId)
    // An empty cell says nothing: what is known about that end stays.
    settled.push({ symbolId, symbol: row.symbol, from: row.from ?? meant?.from ?? null, to: row.to ?? meant?.to ?? null, assumed: false })
  }
  const left = ranges.filter((range) => !spokenOf.has(range)).flatMap((range) => (range.assumed ? outsideAll(range, settled) : [range]))
  return [...left, ...settled]
}

function outsideAll(range: SymbolRange, others: readonly Dates[]): SymbolRange[] {
  return others.reduce<SymbolRange[]>((parts, other) => parts.flatMap((part) => outside(part, other)), [range])
}

/** Takes out of assumed ranges what dated ones of the same security cover. */
function cutAssumed(ranges: readonly SymbolRange[]): SymbolRange[] {
  const dated = new Map<number, SymbolRange[]>()
  for (const range of ranges) {
    if (range.assumed) continue
    const others = dated.get(range.symbolId)
    if (others) others.push(range)
    else dated.set(range.symbolId, [range])
  }
  return ranges.flatMap((range) => (range.assumed ? outsideAll(range, dated.get(range.symbolId) ?? []) : [range]))
}

function grouped<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}

/** The latest range of each security. */
function latestRanges(ranges: readonly SymbolRange[]): Map<number, SymbolRange> {
  const latest = new Map<number, SymbolRange>()
  for (const range of ranges.toSorted(byStart)) latest.set(range.symbolId, range)
  return latest
}

/**
 * What the rows of a universe file make of the ranges that are known. A row without dates registers an unknown symbol
 * with an open, assumed range; a row with dates is evidence: the range it speaks of becomes exactly those dates, assumed
 * ranges in their way give way, dated ones do not (the result then cannot stand together).
 * @param ranges every range of every security that one of the rows' symbols names on some date
 */
export function planEvidence(ranges: readonly SymbolRange[], rows: readonly Listing[]): EvidencePlan {
  const plan: EvidencePlan = { wanted: [], descriptions: new Map(), securities: new Map(), former: [] }
  const newId = (row: Listing): number => {
    const id = -1 - plan.descriptions.size
    plan.descriptions.set(id, row.description)
    return id
  }
  const known = grouped(ranges, (range) => range.symbol)
  const latest = latestRanges(ranges)
  const evidence = grouped(rows.filter(isDated), (row) => row.symbol)
  for (const [symbol, same] of known) if (!evidence.has(symbol)) plan.wanted.push(...same)
  for (const [symbol, dated] of evidence) plan.wanted.push(...settleSymbol(known.get(symbol) ?? [], dated, newId, plan.securities))
  for (const row of rows) {
    if (isDated(row)) continue
    const last = known.get(row.symbol)?.toSorted(byStart).at(-1)
    if (!last) {
      const symbolId = newId(row)
      plan.wanted.push({ symbolId, symbol: row.symbol, from: null, to: null, assumed: true })
      plan.securities.set(row, symbolId)
    } else if (latest.get(last.symbolId) === last) plan.securities.set(row, last.symbolId)
    else plan.former.push(row)
  }
  plan.wanted = cutAssumed(plan.wanted)
  return plan
}
