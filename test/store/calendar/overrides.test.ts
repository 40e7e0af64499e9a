import t from 'tap'
import { deleteOverride, listOverrides, putOverride } from '../../../lib/store/calendar/overrides.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { freshDatabase } from '../../helpers/database.js'

const mourning = { date: isoDate('2026-12-09'), kind: 'closed', closes: null, reason: 'Day of mourning' } as const
const snow = { date: isoDate('2026-12-10'), kind: 'early', closes: '14:30', reason: 'Snow; "drifts"' } as const

await t.test('overrides come back as they were put, by date, for their exchange only', async (t) => {
  const { pool } = await freshDatabase(t)
  t.same(await listOverrides(pool, 'XNYS'), [])
  await putOverride(pool, 'XNYS', snow)
  await putOverride(pool, 'XNYS', mourning)
  await putOverride(pool, 'XTSE', { ...mourning, kind: 'open' })
  t.same(await listOverrides(pool, 'XNYS'), [mourning, snow])
  t.same(await listOverrides(pool, 'XTSE'), [{ ...mourning, kind: 'open' }])
})

await t.test('a date has one override, the last one put', async (t) => {
  const { pool } = await freshDatabase(t)
  await putOverride(pool, 'XNYS', mourning)
  await putOverride(pool, 'XNYS', { ...snow, date: mourning.date })
  t.same(await listOverrides(pool, 'XNYS'), [{ ...snow, date: mourning.date }])
})

await t.test('a forgotten override is gone, and forgetting says whether there was one', async (t) => {
  const { pool } = await freshDatabase(t)
  await putOverride(pool, 'XNYS', mourning)
  t.equal(await deleteOverride(pool, 'XTSE', mourning.date), false)
  t.equal(await deleteOverride(pool, 'XNYS', mourning.date), true)
  t.equal(await deleteOverride(pool, 'XNYS', mourning.date), false)
  t.same(await listOverrides(pool, 'XNYS'), [])
})

await t.test('an early close without a time, and a time without one, are refused by the table', async (t) => {
  const { pool } = await freshDatabase(t)
  await t.rejects(putOverride(pool, 'XNYS', { ...snow, closes: null }), { code: '23514' })
  await t.rejects(putOverride(pool, 'XNYS', { ...mourning, closes: '13:00' }), { code: '23514' })
})
