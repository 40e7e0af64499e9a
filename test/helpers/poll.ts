import path from 'node:path'
import { Writable } from 'node:stream'
import type pg from 'pg'
import { pino } from 'pino'
import * as v from 'valibot'
import { pollProgress } from '../../lib/cli/commands/poll/poll-progress.js'
import { pollText } from '../../lib/cli/commands/poll/poll-report.js'
import { POLL, pollDocument } from '../../lib/documents/poll.js'
import { InterruptedError } from '../../lib/domain/errors.js'
import { poll } from '../../lib/features/fetch/poll/poll.js'
import { readPollRequest, type PollRequest } from '../../lib/features/fetch/poll/request.js'
import { resolvePoll } from '../../lib/features/fetch/poll/resolve.js'
import type { PolledSession } from '../../lib/features/fetch/poll/ports.js'
import { openSource } from '../../lib/features/runs/asking/source.js'
import type { Runtime } from '../../lib/features/runs/runtime.js'
import { SteadyPool } from '../../lib/postgres/steady-pool.js'
import { registerSecurity } from '../../lib/features/universe/register.js'
import type { ProviderLimits } from '../../lib/providers/limits.js'
import { openAnswers } from '../../lib/transport/answers/answers.js'
import type { FetchWorld } from './fetch-world.js'

/** A limit of nothing. */
const UNLIMITED: Omit<ProviderLimits, 'name'> = { enabled: true, priority: 1, tier: 'primary', perSecond: null, perMinute: null, perDay: null, perMonth: null }

export interface PollOptions {
  /** What happens when the clock comes there, while nothing is asked for; one after the other. */
  at?: Readonly<Record<string, () => void | Promise<unknown>>>
  /** When the poll is stopped; without it, it has to end by itself. */
  until?: string
  limits?: Partial<ProviderLimits>
  env?: Record<string, string>
  failpoint?: Runtime['failpoint']
  /** Given what stops the poll, while something is asked for too. */
  stopper?: (stop: () => void) => void
  /** By which connections it works; those of the world unless others are given. */
  pool?: pg.Pool
}

/** What came of a poll, in all its forms. */
export interface Polled {
  sessions: PolledSession[]
  document: v.InferOutput<typeof POLL.fields>
  text: string
  /** Messages of the log, each after the time of day (UTC) when it was told. */
  log: string[]
  /** When something was asked for, `HH:MM:SS`. */
  ticks: string[]
}

/** Polls as the command does, by a clock that stands still but for waits, which take no time. */
export async function pollIn(world: FetchWorld, wanted: Partial<PollRequest> & { symbols: string[] }, { at = {}, until, limits = {}, env = {}, failpoint, stopper, pool = world.pool }: PollOptions = {}): Promise<Polled> {
  const log: string[] = []
  const abort = new AbortController()
  const time = (): string => runtime.now().toISOString().slice(11, 19)
  const logger = pino({ level: 'info' }, new Writable({ write: (chunk, _encoding, done) => {
    log.push(`${time()} ${(JSON.parse(String(chunk)) as { msg: string }).msg}`)
    done()
  } }))
  const stop = (): void => abort.abort(new InterruptedError('SIGTERM'))
  stopper?.(stop)
  const runtime = { ...world.runtime({ log: logger, signal: abort.signal, ...(failpoint && { failpoint }) }), db: new SteadyPool(pool, 0, logger) }
  const { now } = runtime
  const request = readPollRequest({ every: 60, lanes: 4, ...wanted })
  const allowed: ProviderLimits = { name: 'massive', ...UNLIMITED, ...limits }
  const resolved = resolvePoll(request, () => allowed)
  const tools = { random: () => 0.5, delay: async () => undefined }
  const source = openSource(resolved.provider, allowed, runtime.db, { env: { ...world.server.env, ...env }, log: pino({ level: 'silent' }), now, connections: 4, tools })
  const answers = openAnswers(path.join(world.home, 'raw'), {})
  const events: { instant: number; happens: () => void | Promise<unknown> }[] = [...Object.entries(at), ...(until === undefined ? [] : [[until, stop] as const])]
    .map(([instant, happens]) => ({ instant: Date.parse(instant), happens }))
  const sleep = async (ms: number): Promise<void> => {
    let end = now().getTime() + ms
    while (events[0] !== undefined && events[0].instant <= end && !abort.signal.aborted) {
      const { instant, happens } = events.shift()!
      world.now = new Date(instant).toISOString()
      const left = end - instant
      await happens()
      // It may have set the clock.
      end = now().getTime() + left
    }
    if (!abort.signal.aborted) world.now = new Date(Math.max(end, now().getTime())).toISOString()
  }
  const progress = pollProgress({ log: logger })
  const ticks: string[] = []
  try {
    const sessions = await poll(runtime, resolved, {
      ...progress, source, answers, auditFolder: path.join(world.home, 'audit'), sleep,
      onTick(...told) {
        ticks.push(time())
        progress.onTick(...told)
      },
      register: (symbol, details) => registerSecurity(runtime, symbol, details),
      exitCodeOf: () => 0, exitCodeOfError: () => 1,
    })
    const document = pollDocument(request, resolved.provider.name, sessions, '0.0.0', 1)
    return { sessions, document: v.parse(POLL.fields, JSON.parse(JSON.stringify(document))), text: pollText(sessions, 1, Infinity), log, ticks }
  } finally {
    await source.client.close()
    await answers.close()
  }
}
