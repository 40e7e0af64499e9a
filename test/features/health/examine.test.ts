import t from 'tap'
import { ok, warning, type HealthCheck, type Subject } from '../../../lib/features/health/check.js'
import { HEALTH_CHECKS } from '../../../lib/features/health/checks.js'
import { examine } from '../../../lib/features/health/examine.js'
import { UsageError } from '../../../lib/domain/errors.js'
import { pino } from 'pino'
import { connectDatabase } from '../../../lib/postgres/open.js'
import { emptyDatabase, freshDatabase } from '../../helpers/database.js'

/** A subject whose database is the one of this URL, and how often it was connected to and left. */
function subjectOf(url: string): { subject: Subject; seen: { connected: number; closed: number } } {
  const [seen, signal] = [{ connected: 0, closed: 0 }, new AbortController().signal]
  const connect = async () => {
    seen.connected++
    const database = await connectDatabase({ env: { DATABASE_URL: url }, home: undefined, create: false, log: pino({ enabled: false }), signal })
    return { ...database, close: () => (seen.closed++, database.close()) }
  }
  const subject: Subject = { env: {}, settings: { source: undefined, providers: undefined, answers: '/nowhere', maxFileBytes: 1 }, now: () => new Date(), signal, connect, figure: (value) => `<${value}>`, size: (bytes) => `<${bytes} bytes>` }
  return { subject, seen }
}

await t.test('a check is one entry of a list: its name, how it is looked at, and what it needs', async (t) => {
  const { url } = await freshDatabase(t)
  const { subject, seen } = subjectOf(url)
  const checks: HealthCheck[] = [
    { name: 'own', look: () => ok('fine') },
    { name: 'odd', look: () => Promise.resolve(warning('odd', { hint: 'look at it' })) },
    { name: 'broken', look: () => Promise.reject(new UsageError('X', 'broken', { hint: 'mend it' })) },
    { name: 'bug', look: () => { throw new Error('bug') } },
  ]
  t.same(await examine(checks, subject), [
    { name: 'own', state: 'ok', message: 'fine' },
    { name: 'odd', state: 'warning', message: 'odd', hint: 'look at it' },
    { name: 'broken', state: 'failed', message: 'broken', hint: 'mend it' },
    { name: 'bug', state: 'failed', message: 'bug' },
  ])
  t.same(seen, { connected: 0, closed: 0 }, 'no database is connected to for checks that need none')
})

await t.test('all checks share one connection, which is closed', async (t) => {
  const { url, pool } = await freshDatabase(t)
  await pool.query(`insert into tickers (symbol) select 'A' || n from generate_series(1, 12) n`)
  const { subject, seen } = subjectOf(url)
  const found = await examine(HEALTH_CHECKS, subject)
  t.same(new Set(found.filter(({ state }) => state === 'failed')), new Set())
  t.match(found.find(({ name }) => name === 'universe'), { state: 'ok', message: '<12> securities' }, 'figures are written as the caller writes them')
  t.same(seen, { connected: 1, closed: 1 })
})

await t.test('what a check needs is looked at first: without it, it is skipped', async (t) => {
  const { url } = await emptyDatabase(t)
  const states = async (url: string) => {
    const { subject, seen } = subjectOf(url)
    const found = await examine(HEALTH_CHECKS, subject)
    return { ...Object.fromEntries(found.map(({ name, state, message }) => [name, state === 'skipped' ? message : state])), ...seen }
  }
  t.match(await states(url), { database: 'ok', schema: 'failed', universe: 'needs the schema', clock: 'ok', connected: 1, closed: 1 })
  t.match(await states('postgres://nobody@127.0.0.1:1/none'), { node: 'ok', database: 'failed', schema: 'needs the database', universe: 'needs the database', disk: 'needs the database', connected: 1, closed: 0 })
})
