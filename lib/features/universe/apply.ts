import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import { DATASETS } from '../../datasets/datasets.js'
import { NO_DESCRIPTION, type Description } from '../../domain/description.js'
import { UsageError } from '../../domain/errors.js'
import type { Failpoints } from '../../domain/failpoint.js'
import { databaseFailure } from '../../postgres/failures.js'
import { lockIdentities } from '../../postgres/locks.js'
import { addUnknownSymbols, adjustCoverage, adjustDays, analyzePieces, createPieces, createTakenOut, fillPieces, findCollision, forgetRejects, moveRevisions, namedSecurities, putBackBars, recordRemovedBars, takeOutBars, worstDate, type Collision } from '../../store/universe/moved-bars.js'
import { fetchedTimespans, putBackFetched, takeOutFetched } from '../../store/universe/moved-fetched.js'
import { moveWithSymbols } from '../../store/universe/moved-with-symbol.js'
import { deleteRanges, insertRanges, type SymbolRange } from '../../store/universe/ranges.js'
import { insertChanges, type Piece } from '../../store/universe/changes.js'
import { markStaleDates } from '../../store/ledger/days.js'
import { deleteNameless, insertSecurities, updateLatestSymbols } from '../../store/universe/securities.js'
import type { Runtime } from '../runs/runtime.js'
import { covers, lacking, pieces } from './identity.js'

/** How often a change is tried while another transaction is in its way. */
const TRIES = 3

/** TimescaleDB refuses to move many bars of a compressed chunk unless told otherwise; any other server ignores its setting. */
const BEGIN = 'begin; set local timescaledb.max_tuples_decompressed_per_dml_transaction = 0'

/** Another set of ranges for some securities. Ids below zero stand for securities to be made. */
export interface IdentityPlan {
  /** Every range as it is of every security concerned. */
  current: readonly SymbolRange[]
  wanted: readonly SymbolRange[]
  /** What is known about securities to be made, by their id below zero. */
  descriptions: ReadonlyMap<number, Description>
  /** For `universe_changes`, for instance `rename`. */
  cause: string
  limits: Limits
  failpoint: Failpoints
}

/** What decides whether an identity change is taken that concerns many bars. */
export interface Limits {
  /** The share of a date's bars, in percent, that may be dropped or, of several securities, moved. */
  maxRemoved: number
  /** Take it whatever it does. */
  accept: boolean
}

/** What an identity change did. */
export interface IdentityChange {
  /** The changes of symbols that named a security before. */
  changed: Piece[]
  barsMoved: number
  /** Bars of files whose symbol names no security any more. */
  barsRemoved: number
  /** The same of bars that providers gave. */
  fetchedMoved: number
  fetchedRemoved: number
  /** Dates whose bars changed, over all datasets. */
  dates: number
  /** Loaded dates with rows of symbols that are known since this change; the next load reads them again. */
  staleDates: number
  /** The ids given to the securities made. */
  made: ReadonlyMap<number, number>
  /** Why it is refused unless accepted, if so: only a dry run comes this far then. */
  refusal: UsageError | undefined
}

/**
 * Runs one identity change in a transaction of its own, while no load merges; a dry run is rolled back. Does the work again
 * where another transaction was in the way.
 */
export async function inIdentityTransaction<T>({ db, signal, failpoint }: Runtime, dryRun: boolean, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const client = await db.pool.connect()
    try {
      await client.query(BEGIN)
      await lockIdentities(client)
      const result = await work(client)
      signal.throwIfAborted()
      await failpoint('identity-before-commit')
      await client.query(dryRun ? 'rollback' : 'commit')
      await failpoint('identity-after-commit')
      client.release()
      return result
    } catch (error) {
      // A connection that failed in the middle is not used again; ending it rolls back.
      client.release(true)
      if (databaseFailure(error) !== 'transaction' || tries === TRIES) throw error
    }
  }
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

