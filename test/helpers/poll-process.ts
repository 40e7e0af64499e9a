// Polls by a clock that runs faster: node poll-process.js SYMBOLS EVERY BEGAN INSTANT SPEED FOLDER; BEGAN is when the clock showed INSTANT, in milliseconds. Connects as DATABASE_URL says.
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { NO_FAILPOINTS } from '../../lib/domain/failpoint.js'
import { poll } from '../../lib/features/fetch/poll/poll.js'
import { readPollRequest } from '../../lib/features/fetch/poll/request.js'
import { resolvePoll } from '../../lib/features/fetch/poll/resolve.js'
import { openSource } from '../../lib/features/runs/asking/source.js'
import { registerSecurity } from '../../lib/features/universe/register.js'
import { TYPES } from '../../lib/postgres/database.js'
import { SteadyPool } from '../../lib/postgres/steady-pool.js'
import { openAnswers } from '../../lib/transport/answers/answers.js'
import { onConnect } from './database.js'

const [, , symbols = '', every, began, instant = '', speed, folder = ''] = process.argv
const log = pino({ level: 'silent' })
const now = (): Date => new Date(Date.parse(instant) + (Date.now() - Number(began)) * Number(speed))
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], types: TYPES, onConnect })
const runtime = { db: new SteadyPool(pool, 5, log), log, now, signal: new AbortController().signal, failpoint: NO_FAILPOINTS }
const limits = { name: 'massive', enabled: true, priority: 1, tier: 'primary' as const, perSecond: null, perMinute: null, perDay: null, perMonth: null }
const resolved = resolvePoll(readPollRequest({ symbols: symbols.split(','), every: Number(every), once: true, lanes: 4 }), () => limits)
const tools = { random: () => 0.5, delay: async () => undefined }
const source = openSource(resolved.provider, limits, runtime.db, { env: process.env, log, now, connections: 4, tools })
const answers = openAnswers(path.join(folder, 'raw'), {})
const [session] = await poll(runtime, resolved, {
  source, answers, auditFolder: path.join(folder, 'audit'), sleep: (ms) => delay(ms / Number(speed)),
  register: (symbol, details) => registerSecurity(runtime, symbol, details), exitCodeOf: () => 0, exitCodeOfError: () => 1,
  onSession: () => process.stdout.write('polling\n'),
})
await source.client.close()
await pool.end()
process.exitCode = session?.state === 'completed' ? 0 : 3
