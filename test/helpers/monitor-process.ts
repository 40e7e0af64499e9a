// Looks once what is wrong and tells it: node monitor-process.js MINUTE CAUSES URL; the causes are of providers that do not answer, divided by commas, and what is told is posted to the URL. Connects as DATABASE_URL says.
import pg from 'pg'
import { pino } from 'pino'
import { failpointsOf } from '../../lib/cli/framework/failpoint.js'
import type { Channel } from '../../lib/features/alerts/channel.js'
import { TYPES } from '../../lib/postgres/database.js'
import { SteadyPool } from '../../lib/postgres/steady-pool.js'
import { monitor } from '../../lib/routines/monitor/monitor.js'
import { minute, silent, situationAt } from './alerts.js'
import { onConnect } from './database.js'

const [, , at, causes = '', url = ''] = process.argv
const log = pino({ level: 'silent' })
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], types: TYPES, onConnect })
const runtime = { db: new SteadyPool(pool, 5, log), log, now: () => minute(Number(at)), signal: new AbortController().signal, failpoint: failpointsOf(process.env['OHLCV_FAILPOINT']) }
const troubles = causes.split(',').filter((cause) => cause !== '').map((cause) => silent(cause))
const webhook: Channel = {
  name: 'webhook', takes: () => true,
  send: async ({ messageId, event, incidents }) => ({ answer: (await fetch(url, { method: 'POST', body: JSON.stringify({ messageId, text: `${event} ${incidents.map(({ summary }) => summary).join(' + ')}` }) })).statusText }),
}
await monitor(runtime, { channels: [webhook], look: async (now) => situationAt(now), rules: [() => troubles] })
await pool.end()
