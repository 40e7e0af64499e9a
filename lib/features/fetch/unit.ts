import { messageWithHint, OhlcvError } from '../../domain/errors.js'
import { databaseFailure } from '../../postgres/failures.js'
import { sqlStateOf } from '../../postgres/sqlstates.js'
import type { Runtime } from '../runs/runtime.js'
import { mergeUnit } from './merge-unit.js'
import { EVERY_SYMBOL, type Unit } from './plan.js'
import { readAllAgain, requestAnswer, requestsOf, type Answer } from './request-answer.js'
import type { FetchRun } from './run.js'
import { auditOf, endingOf, recordFailure, triesOf, type AskedUnit, type Ending, type UnitResult } from './unit-ending.js'
import { workOf } from '../runs/asking/work.js'

/** Makes the requests of a unit, up to the first without an answer that can be stored. */
async function askUnit(runtime: Runtime, run: FetchRun, unit: Unit): Promise<AskedUnit> {
  const { db, now, signal } = runtime
  const startedAt = now()
  const universe = await db.run(signal, (client) => run.universes.current(client))
  const answers: Answer[] = []
  for (const [request, ask] of requestsOf(unit).entries()) {
    const answer = await requestAnswer(runtime, run, unit, ask, request, universe)
    answers.push(answer)
    if (answer.fault !== null) break
  }
  return { unit, answers, universe, startedAt }
}

/** A symbol that nothing was known of is known from when it has bars. */
async function identified({ db, signal }: Runtime, run: FetchRun, asked: AskedUnit): Promise<AskedUnit> {
  const { unit, answers } = asked
  if (unit.symbol === EVERY_SYMBOL || asked.universe.has(unit.symbol) || answers.every(({ reader }) => reader.tally.counts.read === 0)) return asked
  await run.register(unit.symbol, null)
  const universe = await db.run(signal, (client) => run.universes.current(client))
  return { ...asked, universe, answers: await readAllAgain(run, unit, answers, universe) }
}

/** How a failure of the database, or of what was kept, ends a unit. @throws errors that neither can cause */
function faultOf(error: unknown): Pick<Ending, 'status' | 'code' | 'message'> {
  if (error instanceof OhlcvError) return { status: 'failed', code: error.code, message: messageWithHint(error) }
  if (databaseFailure(error) === undefined) throw error
  return { status: 'failed', code: sqlStateOf(error) ?? 'CONNECTION_LOST', message: (error as Error).message }
}

/** Stores what was asked for, or writes down why it cannot be. */
async function mergeAsked(runtime: Runtime, run: FetchRun, asked: AskedUnit): Promise<Ending> {
  const fault = asked.answers.find((answer) => answer.fault !== null)?.fault
  if (fault) return recordFailure(runtime, run, asked, fault)
  try {
    const read = await identified(runtime, run, asked)
    const merged = await mergeUnit(runtime, run, read.unit, read.answers, read.universe, (done) => ({
      audit: auditOf(read, run, endingOf(read, run, done), runtime.now()), work: workOf(triesOf(read.answers), done.counts.bars),
    }))
    return endingOf(read, run, merged)
  } catch (error) {
    runtime.signal.throwIfAborted()
    return recordFailure(runtime, run, asked, faultOf(error))
  }
}

/**
 * One symbol and timespan of a job: makes its requests, keeps each answer as it came and has it pass the stages (`requestAnswer`), makes a symbol known that was
 * not, and stores bars, fills, requests, audit and metrics in one transaction (`mergeUnit`).
 * @throws the signal's reason; errors that no provider and no server can cause
 */
export async function fetchUnit(runtime: Runtime, run: FetchRun, unit: Unit): Promise<UnitResult> {
  const asked = await askUnit(runtime, run, unit)
  const ending = await mergeAsked(runtime, run, asked)
  const { timespan, part, expected } = unit
  const { requests, bytes } = workOf(triesOf(asked.answers), 0)
  return { timespan: timespan.name, part, expected, ...ending, requests, bytes }
}
