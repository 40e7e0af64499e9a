import type { Description } from '../../domain/description.js'
import { addDays } from '../../domain/dates.js'
import type { Fact, KeptFact } from '../../domain/fact.js'
import { grouped } from '../../domain/grouped.js'
import type { Listing, Listings } from '../../formats/listing.js'
import { readFacts } from '../../store/universe/facts.js'
import type { SymbolRange } from '../../store/universe/ranges.js'
import { updateDescriptions } from '../../store/universe/securities.js'
import type { Runtime } from '../runs/runtime.js'
import { inIdentityTransaction, type IdentityChange } from './apply.js'
import { factKey } from './facts.js'
import { byStart, covers, lacking } from './identity.js'
import { tell, type IdentityRequest } from './tell.js'

/** What an import did. `added + updated + unchanged + former` is the number of rows. */
export interface ImportResult {
  /** Rows that made a new security. */
  added: number
  /** Rows that changed a security's description or dates. */
  updated: number
  unchanged: number
  /** Symbols known only as former ones of a security; without dates they say nothing about it. */
  former: string[]
  testIssues: number
  /** Earlier evidence that the rows took the place of. */
  corrected: KeptFact[]
  change: IdentityChange
}

/** What is to be imported, and how. */
export interface ImportRequest extends IdentityRequest {
  listings: Listings
  /** How it came to be known, for instance `import`. */
  cause: string
  /** The dates of a row take the place of those that earlier imports gave its symbol. */
  correct: boolean
}

/** What a row says about when its symbol named a security. */
function factOf({ symbol, from, to, assumed }: Listing): Fact {
  return { kind: assumed || (from === null && to === null) ? 'known' : 'listed', symbol, from, to }
}

/** Rows that the file says are one security: each next symbol of it is a rename. */
function renamesOf(rows: readonly Listing[]): Fact[] {
  const securities = grouped(rows, ({ security }) => (security === null ? [] : [security]))
  return [...securities.values()].flatMap((same) => {
    const ordered = same.toSorted(byStart)
    return ordered.slice(1).flatMap(({ symbol: newSymbol, from }, index): Fact[] => {
      const { symbol, to } = ordered[index]!
      return from === null || to === null ? [] : [{ kind: 'renamed', symbol, newSymbol, to, from }]
    })
  })
}

/** Earlier evidence about symbols that the rows give dates, unless they say the same. */
function correctedBy(rows: readonly Listing[], known: readonly KeptFact[]): KeptFact[] {
  const dated = rows.map(factOf).filter(({ kind }) => kind === 'listed')
  const symbols = new Set(dated.map(({ symbol }) => symbol))
  const keys = new Set(dated.map(factKey))
  return known.filter((fact) => fact.kind === 'listed' && symbols.has(fact.symbol) && !keys.has(factKey(fact)))
}

/** The range that a row is about: the one at its dates, or the latest of its symbol. */
function rangesAbout(rows: readonly Listing[], ranges: readonly SymbolRange[]): Map<Listing, SymbolRange> {
  const bySymbol = grouped(ranges.toSorted(byStart), ({ symbol }) => [symbol])
  return new Map(rows.flatMap((row) => {
    const own = bySymbol.get(row.symbol) ?? []
    const date = row.from ?? (row.to && addDays(row.to, -1))
    const range = date === null ? own.at(-1) : own.find((range) => covers(range, date))
    return range ? [[row, range]] : []
  }))
}

function latestRanges(ranges: readonly SymbolRange[]): Map<number, SymbolRange> {
  return new Map(ranges.toSorted(byStart).map((range) => [range.symbolId, range]))
}

/** The descriptions of securities, by rows that are about their latest symbols: what a former symbol's row says is out of date. */
export function describing(rows: readonly Listing[], ranges: readonly SymbolRange[]): Map<number, { row: Listing; description: Description }> {
  const latest = latestRanges(ranges)
  return new Map([...rangesAbout(rows, ranges)].flatMap(([row, range]) => (latest.get(range.symbolId) === range ? [[range.symbolId, { row, description: row.description }]] : [])))
}

/**
 * Registers what a universe file lists; all or nothing. What the file does not list stays as it is.
 * @throws UsageError as {@link tell}: when it contradicts what is known, or would change too much
 */
export async function importListings(runtime: Runtime, request: ImportRequest): Promise<ImportResult> {
  const { listings: { rows, testIssues }, cause } = request
  return inIdentityTransaction(runtime, request.dryRun, async (client) => {
    const corrected = request.correct ? correctedBy(rows, await readFacts(client)) : []
    const { before, after, change } = await tell(client, {
      facts: [...rows.map(factOf), ...renamesOf(rows)],
      retracted: corrected,
      concerned: rows.map(({ symbol }) => symbol),
      cause,
      request,
      failpoint: runtime.failpoint,
      describe: (wanted) => new Map([...describing(rows, wanted)].map(([symbolId, { description }]) => [symbolId, description])),
    })
    const described = describing(rows, after)
    const redescribed = new Set(await updateDescriptions(client, [...described].map(([symbolId, { description }]) => ({ symbolId, description }))))
    const changedSymbols = new Set([...lacking(after, before), ...lacking(before, after)].map(({ symbol }) => symbol))
    const made = new Set(change.made.values())
    const about = rangesAbout(rows, after)
    const latest = latestRanges(after)
    const result: ImportResult = { added: 0, updated: 0, unchanged: 0, former: [], testIssues, corrected, change }
    for (const row of rows) {
      const range = about.get(row)
      const isFormer = row.from === null && row.to === null && range !== undefined && latest.get(range.symbolId) !== range
      if (isFormer && !changedSymbols.has(row.symbol)) result.former.push(row.symbol)
      else if (range && made.has(range.symbolId)) result.added++
      else if (changedSymbols.has(row.symbol) || (range && redescribed.has(range.symbolId) && described.get(range.symbolId)?.row === row)) result.updated++
      else result.unchanged++
    }
    return result
  })
}
