import t from 'tap'
import { provisional } from '../../../lib/features/fetch/findings.js'
import { fetchWorld } from '../../helpers/fetch-world.js'

// Friday the 11th closes at 20:00 UTC; by the provider's word its bar is final twelve hours later.
const WEEK = { symbols: ['SPY'], timespans: ['day' as const], start: '2025-07-07', end: '2025-07-11' }

await t.test('a bar that has not settled is marked and fills nothing; a resumed job asks for it again once it has', async (t) => {
  const world = await fetchWorld(t, '2025-07-11T21:00:00Z', { dialect: 'yahoo', whole: true, securities: { SPY: { first: '2025-07-01' } } })
  const asked = () => world.server.requests.length
  const marked = () => world.lines('select time, basis, partial from provider_bars where partial order by basis')
  const { units, document } = await world.fetch(WEEK, { job: 'j' })
  t.same(units, ['SPY day stored ROW_PROVISIONAL 5/5 4 0 0 1'])
  t.match(document, { symbols: [{ error: null, units: [{ message: /^1 bar is provisional until 2025-07-12T08:00Z: / }] }] })
  t.same([await marked(), await world.lines('select max(time), count(*) from ohlcv_daily')], [['2025-07-11|split|true'], ['2025-07-10|4']])
  t.same(await world.lines(`select settles_at at time zone 'UTC' = '2025-07-12T08:00' from ingestion_audit`), ['true'])
  const before = asked()
  world.now = '2025-07-12T07:59:00Z'
  await world.fetch(WEEK, { job: 'j', resume: true })
  t.equal(asked(), before, 'it would still be provisional')
  world.now = '2025-07-12T08:00:00Z'
  t.same((await world.fetch(WEEK, { job: 'j', resume: true })).units, ['SPY day stored 5/5 1 0 4 0'])
  t.same([await marked(), await world.lines('select max(time), count(*) from ohlcv_daily')], [[], ['2025-07-11|5']])
  await world.fetch(WEEK, { job: 'j', resume: true })
  t.equal(asked(), before + 1)
  t.same(await world.lines('select status, code, settles_at, jsonb_array_length(tries) from ingestion_audit'), ['stored|||2'])
  t.same(await world.replay(), { day: 0 })
})

await t.test('a bar of a session that is not over is no finding: nobody expects it', async (t) => {
  const world = await fetchWorld(t, '2025-07-11T15:00:00Z')
  t.same((await world.fetch(WEEK)).units, ['SPY day stored 4/4 4 0 0 1'])
  t.same(await world.lines('select settles_at from ingestion_audit'), [''])
  t.same(await world.lines('select time, partial from provider_bars where partial'), ['2025-07-11|true'])
})

await t.test('that a bar is provisional is told with the time it settles, unless that is past and only the answer says so', (t) => {
  const until = new Date('2025-07-12T08:00:00Z')
  const told = (bars: number, pulledAt: string) => provisional({ bars, until }, new Date(pulledAt))?.message
  t.equal(told(2, '2025-07-12T07:59:59Z'), '2 bars are provisional until 2025-07-12T08:00Z: fetched again then, final ones take their place')
  t.equal(told(1, '2025-07-12T08:00:00Z'), '1 bar is provisional by the answer itself: fetched again, a final one takes its place')
  t.equal(provisional({ bars: 0, until: null }, new Date()), null)
  t.end()
})
