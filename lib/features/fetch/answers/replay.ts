import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { TIMESPAN_NAMES, type TimespanName } from '../../../datasets/timespan.js'
import { timespanNamed } from '../../../datasets/timespans.js'
import { sumOf } from '../../../domain/counts.js'
import type { DateRange } from '../../../domain/dates.js'
import { DatabaseError } from '../../../domain/errors.js'
import type { Universe } from '../../../domain/universe.js'
import { databaseFailure } from '../../../postgres/failures.js'
import { endTransaction, type OpenTransaction } from '../../../postgres/transactions.js'
import { AUTHORITY, BAR_SOURCES } from '../../../providers/authority.js'
import { ensurePartitions } from '../../../store/bars/partitions.js'
import { NO_FETCHED_COUNTS, type FetchedCounts } from '../../../store/fetches/fetched-counts.js'
import { compareFetched, lockForFetched, storeFetched, type FetchedScope } from '../../../store/fetches/merge.js'
import { compareBeside, standingBeside, storeBeside, takeOutBeside } from '../../../store/fetches/provider-bars.js'
import {
  answerGroups, dropReplaced, fetchesOf, narrowStaged, relatedSymbols, securitiesOf, standingOn, takeOut, type AnswerGroup, type Extent, type GroupFilter,
} from '../../../store/fetches/replay.js'
import { beginFetched, copyFetched } from '../../../store/fetches/staging.js'
import type { KeptAnswers } from '../../../transport/answers/answers.js'
import type { Runtime } from '../../runs/runtime.js'
import { UniverseReadings } from '../../runs/universe-readings.js'
import { watchAbort } from '../../runs/watch-abort.js'
import { scopeOf } from '../scope.js'
import { Calendars, linesOf, type ReadGroup, type UnreadAnswer } from './read-group.js'

/** How often a group is replayed anew because symbols were given to other securities meanwhile. */
const TRIES = 3
/** Answers that could not be read which are told of one by one. */
const MOST_FAILURES = 100

/** What is to be replayed. */
export interface ReplayRequest extends GroupFilter {
  dry_run: boolean
}

/** What came of the answers of a timespan. */
export interface ReplayCounts extends FetchedCounts {
  timespan: TimespanName
  /** Answers read again, no longer kept, and those that could not be read. */
  answers: number
  pruned: number
  failed: number
  /** Different bars that the answers gave and that count. */
  bars: number
  /** Bars taken out: withdrawn, or given by no answer. */
  removed: number
  /** Bars left as they are: what they stand on is no longer kept or cannot be read. */
  left: number
  /** Bars that were written among those held beside, or taken out of them. */
  beside: number
}

/** An answer that could not be read again. */
export interface ReplayFailure extends DateRange {
  fetchId: number
  provider: string
  symbol: string | null
  timespan: TimespanName
  code: string
  message: string
}

/** What a replay came to. */
export interface Replayed {
  timespans: ReplayCounts[]
  /** The first of them; `failed` counts all. */
  failures: ReplayFailure[]
}

/** Who is told how a replay goes on. */
export interface ReplayObserver {
  onPlan?: (groups: number) => void
  onGroup?: (group: AnswerGroup) => void
}

interface Replay {
  runtime: Runtime
  answers: KeptAnswers
  calendars: Calendars
  universes: UniverseReadings
  range: DateRange | null
  dryRun: boolean
}

interface GroupResult {
  counts: Omit<ReplayCounts, 'timespan'>
  unread: UnreadAnswer[]
}

/** The bars that a replay of the group may touch; undefined where there can be none. */
function extentOf({ start, end, timespan: name, provider }: AnswerGroup, range: DateRange | null): Extent | undefined {
  const timespan = timespanNamed(name)
  const first = range !== null && range.start > start ? range.start : timespan.asked({ start, end }).start
  const last = range !== null && range.end < end ? range.end : end
  if (first > last) return undefined
  const periods = timespan.periods({ start: first, end: last })
  return { timespan, provider, first: periods.time(0), last: periods.time(periods.slots - 1), symbolIds: null }
}

