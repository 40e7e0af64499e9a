import type pg from 'pg'
import type { Listing, Listings } from '../formats/listing.js'
import { rangesAround, type SymbolRange } from '../db/universe-ranges.js'
import { updateDescriptions } from '../db/universe-securities.js'
import { applyIdentityPlan, inIdentityTransaction, type IdentityChange } from './apply.js'
import { planEvidence, type EvidencePlan } from './evidence-plan.js'
import { byStart, lacking } from './identity.js'

/** What an import did. `added + updated + unchanged + former` is the number of rows. */
export interface ImportResult {
  /** Rows that made a new security. */
  added: number
  /** Rows that changed a security's description or dates. */
  updated: number
  unchanged: number
  /** Symbols known only as former ones of a security; without dates they say nothing. */
  former: string[]
  testIssues: number
  change: IdentityChange
}

/** Rows that describe a security under its latest symbol: what a former symbol's row says is out of date. */
function describing(rows: readonly Listing[], plan: EvidencePlan): { row: Listing; symbolId: number }[] {
  const latest = new Map<number, SymbolRange>()
  for (const range of plan.wanted.toSorted(byStart)) latest.set(range.symbolId, range)
  return rows.flatMap((row) => {
    const symbolId = plan.securities.get(row)
    return symbolId !== undefined && symbolId > 0 && latest.get(symbolId)?.symbol === row.symbol ? [{ row, symbolId }] : []
  })
}

/**
 * Registers what a universe file lists; all or nothing. What the file does not list stays as it is.
 * @throws UsageError when it contradicts dates that are known
 */
export async function importListings(pool: pg.Pool, listings: Listings, cause: string, options: { dryRun: boolean; signal: AbortSignal }): Promise<ImportResult> {
  const { rows, testIssues } = listings
  return inIdentityTransaction(pool, options, async (client) => {
    const current = await rangesAround(client, rows.map((row) => row.symbol))
    const plan = planEvidence(current, rows)
    const change = await applyIdentityPlan(client, { current, wanted: plan.wanted, descriptions: plan.descriptions, cause })
    const described = describing(rows, plan)
    const changedIds = new Set(await updateDescriptions(client, described.map(({ row, symbolId }) => ({ symbolId, description: row.description }))))
    const changedSymbols = new Set(lacking(plan.wanted, current).map((range) => range.symbol))
    const result: ImportResult = { added: 0, updated: 0, unchanged: 0, former: plan.former.map((row) => row.symbol), testIssues, change }
    const redescribed = new Set(described.filter(({ symbolId }) => changedIds.has(symbolId)).map(({ row }) => row))
    for (const [row, symbolId] of plan.securities) {
      if (symbolId < 0) result.added++
      else if (redescribed.has(row) || changedSymbols.has(row.symbol)) result.updated++
      else result.unchanged++
    }
    return result
  })
}
