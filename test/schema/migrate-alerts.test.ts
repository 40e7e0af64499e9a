import t from 'tap'
import { migrate, readMigrations } from '../../lib/postgres/migrations/migrate.js'
import { listIncidents } from '../../lib/features/alerts/list.js'
import { Watch } from '../helpers/alerts.js'
import { columnsOf, contentOf } from '../helpers/content.js'
import { emptyDatabase } from '../helpers/database.js'
import { silent } from '../helpers/troubles.js'

await t.test('a database of version 17 keeps its alerts, and goes on with those that are open', async (t) => {
  const { pool } = await emptyDatabase(t)
  await migrate(pool, readMigrations().slice(0, 17))
  await pool.query(`
    insert into alerts (cause, severity, dataset, symbol, timespan, provider, summary, opened_at, cleared_at) values
      ('provider massive', 'critical', null, null, null, 'massive', 'it does not answer', '2026-03-01T00:00:00Z', null),
      ('stale SPY', 'warning', 'day_aggs', 'SPY', 'day', null, 'it is late', '2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z')`)
  const columns = await columnsOf(pool, ['alerts'])
  const before = await contentOf(pool, columns)
  await migrate(pool)
  t.same(await contentOf(pool, columns), before)
  t.match(await listIncidents(pool, {}, { before: null, limit: 10 }), [
    { cause: 'stale SPY', topic: 'stale SPY', kind: 'stale', parts: [''], details: {}, seenAt: new Date('2026-02-02T00:00:00Z'), goodSince: null, flaps: 0, acknowledgedAt: null, note: null },
    { cause: 'provider massive', topic: 'provider massive', kind: 'provider', parts: [''], seenAt: new Date('2026-03-01T00:00:00Z') },
  ])
  const watch = new Watch(pool)
  t.same(await watch.at(0, silent('massive')), ['opened provider massive'], 'nobody had been told')
  await watch.at(10)
  t.same(await watch.at(20), ['cleared provider massive'])
  t.match(await listIncidents(pool, { state: 'cleared' }, { before: null, limit: 10 }), [{ alertId: 2 }, { alertId: 1 }], 'it is the same incident')
})
