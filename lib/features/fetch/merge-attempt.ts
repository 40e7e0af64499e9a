import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import type { Timespan } from '../../datasets/timespan.js'
import { sumOf } from '../../domain/counts.js'
import { datesOf, type DateRange } from '../../domain/dates.js'
import { Universe } from '../../domain/universe.js'
import { RULES_VERSION } from '../../stages/rules.js'
import { NO_FETCHED_COUNTS, type FetchedCounts } from '../../store/fetches/fetched-counts.js'
import { insertFetches, latestFetch, NO_FETCH_COUNTS, type AnswersAbout, type Fetch, type FetchCounts, type FetchStatus } from '../../store/fetches/fetches.js'
import { applyFetched, compareFetched, lockForFetched } from '../../store/fetches/merge.js'
import { copyFetched, differingFetched } from '../../store/fetches/staging.js'
import { logRemediationOnce } from '../../store/quality/remediations.js'
import { rangesOfSymbols } from '../../store/universe/ranges.js'
import type { Runtime } from '../runs/runtime.js'
import { faultOf, type Attempt } from './attempt.js'
import type { Unit } from './plan.js'
import type { Answer, Giver } from './request-answer.js'
import type { JobRun } from './run.js'
import { scopeOf } from './scope.js'

/** What became of the answers of a source. */
export interface MergedAttempt {
  status: FetchStatus
  counts: FetchCounts
  fetchIds: number[]
}

/** What a symbol names on dates on which it names one security at most. */
function securityOf(symbol: string, { start, end }: DateRange, universe: Universe): number | undefined {
  return universe.securityOn(symbol, end) ?? universe.securityOn(symbol, start)
}

/** A fetch as it goes into the ledger. */
function fetchOf(run: JobRun, { provider }: Giver, { timespan }: Unit, answer: Answer, universe: Universe, ending: Pick<Fetch, 'status' | 'code' | 'message' | 'counts'>): Fetch {
  const { form, symbol, range, reader, tries, pages, pulledAt, durationMs } = answer
  return {
    jobId: run.jobId, provider: provider.name, form, symbol, symbolId: symbol === null ? null : (securityOf(symbol, range, universe) ?? null),
    timespan: timespan.name, ...range, ...ending, tries: tries.length, pages, rawHash: pages.length === 0 ? null : reader.rawHash, barsHash: reader.barsHash, bytes: reader.bytes,
    rulesVersion: RULES_VERSION, identitySeq: universe.identitySeq, pulledAt, durationMs,
  }
}

/**
 * The answers that may have given a bar which this one gives too: under any symbol of its security, on any date of its first and last week or month, which
 * others may have asked for in part.
 */
function sharing({ provider }: Giver, timespan: Timespan, { symbol, range }: Answer, universe: Universe): AnswersAbout {
  const periods = timespan.periods(range)
  const symbolId = symbol === null ? undefined : securityOf(symbol, range, universe)
  const symbols = symbolId === undefined ? [] : universe.rangesOf(symbolId).map((named) => named.symbol)
  const { start } = periods.dates(0)
  const { end } = periods.dates(periods.slots - 1)
  return { provider: provider.name, symbols: symbol === null ? null : [...new Set([symbol, ...symbols])], timespan: timespan.name, start, end }
}

/** Whether each answer has the bars that the latest one of the same request had, read by the same rules and symbols, and no other has had a part in them since. */
async function areKnown(db: pg.ClientBase, { timespan }: Unit, { source, answers }: Attempt, universe: Universe): Promise<boolean> {
  for (const answer of answers) {
    const { symbol, range: { start, end }, reader } = answer
    if (reader.repeats.length > 0) return false
    const latest = await latestFetch(db, sharing(source, timespan, answer, universe))
    if (latest === undefined || latest.withdrawn || latest.symbol !== symbol || latest.start !== start || latest.end !== end || latest.barsHash !== reader.barsHash) return false
    if (latest.rulesVersion !== RULES_VERSION || latest.identitySeq !== universe.identitySeq) return false
  }
  return true
}

/** Judges the repeated rows now that their first is staged: equal ones are counted once, different ones rejected. */
async function settleRepeats(client: pg.ClientBase, { source, answers }: Attempt): Promise<void> {
  for (const [request, { reader }] of answers.entries()) {
    if (reader.repeats.length === 0) continue
    const different = await differingFetched(client, request, source.provider.basis, reader.repeats)
    // None is judged twice, should the transaction have to be done again.
    for (const repeat of reader.repeats.splice(0)) reader.tally.repeated(repeat, different.has(repeat.bar.line))
  }
}

