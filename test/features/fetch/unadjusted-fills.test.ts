import t from 'tap'
import { fetchWorld } from '../../helpers/fetch-world.js'

// From a vendor that adjusts its prices to the table of what was traded.

/** A day after the session of the 4th of March, which is final by then. */
const NOW = '2026-03-05T18:30:00Z'
const SECURITIES = {
  FOUR: { splits: [{ date: '2026-02-17', from: 1, to: 4 }] },
  BACK: { splits: [{ date: '2026-02-17', from: 8, to: 1 }] },
}
const FEBRUARY = { timespans: ['day' as const], start: '2026-02-02', end: '2026-03-05', symbols: ['FOUR', 'BACK'] }

await t.test('days of Yahoo fill what no file has, as they were traded, where that is exact; as given they are all held beside', async (t) => {
  const world = await fetchWorld(t, NOW, { dialect: 'yahoo', whole: true, securities: SECURITIES })
  await world.fetch({ ...FEBRUARY, provider: 'yahoo' })
  const range = { start: '2026-02-02', end: '2026-03-04' }
  const traded = (symbol: 'FOUR' | 'BACK', since = '') => world.server.market.bars(symbol, 'day', range).filter(({ date }) => date >= since)
    .map(({ date, open, high, low, close, volume }) => [symbol, date, open, high, low, close, volume, 'yahoo'].join('|'))
  // Nothing before a reverse split: it rounded volumes.
  const expected = [...traded('BACK', '2026-02-17'), ...traded('FOUR')]
  const stored = () => world.lines(`
    select symbol, time::text, trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close), trim_scale(volume), filled_by
    from ohlcv_daily join tickers using (symbol_id) order by symbol, time`)
  t.same(await stored(), expected)
  const beside = () => world.lines(`select basis, partial, count(*) from provider_bars where provider = 'yahoo' and timespan = 'day' group by basis, partial order by basis, partial`)
  // Of each symbol the 10 sessions before the split, 12 final ones since, and the running one.
  t.same(await beside(), ['none|false|34', 'split|false|44', 'split|true|2'])
  t.same(await world.replay(), { day: 0 }, 'a replay changes nothing')
  t.same(await stored(), expected)
})

await t.test('days of Stooq are held beside and fill nothing', async (t) => {
  const world = await fetchWorld(t, NOW, { dialect: 'stooq', whole: true, securities: SECURITIES })
  await world.fetch({ ...FEBRUARY, provider: 'stooq' })
  t.same(await world.lines('select count(*) from ohlcv_daily'), ['0'])
  t.same(await world.lines('select provider, basis, count(*) from provider_bars group by 1, 2'), ['stooq|total|46'])
})
