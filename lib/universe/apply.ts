import type pg from 'pg'
import { DATASETS, type Dataset } from '../domain/dataset.js'
import { NO_DESCRIPTION, type Description } from '../domain/description.js'
import { UsageError } from '../domain/errors.js'
import { databaseFailure } from '../db/failures.js'
import { lockIdentities } from '../db/locks.js'
import {
  addUnknownSymbols, analyzePieces, createPieces, createTakenOut, fillPieces, findCollision, forgetRejects, moveRevisions, putBackBars, recomputeDays,
  recordRemovedBars, takeOutBars, type Collision,
} from '../db/universe-bars.js'
import { countStaleDates, deleteRanges, insertChanges, insertRanges, type Piece, type SymbolRange } from '../db/universe-ranges.js'
import { deleteNameless, insertSecurities, updateLatestSymbols } from '../db/universe-securities.js'
import { conflictIn, covers, datesText, lacking, pieces } from './identity.js'

/** How often a change is tried while another transaction is in its way. */
const TRIES = 3

/** Another set of ranges for some securities. Ids below zero stand for securities to be made. */
export interface IdentityPlan {
  /** Every range as it is of every security concerned. */
  current: readonly SymbolRange[]
  wanted: readonly SymbolRange[]
  /** What is known about securities to be made, by their id below zero. */
  descriptions: ReadonlyMap<number, Description>
  /** For `universe_changes`, for instance `rename`. */
  cause: string
}

/** What an identity change did. */
export interface IdentityChange {
  /** The changes of symbols that named a security before. */
  changed: Piece[]
  barsMoved: number
  /** Bars whose symbol names no security any more. */
  barsRemoved: number
  /** Dates whose bars changed, over all datasets. */
  dates: number
  /** Loaded dates with rows of symbols that are known since this change; the next load reads them again. */
  staleDates: number
  /** The ids given to the securities made. */
  made: ReadonlyMap<number, number>
}

/**
 * Runs one identity change in a transaction of its own, while no load merges; a dry run is rolled back. Does the work again
 * where another transaction was in the way.
 */
export async function inIdentityTransaction<T>(pool: pg.Pool, options: { dryRun: boolean; signal: AbortSignal }, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await lockIdentities(client)
      const result = await work(client)
      options.signal.throwIfAborted()
      await client.query(options.dryRun ? 'rollback' : 'commit')
      client.release()
      return result
    } catch (error) {
      // A connection that failed in the middle is not used again; ending it rolls back.
      client.release(true)
      if (databaseFailure(error) !== 'transaction' || tries === TRIES) throw error
    }
  }
}

/** @throws UsageError IDENTITY_CONFLICT, naming the symbols and dates */
function refuseConflict(ranges: readonly SymbolRange[]): void {
  const pair = conflictIn(ranges)
  if (!pair) return
  const [a, b] = pair
  const what = a.symbol === b.symbol
    ? `${a.symbol} would name two securities at once, one ${datesText(a)} and another ${datesText(b)}`
    : `one security would be called ${a.symbol} (${datesText(a)}) and ${b.symbol} (${datesText(b)}) at once`
  throw new UsageError('IDENTITY_CONFLICT', what, { hint: 'give the dates of both in one CSV, with valid_from and valid_to; `ohlcv universe history SYMBOL` shows what is known' })
}

async function makeSecurities(client: pg.ClientBase, plan: IdentityPlan): Promise<Map<number, number>> {
  const wantedIds = new Map<number, string>()
  for (const { symbolId, symbol } of plan.wanted) if (symbolId < 0) wantedIds.set(symbolId, symbol)
  const securities = [...wantedIds].map(([id, symbol]) => ({ symbol, description: plan.descriptions.get(id) ?? NO_DESCRIPTION }))
  const ids = securities.length === 0 ? [] : await insertSecurities(client, securities)
  return new Map([...wantedIds.keys()].map((placeholder, index) => [placeholder, ids[index]!]))
}

/** @returns a UsageError IDENTITY_COLLISION, naming both symbols, the security and the first dates */
function collisionError({ symbol, symbolId, dates }: Collision, current: readonly SymbolRange[]): UsageError {
  const inPlace = current.find((range) => range.symbolId === symbolId && dates[0] !== undefined && covers(range, dates[0]))
  const other = inPlace ? `those of ${inPlace.symbol}` : 'others, which stand under no symbol,'
  return new UsageError('IDENTITY_COLLISION', `bars of ${symbol} and ${other} would both be bars of security ${symbolId} on ${dates.join(', ')}; nothing was changed`, {
    hint: `see \`ohlcv bars ${symbol}\` and \`ohlcv universe history ${symbol}\``,
  })
}

async function moveBars(client: pg.ClientBase, dataset: Dataset, current: readonly SymbolRange[]): Promise<{ moved: number; removed: number; dates: number }> {
  await createTakenOut(client, dataset)
  await takeOutBars(client, dataset)
  const collision = await findCollision(client, dataset)
  if (collision) throw collisionError(collision, current)
  const moved = await putBackBars(client, dataset)
  await moveRevisions(client, dataset)
  const removed = await recordRemovedBars(client, dataset)
  await addUnknownSymbols(client, dataset)
  await forgetRejects(client, dataset)
  return { moved, removed, dates: await recomputeDays(client, dataset) }
}

/**
 * Makes the wanted ranges the stored ones and gives every loaded bar the security its symbol names now, with revisions,
 * rejects, unknown symbols, counts and checksums of the dates. To be called within {@link inIdentityTransaction}.
 * @throws UsageError IDENTITY_CONFLICT when the ranges cannot stand together, IDENTITY_COLLISION when the bars cannot
 */
export async function applyIdentityPlan(client: pg.ClientBase, plan: IdentityPlan): Promise<IdentityChange> {
  refuseConflict(plan.wanted)
  const made = await makeSecurities(client, plan)
  const wanted = plan.wanted.map((range) => ({ ...range, symbolId: made.get(range.symbolId) ?? range.symbolId }))
  const [gone, added] = [lacking(plan.current, wanted), lacking(wanted, plan.current)]
  if (gone.length > 0) await deleteRanges(client, gone)
  if (added.length > 0) await insertRanges(client, added)
  const all = pieces(plan.current, wanted)
  const changed = all.filter((piece) => piece.oldId !== null)
  if (all.length > 0) await insertChanges(client, all, plan.cause)
  const bars = { moved: 0, removed: 0, dates: 0 }
  if (changed.length > 0) {
    await createPieces(client)
    await fillPieces(client, changed)
    await analyzePieces(client)
    for (const dataset of DATASETS) {
      const { moved, removed, dates } = await moveBars(client, dataset, plan.current)
      bars.moved += moved
      bars.removed += removed
      bars.dates += dates
    }
  }
  const touched = [...new Set([...gone, ...added].map((range) => range.symbolId))]
  if (touched.length > 0) {
    await updateLatestSymbols(client, touched)
    await deleteNameless(client, touched)
  }
  return {
    changed,
    barsMoved: bars.moved,
    barsRemoved: bars.removed,
    dates: bars.dates,
    staleDates: all.length > 0 ? await countStaleDates(client, all) : 0,
    made,
  }
}