/** What became of the bars of a group in a table. */
interface ReplayedBars {
  counts: FetchedCounts
  removed: number
}

/** Makes the bars beside what the staged answers give. */
async function replayBeside(client: pg.ClientBase, scope: FetchedScope, extent: Extent, fetchIds: readonly number[], readAgain: readonly number[]): Promise<ReplayedBars & { written: number }> {
  if (!scope.timespan.ofDates) return { counts: NO_FETCHED_COUNTS, removed: 0, written: 0 }
  const removed = await takeOutBeside(client, extent, fetchIds, readAgain)
  const counts = scope.stores ? NO_FETCHED_COUNTS : sumOf(NO_FETCHED_COUNTS, (await compareBeside(client, scope)).values())
  return { counts, removed, written: await storeBeside(client, scope, fetchIds) }
}

/** Makes the bars of the timespan's table what the staged answers give; what is new to it is only counted in a dry run, since there may be no partition for it. */
async function replayTable(client: pg.ClientBase, scope: FetchedScope, extent: Extent, fetchIds: readonly number[], readAgain: readonly number[], dryRun: boolean): Promise<ReplayedBars> {
  const removed = await takeOut(client, extent, fetchIds, readAgain)
  await dropReplaced(client, extent, fetchIds)
  const counts = sumOf(NO_FETCHED_COUNTS, (await compareFetched(client, scope)).values())
  if (!dryRun) await storeFetched(client, scope, fetchIds, counts)
  return { counts, removed }
}

/** Stages what the answers of a group give, and makes the stored bars that; undefined when the universe is another by now. */
async function inTransaction(client: pg.ClientBase, { answers, calendars, range, dryRun, runtime: { signal } }: Replay, group: AnswerGroup, at: Extent, universe: Universe): Promise<GroupResult | undefined> {
  const fetches = await fetchesOf(client, group, range)
  const fetchIds = fetches.map(({ fetchId }) => fetchId)
  const found: ReadGroup = { read: [], pruned: [], unread: [] }
  await pipeline(Readable.from(linesOf({ answers, calendars, universe, signal }, group, fetches, found)), copyFetched(client))
  if (range !== null) await narrowStaged(client, at)
  const extent = { ...at, symbolIds: await securitiesOf(client, group) }
  // Of one that this version does not know nothing can be read, but what it stored may have been withdrawn.
  const provider = BAR_SOURCES.find(({ name }) => name === group.provider) ?? { name: group.provider, stores: TIMESPAN_NAMES, basis: 'none' as const }
  const scope = scopeOf(provider, at.timespan, AUTHORITY)
  if ((await lockForFetched(client, scope)) !== universe.identitySeq) return undefined
  // First: what a later fetch has replaced in the timespan's table may be what counts beside.
  const beside = await replayBeside(client, scope, extent, fetchIds, found.read)
  const inTable = scope.stores ? await replayTable(client, scope, extent, fetchIds, found.read, dryRun) : beside
  const notRead = [...found.pruned, ...found.unread.map(({ fetch }) => fetch.fetchId)]
  const left = scope.stores ? await standingOn(client, extent, notRead) : await standingBeside(client, extent, scope.basis, notRead)
  const { removed, counts } = inTable
  const bars = counts.inserted + counts.updated + counts.unchanged + counts.heldBack
  return { counts: { answers: found.read.length, pruned: found.pruned.length, failed: found.unread.length, bars, ...counts, removed, left, beside: beside.removed + beside.written }, unread: found.unread }
}

