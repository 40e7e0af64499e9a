// Sends requests to a URL, each with the leave of a gate: node gate-process.js DATABASE_URL URL REQUESTS LANES LIMITS
import pg from 'pg'
import { pino } from 'pino'
import { quotaGate, QuotaUsedUp } from '../../lib/features/runs/asking/gate.js'
import { TYPES } from '../../lib/postgres/database.js'
import { SteadyPool } from '../../lib/postgres/steady-pool.js'
import type { QuotaLimits } from '../../lib/store/fetches/quota.js'
import { onConnect } from './database.js'

const [, , database, url = '', requests, lanes, limits = ''] = process.argv
const pool = new pg.Pool({ connectionString: database, types: TYPES, onConnect })
const gate = quotaGate(new SteadyPool(pool, 0, pino({ enabled: false })), 'p', JSON.parse(limits) as QuotaLimits)
const { signal } = new AbortController()
let left = Number(requests)
let usedUp = 0

async function lane(): Promise<void> {
  while (left-- > 0) {
    try {
      await gate.pass(signal)
      await fetch(`${url}?sent=${performance.timeOrigin + performance.now()}`)
    } catch (error) {
      if (!(error instanceof QuotaUsedUp)) throw error
      usedUp++
    }
  }
}

const all = (work: () => Promise<unknown>) => Promise.all(Array.from({ length: Number(lanes) }, work))
// What the first requests of a process take longer is no matter of the gate.
await all(() => fetch(`${url}warm`))
await all(lane)
await pool.end()
process.stdout.write(String(usedUp))
