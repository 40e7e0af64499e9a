import { setTimeout as delay } from 'node:timers/promises'
import { POLL, pollDocument } from '../../../documents/poll.js'
import { InterruptedError, UsageError } from '../../../domain/errors.js'
import { VERSION } from '../../../domain/version.js'
import { poll as pollSessions } from '../../../features/fetch/poll/poll.js'
import { readPollRequest, type PollRequest } from '../../../features/fetch/poll/request.js'
import { resolvePoll } from '../../../features/fetch/poll/resolve.js'
import type { PolledSession } from '../../../features/fetch/poll/ports.js'
import { openSource } from '../../../features/runs/asking/source.js'
import { registerSecurity } from '../../../features/universe/register.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { readSymbols } from '../../flags/symbols.js'
import { defineCommand, type ArgsOf, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { auditFolder, keptAnswers } from '../../framework/kept-answers.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import type { Settings } from '../../framework/settings.js'
import { pollProgress } from './poll-progress.js'
import { pollText } from './poll-report.js'

const POLL_FLAGS = {
  symbols: { type: 'string', requiresArg: true, describe: 'symbols, separated by commas' },
  every: { type: 'string', requiresArg: true, default: '30s', describe: 'from one request of a symbol to the next: 1s to 1h' },
  provider: { type: 'string', requiresArg: true, describe: 'who is asked; see ohlcv providers' },
  extended: { type: 'boolean', default: false, describe: 'from 04:00 until four hours after the close, and not only while the exchange is open' },
  once: { type: 'boolean', default: false, describe: 'end when the session is over' },
} as const

const SECONDS = { s: 1, m: 60, h: 3600 } as const

/** Seconds of an interval as it is written: `30s`, `5m`, `1h`. @throws UsageError POLL_EVERY */
function intervalOf(text: string): number {
  const [, number, unit] = /^([1-9]\d{0,3})([smh])$/.exec(text.trim()) ?? []
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS]
  if (seconds >= 1 && seconds <= 3600) return seconds
  throw new UsageError('POLL_EVERY', `--every must be a time from 1s to 1h, not ${JSON.stringify(text)}`, { hint: 'for example --every 30s or --every 5m' })
}

function requestOf({ symbols, every, provider, extended, once }: ArgsOf<typeof POLL_FLAGS>, { fetchLanes }: Settings): PollRequest {
  if (symbols === undefined) throw new UsageError('SYMBOLS_MISSING', 'which symbols?', { hint: 'give --symbols AAPL,MSFT' })
  return readPollRequest({ symbols: readSymbols(symbols, 'name those to poll: each is a request every time'), every: intervalOf(every), ...(provider !== undefined && { provider }), extended, once, lanes: fetchLanes })
}

function exitCodeOf(faults: PolledSession['faults'] | undefined, { reason }: AbortSignal): number {
  if (reason instanceof InterruptedError) return exitCodeOfError(reason)
  return faults === undefined || faults.size === 0 ? EXIT.ok : EXIT.dateFailed
}

async function run(flags: ArgsOf<typeof POLL_FLAGS>, context: Context): Promise<Result<typeof POLL>> {
  const { env, log, now, signal, settings } = context
  const request = requestOf(flags, settings)
  const limits = await readLimits(settings.providers, BAR_PROVIDERS)
  const limitsOf = (provider: string) => limits.find(({ name }) => name === provider)!
  const resolved = resolvePoll(request, limitsOf)
  const { provider } = resolved
  const runtime = await runtimeOf(context, { create: true })
  // Each failure is told once, and not each try of a request.
  const quiet = log.isLevelEnabled('debug') ? log : log.child({}, { level: 'error' })
  const source = openSource(provider, limitsOf(provider.name), runtime.db, { env, log: quiet, now, connections: Math.min(request.lanes, request.symbols.length) })
  const answers = keptAnswers(context)
  const started = performance.now()
  try {
    const sessions = await pollSessions(runtime, resolved, {
      ...pollProgress(context), source, answers, auditFolder: auditFolder(context),
      register: (symbol, details) => registerSecurity(runtime, symbol, details),
      sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
      exitCodeOf: ({ faults }) => exitCodeOf(faults, signal), exitCodeOfError,
    })
    const seconds = (performance.now() - started) / 1000
    return {
      exitCode: exitCodeOf(sessions.at(-1)?.faults, signal),
      data: pollDocument(request, provider.name, sessions, VERSION, seconds),
      text: () => pollText(sessions, seconds, context.room),
    }
  } finally {
    await source.client.close()
    await answers.close()
  }
}

export const poll = defineCommand({
  document: POLL,
  ...NAMES.poll,
  examples: [
    ['poll --symbols AAPL,MSFT --every 30s', 'today\'s minutes of two symbols while the exchange is open, and every day after'],
    ['poll --symbols SPY --every 5m --extended --once', 'one day from 04:00 to 20:00, and then the end'],
  ],
  flags: POLL_FLAGS,
  settings: ['fetchLanes', 'providers', 'answers', 'databaseWait'],
  run,
})
