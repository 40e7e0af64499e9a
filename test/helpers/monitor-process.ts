// Looks once what is wrong and tells it: node monitor-process.js MINUTE CAUSES URL; the causes are of providers that do not answer, divided by commas, and what is told is posted to the URL. Connects as DATABASE_URL says.
import { pino } from 'pino'
import { failpointsOf } from '../../lib/cli/framework/failpoint.js'
import { createPool } from '../../lib/postgres/connect.js'
import { SteadyPool } from '../../lib/postgres/steady-pool.js'
import { monitor } from '../../lib/routines/monitor/monitor.js'
import { minute, postingTo, silent, situationAt } from './troubles.js'

const [, , at, causes = '', url = ''] = process.argv
const log = pino({ level: 'silent' })
const pool = createPool({ connectionString: process.env['DATABASE_URL'] ?? '' }, log)
const runtime = { db: new SteadyPool(pool, 5, log), log, now: () => minute(Number(at)), signal: new AbortController().signal, failpoint: failpointsOf(process.env['OHLCV_FAILPOINT']) }
const troubles = causes.split(',').filter((cause) => cause !== '').map((cause) => silent(cause))
await monitor(runtime, { channels: [postingTo(url)], look: async (now) => situationAt(now), rules: [() => troubles] })
await pool.end()
