import { messageWithHint, OhlcvError } from '../../domain/errors.js'
import { databaseFailure } from '../../postgres/failures.js'
import { sqlStateOf } from '../../postgres/sqlstates.js'
import type { BarProvider } from '../../providers/bar-provider.js'
import type { Runtime } from '../runs/runtime.js'
import { askSource, faultOf, triesOf } from './attempt.js'
import { mergeUnit, readAllAgain, type AskedUnit } from './merge-unit.js'
import { EVERY_SYMBOL, type Unit } from './plan.js'
import type { FetchRun, JobRun } from './run.js'
import { auditOf, endingOf, recordFailure, type Ending, type UnitResult } from './unit-ending.js'
import { workOf } from '../runs/asking/work.js'

/** Who is told whom a unit is asked of. */
type OnAsk = (provider: BarProvider) => void

/** Asks for a unit. */
async function askUnit(runtime: Runtime, run: FetchRun, unit: Unit, onAsk: OnAsk): Promise<AskedUnit> {
  const { db, now, signal } = runtime
  const startedAt = now()
  const universe = await db.run(signal, (client) => run.universes.current(client))
  const [source] = run.sources
  onAsk(source.provider)
  return { unit, attempts: [await askSource(runtime, run, source, unit, universe)], universe, startedAt }
}

/** A symbol that nothing was known of is known from when it has bars. */
async function identified({ db, signal }: Runtime, run: FetchRun, asked: AskedUnit): Promise<AskedUnit> {
  const { unit, attempts } = asked
  const hasRows = attempts.some(({ answers }) => answers.some(({ reader }) => reader.tally.counts.read > 0))
  if (unit.symbol === EVERY_SYMBOL || asked.universe.has(unit.symbol) || !hasRows) return asked
  await run.register(unit.symbol, null)
  return readAllAgain(run, asked, await db.run(signal, (client) => run.universes.current(client)))
}

/** How a failure of the database, or of what was kept, ends a unit. @throws errors that neither can cause */
function failureOf(error: unknown): Pick<Ending, 'status' | 'code' | 'message'> {
  if (error instanceof OhlcvError) return { status: 'failed', code: error.code, message: messageWithHint(error) }
  if (databaseFailure(error) === undefined) throw error
  return { status: 'failed', code: sqlStateOf(error) ?? 'CONNECTION_LOST', message: (error as Error).message }
}

/**
 * Stores what was given for a unit, or writes down why it cannot be.
 * @param prepare what is to be done before, where any of it can be stored
 */
export async function storeUnit(runtime: Runtime, run: JobRun, asked: AskedUnit, prepare = async (asked: AskedUnit): Promise<AskedUnit> => asked): Promise<Ending> {
  const faults = asked.attempts.map(faultOf)
  if (faults.every((fault) => fault !== null)) return recordFailure(runtime, run, asked, faults.at(-1)!)
  try {
    const read = await prepare(asked)
    const merged = await mergeUnit(runtime, run, read, (merged) => auditOf(run, merged.asked, endingOf(run, merged), runtime.now()))
    return endingOf(run, merged)
  } catch (error) {
    runtime.signal.throwIfAborted()
    return recordFailure(runtime, run, asked, failureOf(error))
  }
}

/**
 * One symbol and timespan of a job: makes its requests, keeps each answer as it came and has it pass the stages (`requestAnswer`), makes a symbol known that was
 * not, and stores bars, fills, requests, audit and metrics in one transaction (`mergeUnit`).
 * @throws the signal's reason; errors that no provider and no server can cause
 */
export async function fetchUnit(runtime: Runtime, run: FetchRun, unit: Unit, onAsk: OnAsk): Promise<UnitResult> {
  const asked = await askUnit(runtime, run, unit, onAsk)
  const ending = await storeUnit(runtime, run, asked, (asked) => identified(runtime, run, asked))
  const { timespan, part, expected } = unit
  const { requests, bytes } = workOf(asked.attempts.flatMap(triesOf), 0)
  return { timespan: timespan.name, part, expected, ...ending, requests, bytes }
}
