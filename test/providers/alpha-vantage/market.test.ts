import t from 'tap'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { ALPHA_VANTAGE } from '../../../lib/providers/alpha-vantage/alpha-vantage.js'
import { startRestServer } from '../../helpers/rest-server.js'

// From a question to bars, with a server in between that answers as the vendor does.

const NOW = new Date('2026-03-04T18:30:00Z')
const server = await startRestServer({ dialect: 'alpha_vantage', now: () => NOW, whole: true, floor: '2025-06-02', securities: { 'BRK.B': {} } })
t.teardown(() => server.close())

for (const [name, start, end] of [['day', '2026-01-05', '2026-03-04'], ['day', '2025-06-02', '2026-03-04'], ['week', '2025-08-06', '2026-03-04'], ['month', '2025-07-15', '2026-03-04'], ['minute', '2026-03-03', '2026-03-04']] as const) {
  await t.test(`${name} bars from ${start} to ${end} are the market's`, async (t) => {
    const range = { start: isoDate(start), end: isoDate(end) }
    const timespan = timespanNamed(name)
    const { path, query } = ALPHA_VANTAGE.bars.question('BRK.B', name, timespan.asked(range), NOW)
    const response = await fetch(`${server.url}${path}?${new URLSearchParams({ ...query, ...ALPHA_VANTAGE.api.key?.query?.(server.key) }).toString()}`)
    const [periods, tally] = [timespan.periods(range), new Tally(10)]
    const page = ALPHA_VANTAGE.bars.read(Buffer.from(await response.arrayBuffer()), 'BRK.B', { timespan: name, periods, tally, firstRow: 1 })
    const expected = server.market.bars('BRK.B', name, range).map(({ t, open, high, low, close, volume }) => [t, open, high, low, close, volume].join(' '))
    t.ok(expected.length > 0)
    t.same(page.bars.map(({ slot, open, high, low, close, volume }) => [periods.span(slot).start, open, high, low, close, volume].join(' ')).toReversed(), expected)
    t.equal(tally.counts.rejected, 0)
    // On a Wednesday at 13:30 neither the week nor the month is over; of the day and the minute the clock tells.
    t.equal(page.bars.filter(({ provisional }) => provisional).length, name === 'week' || name === 'month' ? 1 : 0)
  })
}
