import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { TIMESPAN_NAMES } from '../../../lib/datasets/timespan.js'
import { deleteOverride, putOverride } from '../../../lib/store/calendar/overrides.js'
import { fetchWorld, type FetchWorld } from '../../helpers/fetch-world.js'

// Dates on which a calendar is not what one thinks.

const UNITS = [...TIMESPAN_NAMES]

/** Every bar of a symbol that its provider has, and that is stored, as `timespan ms close volume`. */
async function both(world: FetchWorld, symbol: string, ranges: Readonly<Record<string, { start: string; end: string }>>): Promise<[string[], string[]]> {
  const given = Object.entries(ranges).flatMap(([timespan, range]) => world.server.market.bars(symbol, timespan as 'day', range).map(({ t, close, volume }) => `${timespan}|${t}|${close}|${volume}`))
  const tables = { hour: 'ohlcv_hourly', day: 'ohlcv_daily', week: 'ohlcv_weekly', month: 'ohlcv_monthly', minute: 'ohlcv_minute' } as const
  const stored = await Promise.all(Object.keys(ranges).map((timespan) => {
    const at = timespan === 'hour' || timespan === 'minute' ? 'b.time' : `b.time::timestamp at time zone 'America/New_York'`
    return world.lines(`
      select '${timespan}', (extract(epoch from ${at}) * 1000)::bigint, trim_scale(b.close), trim_scale(b.volume)
      from ${tables[timespan as keyof typeof tables]} b join ticker_symbols s on s.symbol_id = b.symbol_id and s.symbol = $1`, [symbol])
  }))
  return [given.toSorted(), stored.flat().toSorted()]
}

for (const [what, start, end, hours] of [
  ['a leap day and the week in which clocks go forward', '2024-02-26', '2024-03-11', '2024-03-08'],
  ['the week in which clocks go back', '2025-10-27', '2025-11-03', '2025-10-31'],
  ['an early close before a holiday', '2025-11-24', '2025-11-28', '2025-11-26'],
] as const) {
  await t.test(`${what}: every bar is stored at its time, and a replay changes nothing`, async (t) => {
    const world = await fetchWorld(t, `${end}T23:30:00Z`)
    const { result, units } = await world.fetch({ symbols: ['SPY'], timespans: UNITS, start, end })
    t.equal(result.state, 'completed', units.join('\n'))
    const [given, stored] = await both(world, 'SPY', { hour: { start: hours, end }, day: { start, end }, week: { start, end }, month: { start, end }, minute: { start, end } })
    t.same(stored, given)
    t.ok(result.symbols[0]!.units.filter(({ timespan }) => timespan !== 'minute').every(({ counted, expected, code }) => counted === expected && code === null), units.join('\n'))
    t.same(new Set(Object.values(await world.replay())), new Set([0]))
  })
}

await t.test('another exchange has other sessions: a bar on its holiday is none, and one that it lacks is missed, also in a replay', async (t) => {
  const world = await fetchWorld(t, '2025-07-08T23:00:00Z')
  const { units, document } = await world.fetch({ symbols: ['SPY'], timespans: ['day', 'week'], exchange: 'XTSE', start: '2025-06-30', end: '2025-07-08' })
  // Toronto is closed on July 1, New York on July 4.
  t.same(units, ['SPY day stored ANSWER_SHORT 5/6 5 0 0 0', 'SPY week stored 1/1 2 0 0 0'])
  t.match(document, { warnings: [/1 closed_day/] })
  t.same(await world.lines('select time from ohlcv_daily order by time'), ['2025-06-30', '2025-07-02', '2025-07-03', '2025-07-07', '2025-07-08'])
  t.same(await world.replay(), { day: 0, week: 0 })
})

await t.test('a closure that is announced later takes a date\'s fetched bars out with a replay, and its end brings them back', async (t) => {
  const world = await fetchWorld(t, '2026-01-08T23:00:00Z')
  await world.fetch({ symbols: ['SPY', 'AAPL'], timespans: ['hour', 'day'], start: '2026-01-06', end: '2026-01-08' })
  const before = await world.bars()
  const date = isoDate('2026-01-07')
  await putOverride(world.pool, 'XNYS', { date, kind: 'closed', closes: null, reason: 'a day of mourning' })
  // A day's bar is a fill, and held beside.
  t.same(await world.replay(), { hour: 32, day: 2 + 2 })
  t.same(await world.lines(`select count(*) from ohlcv_daily where time = '2026-01-07' union all select count(*) from ohlcv_hourly where (time at time zone 'America/New_York')::date = '2026-01-07'`), ['0', '0'])
  const { units } = await world.fetch({ symbols: ['SPY'], timespans: ['day'], start: '2026-01-06', end: '2026-01-08' })
  t.match(units, [/^SPY day stored ROWS_REJECTED 2\/2 0 0 2 0$/])
  await deleteOverride(world.pool, 'XNYS', date)
  t.same(await world.replay(), { hour: 32, day: 2 + 2 })
  t.equal((await world.bars()).length, before.length)
})
