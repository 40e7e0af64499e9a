import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import type { Failpoint } from '../../../lib/domain/failpoint.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { fetchWorld } from '../../helpers/fetch-world.js'
import { ACCEPTED, registerSymbols } from '../../helpers/load.js'

// What others do to the universe while a job goes on.

const WEEK = { symbols: ['SPY', 'AAPL'], timespans: ['hour' as const, 'day' as const, 'week' as const], start: '2025-12-29', end: '2026-01-02' }
/** Calls it the first times that a job comes to a step. */
function atFirst(step: Failpoint, times: number, what: (time: number) => Promise<unknown>): (reached: Failpoint) => Promise<void> {
  let left = times
  return async (reached) => {
    if (reached === step && left-- > 0) await what(left)
  }
}

for (const step of ['fetch-asked', 'fetch-kept', 'fetch-copied'] as const) {
  await t.test(`symbols that are imported at each ${step} of a job cost it nothing`, async (t) => {
    const world = await fetchWorld(t, '2026-01-02T23:00:00Z')
    await registerSymbols(world.pool, WEEK.symbols)
    const { result } = await world.fetch(WEEK, { failpoint: atFirst(step, 100, (time) => registerSymbols(world.pool, [`NEW${time}`])) })
    t.equal(result.state, 'completed')
    t.same(await world.counts(), { hour: 28, day: 8, week: 2, month: 0 })
    t.same(await world.replay(), { hour: 0, day: 0, week: 0 })
  })

  await t.test(`a symbol that is given to another security at ${step} has its bars where they belong`, async (t) => {
    const world = await fetchWorld(t, '2026-01-02T23:00:00Z')
    await registerSymbols(world.pool, ['SPY', 'AAPL', 'OLD'])
    const rename = () => renameSymbol(world.runtime(), { oldSymbol: 'OLD', newSymbol: 'SPY', on: isoDate('2025-12-31'), reused: true, ...ACCEPTED })
    const { result, units } = await world.fetch({ ...WEEK, timespans: ['day'], lanes: 1 }, { failpoint: atFirst(step, 1, rename) })
    t.equal(result.state, 'completed', units.join('\n'))
    t.same(await world.lines(`
      select s.symbol, b.time, exists (select from ticker_symbols o where o.symbol_id = b.symbol_id and o.symbol = 'OLD') from ohlcv_daily b
      join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> b.time and s.symbol <> 'AAPL' order by b.time`),
    ['SPY|2025-12-29|false', 'SPY|2025-12-30|false', 'SPY|2025-12-31|true', 'SPY|2026-01-02|true'])
    t.same(await world.replay(), { day: 0 })
  })
}
