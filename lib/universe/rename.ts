import type pg from 'pg'
import { DATASETS } from '../domain/dataset.js'
import type { IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import { barsOf } from '../db/universe-bars.js'
import { rangesAround } from '../db/universe-ranges.js'
import { applyIdentityPlan, inIdentityTransaction, type IdentityChange } from './apply.js'
import type { Dates } from './identity.js'
import { planRename, type Rename } from './rename-plan.js'

/** What a rename did; without `change` it was known already. */
export interface RenameResult {
  change: IdentityChange | undefined
}

/** @throws UsageError RENAME_STILL_TRADED when the security has bars under its old name where it should have none */
async function refuseTraded(client: pg.ClientBase, rename: Rename, symbolId: number, freed: Dates & { from: IsoDate }): Promise<void> {
  for (const dataset of DATASETS) {
    const { bars, last } = await barsOf(client, dataset, symbolId, freed.from, freed.to)
    if (bars === 0) continue
    throw new UsageError(
      'RENAME_STILL_TRADED',
      `${rename.oldSymbol} has ${bars} bars on and after ${rename.on}, the last on ${last.join(', ')}; a renamed symbol stops trading`,
      { hint: `is the date right? if ${rename.oldSymbol} names another company from that date, add --reused` },
    )
  }
}

/**
 * Records that a security changed its symbol, and moves its loaded bars accordingly; all or nothing.
 * @throws UsageError when the rename contradicts what is known, or bars of both symbols would fall on one date
 */
export async function renameSymbol(pool: pg.Pool, rename: Rename, options: { dryRun: boolean; signal: AbortSignal }): Promise<RenameResult> {
  if (rename.oldSymbol === rename.newSymbol) {
    throw new UsageError('RENAME_SAME_SYMBOL', `${rename.oldSymbol} cannot be renamed to itself`, { hint: 'symbols are case-sensitive: BCpC and BCPC differ' })
  }
  return inIdentityTransaction(pool, options, async (client) => {
    const current = await rangesAround(client, [rename.oldSymbol, rename.newSymbol])
    const plan = planRename(current, rename)
    if (!plan) return { change: undefined }
    if (plan.freed && !rename.reused) await refuseTraded(client, rename, plan.symbolId, plan.freed)
    return { change: await applyIdentityPlan(client, { current, wanted: plan.wanted, descriptions: new Map(), cause: 'rename' }) }
  })
}
