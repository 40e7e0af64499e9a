import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import type { IsoDate } from '../../../lib/domain/dates.js'
import { planBackfill } from '../../../lib/routines/acting/backfill.js'
import { readAction } from '../../../lib/routines/acting/request.js'

const calendar = createCalendar(DEFAULT_EXCHANGE)
/** Friday, 20 November 2026, in the evening of New York: that day's file is due on Saturday at 11:00 there, which is 16:00 UTC. */
const context = { calendar, publication: { publishedAt: '11:00', missingAfter: 24 }, now: new Date('2026-11-21T02:00:00Z') }
const NOTHING_MORE = { start: null, end: null, assets: null }

await t.test('without dates a backfill ends with the latest session whose file is due, and has 90 days of minutes or three years of days', async (t) => {
  t.match(planBackfill({ interval: 'day', ...NOTHING_MORE }, context), { action: 'load', request: { dataset: 'day_aggs', dates: { start: '2023-11-20', end: '2026-11-19' } } })
  t.match(planBackfill({ interval: 'minute', ...NOTHING_MORE }, context), { action: 'load', request: { dataset: 'minute_aggs', dates: { start: '2026-08-22', end: '2026-11-19' } } })
  t.match(planBackfill({ interval: 'day', ...NOTHING_MORE }, { ...context, now: new Date('2026-11-21T16:00:00Z') }), { request: { dates: { end: '2026-11-20' } } })
})

await t.test('days of some securities are synced by providers, and what is in no day file is fetched', async (t) => {
  const assets = ['AAPL', 'SPY']
  t.match(planBackfill({ interval: 'day', ...NOTHING_MORE, assets }, context), { action: 'sync', request: { symbols: assets } })
  t.match(planBackfill({ interval: 'minute', ...NOTHING_MORE, assets }, context), { action: 'fetch', request: { symbols: assets, timespans: ['minute'] } })
  t.match(planBackfill({ interval: 'week', ...NOTHING_MORE }, context), { action: 'fetch', request: { symbols: 'all', timespans: ['week'] } })
})

await t.test('one that runs backwards is refused, also where its end is not said', async (t) => {
  t.throws(() => planBackfill({ interval: 'day', ...NOTHING_MORE, start: '2026-11-20' as IsoDate }, context), { code: 'DATES_BACKWARDS' })
  t.throws(() => readAction({ action: 'backfill', request: { interval: 'day', start: '2026-01-02', end: '2026-01-01' } }), { code: 'REQUEST_INVALID', message: /runs backwards/ })
})

await t.test('one that ends with the first years begins with the first date there is, and one outside the calendar is refused', async (t) => {
  const ending = (end: string) => planBackfill({ interval: 'day', ...NOTHING_MORE, end: end as IsoDate }, context)
  t.match(ending('1991-03-01'), { request: { dates: { start: '1990-01-01', end: '1991-03-01' } } })
  for (const end of ['1989-12-31', '0000-01-01', '0001-01-01', '9999-12-31']) t.throws(() => ending(end), { code: 'CALENDAR_RANGE', message: new RegExp(`not ${end}$`) }, end)
  t.throws(() => planBackfill({ interval: 'day', ...NOTHING_MORE, start: '0001-01-01' as IsoDate }, context), { code: 'CALENDAR_RANGE' })
})

await t.test('a fetch is of symbols or of a type', async (t) => {
  const dates = { start: '2026-01-02', end: '2026-01-05' }
  t.match(readAction({ action: 'fetch', request: { dates, symbols: 'all', type: 'ETF' } }), { request: { type: 'ETF' } })
  t.throws(() => readAction({ action: 'fetch', request: { dates, symbols: ['SPY'], type: 'ETF' } }), { code: 'SYMBOLS_AND_TYPE' })
})
