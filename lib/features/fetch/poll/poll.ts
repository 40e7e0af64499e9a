import { createCalendar, type Calendar } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import type { IsoDate } from '../../../domain/dates.js'
import { OhlcvError } from '../../../domain/errors.js'
import { databaseFailure } from '../../../postgres/failures.js'
import { sqlStateOf } from '../../../postgres/sqlstates.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import type { Runtime } from '../../runs/runtime.js'
import { DATABASE, type PolledSession, type PollPorts } from './ports.js'
import type { ResolvedPoll } from './resolve.js'
import { nextWindow, pauseAfter } from './schedule.js'
import { PollSession } from './session.js'
import { Troubles, type Fault } from './troubles.js'
import { wait } from './wait.js'

/** So often, in milliseconds, it is looked at whether the calendar or the clock was changed while nothing is asked for. */
const LOOKS = 3_600_000

/**
 * How the database failed, where it may be well again later; undefined for other errors.
 * @param works whether it has ever been well: else only a connection can come by itself
 */
function faultOfDatabase(thrown: unknown, works: boolean): Fault | undefined {
  // A server that has not noticed yet that a connection is gone keeps the job for it.
  if (works && thrown instanceof OhlcvError && thrown.code === 'JOB_RUNNING') return thrown
  const error = [thrown, (thrown as Error).cause].find((error): error is Error => databaseFailure(error) !== undefined)
  if (error === undefined || (!works && databaseFailure(error) !== 'session')) return undefined
  return { code: sqlStateOf(error) ?? 'CONNECTION_LOST', message: error.message }
}

/** Polls session after session, whatever the database does. */
class Poll {
  readonly #troubles = new Troubles()
  #calendar: Calendar | undefined
  #works = false
  /** Times in a row that the database failed. */
  #failures = 0

  constructor(private readonly runtime: Runtime, private readonly resolved: ResolvedPoll, private readonly ports: PollPorts) {}

  async sessions(): Promise<PolledSession[]> {
    const { runtime: { now, signal }, resolved: { request: { once, extended } }, ports } = this
    const sessions: PolledSession[] = []
    let [done, told]: (IsoDate | undefined)[] = []
    while (!signal.aborted) {
      const calendar = await this.#currentCalendar()
      const window = nextWindow(calendar, now().getTime(), extended, done)
      const left = window.start - now().getTime()
      if (left > 0) {
        if (told !== window.date) ports.onSleep?.(window)
        told = window.date
        await wait(Math.min(left, LOOKS), now, ports.sleep, signal)
        continue
      }
      const session = new PollSession(this.runtime, this.resolved, ports, calendar, window, this.#troubles)
      await this.#toItsEnd(session)
      sessions.push(session.result)
      done = window.date
      if (once) break
    }
    return sessions
  }

  /** The calendar with what the user keeps of it now, or did when the database was last there. */
  async #currentCalendar(): Promise<Calendar> {
    const { db, signal } = this.runtime
    try {
      this.#calendar = createCalendar(DEFAULT_EXCHANGE, await db.run(signal, (client) => listOverrides(client, DEFAULT_EXCHANGE.code)))
    } catch (error) {
      if (this.#calendar === undefined || faultOfDatabase(error, true) === undefined) throw error
    }
    return this.#calendar
  }

  async #toItsEnd(session: PollSession): Promise<void> {
    const { runtime: { now, signal }, ports } = this
    while (!signal.aborted) {
      try {
        return await session.poll(() => this.#tell(null))
      } catch (error) {
        if (signal.aborted) return
        const fault = faultOfDatabase(error, this.#works)
        if (fault === undefined) throw error
        this.#tell(fault)
        await wait(pauseAfter(this.#failures, this.resolved.request.every * 1000), now, ports.sleep, signal)
      }
    }
  }

  /** @param fault null: the database is well */
  #tell(fault: Fault | null): void {
    this.#works ||= fault === null
    this.#failures = fault === null ? 0 : this.#failures + 1
    const { begun, ended } = this.#troubles.changes(new Map([[DATABASE, fault]]))
    if (begun.size > 0) this.ports.onTrouble?.(begun)
    if (ended.length > 0) this.ports.onRecovered?.(ended)
  }
}

/**
 * Asks for today's minutes again and again while the exchange is open, and stores them as fills, session after session until the signal is aborted. What a
 * provider or the database fails of is made up for by a later tick.
 * @returns what came of each session, in order
 * @throws UsageError where the provider refuses the key; errors that no provider and no server can cause
 */
export function poll(runtime: Runtime, resolved: ResolvedPoll, ports: PollPorts): Promise<PolledSession[]> {
  return new Poll(runtime, resolved, ports).sessions()
}