/** Why an identity change is not to be trusted with the bars, if so. */
async function refusalOf(client: pg.ClientBase, dataset: Dataset, { maxRemoved, accept }: Limits): Promise<UsageError | undefined> {
  const worst = accept ? undefined : await worstDate(client, dataset, maxRemoved)
  if (!worst) return undefined
  const [count, what] = worst.dropped * 100 > maxRemoved * worst.bars ? [worst.dropped, 'dropped, because their symbols would name no security'] : [worst.moved, 'moved to other securities']
  const share = worst.bars > 0 ? ` (${((100 * count) / worst.bars).toFixed(1)} %)` : ''
  const others = worst.dates > 1 ? `, and too many on ${worst.dates - 1} other dates` : ''
  return new UsageError('IDENTITY_TOO_MANY', `${count} of the ${worst.bars} bars of ${worst.date}${share} would be ${what}, more than ${maxRemoved} %${others}`, {
    hint: 'nothing was changed; look at it with --dry-run, and if it is right, add --accept',
  })
}

interface Moved {
  moved: number
  removed: number
  dates: number
  refusal: UsageError | undefined
}

async function moveBars(client: pg.ClientBase, dataset: Dataset, oldIds: readonly number[] | null, { current, limits, failpoint }: IdentityPlan): Promise<Moved> {
  await createTakenOut(client, dataset)
  await takeOutBars(client, dataset, oldIds)
  await failpoint('identity-bars-taken-out')
  const collision = await findCollision(client, dataset)
  if (collision) throw collisionError(collision, current)
  const refusal = await refusalOf(client, dataset, limits)
  const moved = await putBackBars(client, dataset)
  await moveRevisions(client, dataset)
  const removed = await recordRemovedBars(client, dataset)
  await addUnknownSymbols(client, dataset)
  await forgetRejects(client, dataset)
  await adjustCoverage(client, dataset)
  return { moved, removed, dates: await adjustDays(client, dataset), refusal }
}

/**
 * Makes the wanted ranges the stored ones and gives every loaded bar the security its symbol names now, with revisions,
 * rejects, unknown symbols, counts and sums of the dates. To be called within {@link inIdentityTransaction}.
 * @throws UsageError IDENTITY_COLLISION when two bars would be one security's
 */
export async function applyIdentityPlan(client: pg.ClientBase, plan: IdentityPlan): Promise<IdentityChange> {
  const made = await makeSecurities(client, plan)
  const wanted = plan.wanted.map((range) => ({ ...range, symbolId: made.get(range.symbolId) ?? range.symbolId }))
  const [gone, added] = [lacking(plan.current, wanted), lacking(wanted, plan.current)]
  if (gone.length > 0) await deleteRanges(client, gone)
  if (added.length > 0) await insertRanges(client, added)
  const all = pieces(plan.current, wanted)
  const changed = all.filter((piece) => piece.oldId !== null)
  if (all.length > 0) await insertChanges(client, all, plan.cause)
  const [bars, fetched] = [{ moved: 0, removed: 0, dates: 0 }, { moved: 0, removed: 0 }]
  let refusal: UsageError | undefined
  if (changed.length > 0) {
    await createPieces(client)
    await fillPieces(client, changed)
    await analyzePieces(client)
    const oldIds = namedSecurities(changed)
    // First out and last back: a fill is never in the way of a file's bar.
    const timespans = await fetchedTimespans(client)
    for (const timespan of timespans) await takeOutFetched(client, timespan, oldIds)
    for (const dataset of DATASETS) {
      const { moved, removed, dates, refusal: refused } = await moveBars(client, dataset, oldIds, plan)
      bars.moved += moved
      bars.removed += removed
      bars.dates += dates
      refusal ??= refused
    }
    for (const timespan of timespans) {
      const { moved, removed } = await putBackFetched(client, timespan)
      fetched.moved += moved
      fetched.removed += removed
    }
    await moveWithSymbols(client, oldIds)
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
    fetchedMoved: fetched.moved,
    fetchedRemoved: fetched.removed,
    dates: bars.dates,
    staleDates: all.length > 0 ? await markStaleDates(client, all) : 0,
    made,
    refusal,
  }
}
