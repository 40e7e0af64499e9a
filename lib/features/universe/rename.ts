import type pg from 'pg'
import { DATASETS } from '../../datasets/datasets.js'
import { addDays, type IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { Fact } from '../../domain/fact.js'
import { barsOf } from '../../store/bars/of-security.js'
import { factsOf } from '../../store/universe/facts.js'
import { rangesOfSymbols } from '../../store/universe/ranges.js'
import type { Piece } from '../../store/universe/changes.js'
import type { Runtime } from '../runs/runtime.js'
import { inIdentityTransaction, type IdentityChange } from './apply.js'
import { factText } from './facts.js'
import { covers, datesText } from './identity.js'
import { tell, type IdentityRequest } from './tell.js'

/** From `on` the security that `oldSymbol` named the day before is called `newSymbol`. */
export interface Rename {
  oldSymbol: string
  newSymbol: string
  on: IsoDate
  /** The old symbol names another security, a new one, from `on`. */
  reused: boolean
}

/** A rename that is to be recorded, and how. */
export interface RenameRequest extends Rename, IdentityRequest {}

/** What a rename did; without `change` it was known already. */
export interface RenameResult {
  change: IdentityChange | undefined
  /** The first date from which another security is taken to have been called by the old symbol, since it had been renamed before; null where there is none. */
  otherSince: IsoDate | null
}

/** @throws UsageError RENAME_STILL_TRADED when the old symbol has bars on dates on which it would name no security */
async function refuseTraded(client: pg.ClientBase, { oldSymbol, on }: Rename, freed: Piece): Promise<void> {
  for (const dataset of DATASETS) {
    const { bars, last } = await barsOf(client, dataset, freed.oldId!, freed.from ?? on, freed.to)
    if (bars === 0) continue
    throw new UsageError('RENAME_STILL_TRADED', `${oldSymbol} has ${bars} bars on and after ${on}, the last on ${last.join(', ')}; a renamed symbol stops trading`, {
      hint: `is the date right? if ${oldSymbol} names another company from that date, add --reused`,
    })
  }
}

/** @throws UsageError RENAME_SYMBOL_TAKEN when dated evidence says that the new symbol is another security's */
async function refuseTaken(client: pg.ClientBase, { oldSymbol, newSymbol, on }: Rename): Promise<void> {
  const ranges = await rangesOfSymbols(client, [oldSymbol, newSymbol])
  const own = ranges.find((range) => range.symbol === oldSymbol && covers(range, addDays(on, -1)))
  const taken = ranges.find((range) => range.symbol === newSymbol && covers(range, on))
  if (!taken || taken.assumed || taken.symbolId === own?.symbolId) return
  const evidence = (await factsOf(client, [newSymbol])).find((fact) => fact.retractedAt === null && fact.from === taken.from)
  throw new UsageError('RENAME_SYMBOL_TAKEN', `${newSymbol} is known to name another security ${datesText(taken)}${evidence ? `: ${factText(evidence)} (fact ${evidence.factId}, ${evidence.cause})` : ''}`, {
    hint: `see \`ohlcv universe history ${newSymbol}\`; if that one had ended by ${on}, add --accept`,
  })
}

/** @throws UsageError RENAME_NO_SECURITY when nothing is known of either symbol */
async function refuseUnknown(client: pg.ClientBase, { oldSymbol, newSymbol, on }: Rename): Promise<void> {
  if ((await rangesOfSymbols(client, [oldSymbol, newSymbol])).length > 0) return
  throw new UsageError('RENAME_NO_SECURITY', `${oldSymbol} names no security on ${addDays(on, -1)}, the day before the rename, and ${newSymbol} none at all`, {
    hint: 'register it first with `ohlcv universe import` or `ohlcv universe discover`',
  })
}

/**
 * Records that a security changed its symbol, and moves its loaded bars accordingly; all or nothing.
 * @throws UsageError when the rename contradicts what is known, or bars of both symbols would fall on one date
 */
export async function renameSymbol(runtime: Runtime, request: RenameRequest): Promise<RenameResult> {
  const { oldSymbol, newSymbol, on, reused } = request
  if (oldSymbol === newSymbol) {
    throw new UsageError('RENAME_SAME_SYMBOL', `${oldSymbol} cannot be renamed to itself`, { hint: 'symbols are case-sensitive: BCpC and BCPC differ' })
  }
  const facts: Fact[] = [
    { kind: 'renamed', symbol: oldSymbol, newSymbol, to: on, from: on },
    ...(reused ? [{ kind: 'known', symbol: oldSymbol, from: on, to: null } as const] : []),
  ]
  return inIdentityTransaction(runtime, request.dryRun, async (client) => {
    await refuseUnknown(client, request)
    if (!request.accept) await refuseTaken(client, request)
    const { facts: added, after, change } = await tell(client, {
      facts, retracted: [], concerned: [oldSymbol, newSymbol], cause: 'rename', request, failpoint: runtime.failpoint,
      beforeMoving: async (pieces) => {
        for (const piece of pieces) if (piece.symbol === oldSymbol && piece.oldId !== null && piece.newId === null) await refuseTraded(client, request, piece)
      },
    })
    const renamed = after.find(({ symbol, to }) => symbol === oldSymbol && to === on)
    return { change: added.length > 0 ? change : undefined, otherSince: renamed?.assumed ? renamed.from : null }
  })
}
