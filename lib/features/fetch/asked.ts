import type { BarProvider } from '../../providers/bar-provider.js'
import type { Runtime } from '../runs/runtime.js'
import { faultOf, type Attempt } from './attempt.js'
import { failureOf } from '../runs/asking/failure.js'
import { readAllAgain, type AskedUnit } from './merge-unit.js'
import { EVERY_SYMBOL } from './plan.js'
import type { FetchRun } from './run.js'

/** Who is told whom a unit is asked of. */
export type OnAsk = (provider: BarProvider) => void

/** A symbol that nothing was known of is known from when it has bars. */
async function identified({ db, signal }: Runtime, run: FetchRun, asked: AskedUnit): Promise<AskedUnit> {
  const { unit, attempts, universe } = asked
  const hasRows = attempts.some((attempt) => faultOf(attempt) === null && attempt.answers.some(({ reader }) => reader.tally.counts.read > 0))
  if (unit.symbol === EVERY_SYMBOL || universe.has(unit.symbol) || !hasRows) return asked
  await run.register(unit.symbol, null)
  return readAllAgain(run, asked, await db.run(signal, (client) => run.universes.current(client)))
}

/** The unit with one attempt more, and its symbol known. */
export async function withAttempt(runtime: Runtime, run: FetchRun, before: AskedUnit, attempt: Attempt): Promise<AskedUnit> {
  const asked = { ...before, attempts: [...before.attempts, attempt] }
  try {
    return await identified(runtime, run, asked)
  } catch (error) {
    runtime.signal.throwIfAborted()
    return { ...asked, failure: failureOf(error) }
  }
}