/** A group in a transaction of its own, again where the connection broke: what was committed is found unchanged. */
function inOwnTransaction(replay: Replay, group: AnswerGroup, extent: Extent, universe: Universe): Promise<GroupResult | undefined> {
  const { runtime: { db, signal }, dryRun } = replay
  let lost: OpenTransaction | undefined
  return db.run(signal, async (client) => {
    if (lost !== undefined) await endTransaction(client, lost)
    const watch = watchAbort(db.pool, client, signal)
    watch.begin()
    try {
      lost = await beginFetched(client)
      const replayed = await inTransaction(client, replay, group, extent, universe)
      signal.throwIfAborted()
      watch.end()
      await client.query(replayed === undefined || dryRun ? 'rollback' : 'commit')
      return replayed
    } catch (error) {
      // On a connection that is gone the server rolls back by itself; the first error is the one to tell.
      if (databaseFailure(error) !== 'session') await client.query('rollback').catch(() => undefined)
      signal.throwIfAborted()
      throw error
    } finally {
      watch.end()
    }
  })
}

/** @throws DatabaseError UNIVERSE_CHANGING; whatever the database throws */
async function replayGroup(replay: Replay, group: AnswerGroup, extent: Extent): Promise<GroupResult> {
  const { runtime: { db, signal }, universes } = replay
  for (let tries = 1; tries <= TRIES; tries++) {
    const universe = await db.run(signal, (client) => universes.current(client))
    const result = await inOwnTransaction(replay, group, extent, universe)
    if (result !== undefined) return result
  }
  throw new DatabaseError('UNIVERSE_CHANGING', 'the universe kept changing while answers were replayed', { hint: 'replay again: what was done stays as it is' })
}

/** A partition that was there when the bars were filled may be missing in a database that was made anew. */
async function preparePartitions({ db, signal }: Runtime, groups: readonly AnswerGroup[]): Promise<void> {
  for (const name of new Set(groups.map(({ timespan }) => timespan))) {
    const { fills } = timespanNamed(name)
    if (fills === null) continue
    const ranges = groups.filter(({ timespan }) => timespan === name)
    const start = ranges.reduce((first, { start }) => (start < first ? start : first), ranges[0]!.start)
    const end = ranges.reduce((last, { end }) => (end > last ? end : last), ranges[0]!.end)
    await db.prepare(signal, (client) => ensurePartitions(client, fills, start, end))
  }
}

/**
 * Rebuilds the stored bars from the kept answers alone, group by group, each in one transaction: what they are under the mapping of symbols and the files
 * of today, had all fetches that count been made in their order. Where nothing was changed behind the fetches' back it changes nothing. An answer that
 * cannot be read leaves the bars that stand on it, and the others go on.
 */
export async function replayAnswers(runtime: Runtime, answers: KeptAnswers, request: ReplayRequest, { onPlan, onGroup }: ReplayObserver = {}): Promise<Replayed> {
  const { db, log, signal } = runtime
  const { dry_run: dryRun, range, symbols } = request
  // A security's bars may have come by any of its symbols, and a week or month of a rename by two of them.
  const related = symbols && (await relatedSymbols(db.pool, symbols))
  const groups = await answerGroups(db.pool, { ...request, symbols: related })
  if (!dryRun) await preparePartitions(runtime, groups)
  const replay: Replay = { runtime, answers, calendars: new Calendars(db.pool), universes: new UniverseReadings(), range, dryRun }
  const sums = new Map<TimespanName, ReplayCounts>()
  const failures: ReplayFailure[] = []
  onPlan?.(groups.length)
  for (const group of groups) {
    signal.throwIfAborted()
    const { timespan, provider, symbol } = group
    const extent = extentOf(group, range)
    if (extent !== undefined) {
      const { counts, unread } = await replayGroup(replay, group, extent)
      const sum = sums.get(timespan)
      const added = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count + (sum?.[name as keyof typeof counts] ?? 0)])) as typeof counts
      sums.set(timespan, { timespan, ...added })
      for (const { fetch: { fetchId, start, end }, error: { code, message } } of unread) {
        log.warn({ fetch: fetchId, symbol, timespan, code }, 'an answer could not be read again; the bars that stand on it were left')
        if (failures.length < MOST_FAILURES) failures.push({ fetchId, provider, symbol, timespan, start, end, code, message })
      }
    }
    onGroup?.(group)
  }
  return { timespans: [...sums.values()], failures }
}