/** Writes down the rows of an answer that repeat others of it; once, however often it is asked for. */
async function logDuplicates(
  client: pg.ClientBase, { runId }: JobRun, { source, timespan, answer, universe }: { source: Giver; timespan: Timespan; answer: Answer; universe: Universe },
): Promise<void> {
  const { symbol, range, pulledAt, reader: { tally: { repeats: { equal, different, symbols, first, last } } } } = answer
  if (equal + different === 0) return
  const periods = timespan.periods(range)
  const symbolId = symbol === null ? undefined : securityOf(symbol, range, universe)
  await logRemediationOnce(client, {
    kind: 'duplicate', timespan: timespan.name, security: symbol === null || symbolId === undefined ? null : { symbolId, symbol }, dates: { start: periods.dateOf(first), end: periods.dateOf(last) },
    provider: source.provider.name, action: 'kept_first', state: 'resolved', occurrences: equal + different,
    before: { equal_rows: equal, different_rows: different, symbols: [...symbols] }, after: null, message: null, runId, beganAt: pulledAt,
  })
}

/** Whether the symbols of these answers name the securities that they were read by, whatever else has changed since. */
async function areNamedAlike(client: pg.ClientBase, answers: readonly Answer[], universe: Universe): Promise<boolean> {
  const symbols = answers.map(({ symbol }) => symbol)
  if (symbols.includes(null)) return false
  const current = new Universe(await rangesOfSymbols(client, symbols as string[]), 0)
  return answers.every(({ symbol, range }) => [...datesOf(range)].every((date) => current.securityOn(symbol!, date) === universe.securityOn(symbol!, date)))
}

/** What became of the bars of an answer. One that a later request of the attempt had as well is a duplicate. */
function countsOf(answer: Answer, compared: FetchedCounts = NO_FETCHED_COUNTS): FetchCounts {
  const { read, staged, rejected, unknown, duplicates } = answer.reader.tally.counts
  const { inserted, updated, unchanged, heldBack } = compared
  return { bars: read, ...compared, rejected, unknown, duplicates: duplicates + staged - inserted - updated - unchanged - heldBack }
}

const INCOMPLETE = { status: 'failed', code: 'UNIT_INCOMPLETE', message: 'not stored: another request of the same symbol and timespan failed' } as const

/** Writes down the requests of an attempt of which nothing is stored, in the transaction at hand. */
export async function recordFailed(client: pg.ClientBase, run: JobRun, unit: Unit, { source, answers }: Attempt, universe: Universe): Promise<MergedAttempt> {
  const fetches = answers.map((answer) => fetchOf(run, source, unit, answer, universe, { ...(answer.fault ?? INCOMPLETE), counts: NO_FETCH_COUNTS }))
  return { status: 'failed', counts: NO_FETCH_COUNTS, fetchIds: await insertFetches(client, fetches) }
}

/** Fetches that brought nothing new, in the transaction at hand. */
async function recordKnown(client: pg.ClientBase, run: JobRun, unit: Unit, { source, answers }: Attempt, universe: Universe): Promise<MergedAttempt> {
  const counts = answers.map((answer) => countsOf(answer, { ...NO_FETCHED_COUNTS, unchanged: answer.reader.tally.counts.staged }))
  const fetchIds = await insertFetches(client, answers.map((answer, request) =>
    fetchOf(run, source, unit, answer, universe, { status: 'unchanged', code: null, message: null, counts: counts[request]! })))
  return { status: 'unchanged', counts: sumOf(NO_FETCH_COUNTS, counts), fetchIds }
}

/**
 * Stores what a source gave for a unit, and its `fetches`, in the transaction at hand, whose staging table has to be empty. What is stored already is not written; an
 * attempt that has what the latest had is not even compared.
 * @returns undefined when the universe is another by now
 */
export async function mergeAttempt(client: pg.ClientBase, { failpoint }: Runtime, run: JobRun, unit: Unit, attempt: Attempt, universe: Universe): Promise<MergedAttempt | undefined> {
  const { source, answers } = attempt
  if (faultOf(attempt) !== null) return recordFailed(client, run, unit, attempt, universe)
  const scope = scopeOf(source.provider, unit.timespan, run.authority)
  if (await areKnown(client, unit, attempt, universe)) {
    // Another fetch may just be storing other bars: what this one would then leave to the older would be lost.
    await lockForFetched(client, scope)
    if (await areKnown(client, unit, attempt, universe)) return recordKnown(client, run, unit, attempt, universe)
  }
  await pipeline(Readable.from(answers.flatMap(({ reader }) => reader.pieces)), copyFetched(client))
  await failpoint('fetch-copied')
  await settleRepeats(client, attempt)
  const identitySeq = await lockForFetched(client, scope)
  if (identitySeq !== universe.identitySeq && !(await areNamedAlike(client, answers, universe))) return undefined
  const compared = await compareFetched(client, scope)
  const counts = answers.map((answer, request) => countsOf(answer, compared.get(request)))
  const fetchIds = await insertFetches(client, answers.map((answer, request) =>
    ({ ...fetchOf(run, source, unit, answer, universe, { status: counts[request]!.bars === 0 ? 'empty' : 'stored', code: null, message: null, counts: counts[request]! }), identitySeq })))
  const sum = sumOf(NO_FETCH_COUNTS, counts)
  await applyFetched(client, scope, fetchIds, sum)
  for (const answer of answers) await logDuplicates(client, run, { source, timespan: unit.timespan, answer, universe })
  await failpoint('fetch-merged')
  return { status: sum.bars === 0 ? 'empty' : 'stored', counts: sum, fetchIds }
}
