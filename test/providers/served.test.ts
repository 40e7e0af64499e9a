import t, { type Test } from 'tap'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import type { TimespanName } from '../../lib/datasets/timespan.js'
import { isoDate } from '../../lib/domain/dates.js'
import { Tally } from '../../lib/domain/tally.js'
import { STOOQ } from '../../lib/providers/stooq/stooq.js'
import { YAHOO } from '../../lib/providers/yahoo/yahoo.js'
import { REST_KEY, startRestServer, type RestServer } from '../helpers/rest-server.js'
import type { RestSecurity } from '../helpers/rest-market.js'

// From a question to bars, with a server in between that adjusts what was traded as the vendor does.

/** 13:30 in New York, on a Wednesday. */
const NOW = new Date('2026-03-04T18:30:00Z')

const SECURITIES: Readonly<Record<string, RestSecurity>> = {
  PLAIN: {},
  FOUR: { splits: [{ date: '2026-01-15', from: 1, to: 4 }, { date: '2026-02-17', from: 2, to: 3 }], dividends: [{ date: '2026-01-09', amount: '0.81' }, { date: '2026-02-20', amount: '0.123457' }] },
  BACK: { splits: [{ date: '2026-02-10', from: 8, to: 1 }], dividends: [{ date: '2026-01-09', amount: '0.001' }] },
  SPIN: { splits: [{ date: '2026-02-10', from: 1000, to: 1281 }] },
  TODAY: { splits: [{ date: '2026-03-04', from: 1, to: 2 }] },
  GONE: { last: '2026-02-12', splits: [{ date: '2026-02-03', from: 1, to: 2 }] },
}

async function served(t: Test, dialect: 'yahoo' | 'stooq'): Promise<{ server: RestServer; get: (question: { path: string; query: Readonly<Record<string, string>> }) => Promise<Buffer> }> {
  const server = await startRestServer({ dialect, securities: SECURITIES, whole: true, now: () => NOW })
  t.teardown(() => server.close())
  const { headers, key } = { yahoo: YAHOO, stooq: STOOQ }[dialect].api
  return {
    server,
    get: async ({ path, query }) => Buffer.from(await (await fetch(`${server.url}${path}?${new URLSearchParams({ ...query, ...key?.query?.(REST_KEY) }).toString()}`, { headers })).arrayBuffer()),
  }
}

const reading = (timespan: TimespanName, range: { start: string; end: string }) =>
  ({ timespan, periods: timespanNamed(timespan).periods({ start: isoDate(range.start), end: isoDate(range.end) }), tally: new Tally(10), firstRow: 1 })
const lines = (bars: readonly { open: string; high: string; low: string; close: string; volume: string }[]): string[] => bars.map(({ open, high, low, close, volume }) => [open, high, low, close, volume].join(' '))

await t.test('what Yahoo divides comes out as it was traded, where that follows', async (t) => {
  const { server, get } = await served(t, 'yahoo')
  const exactOf = async (symbol: string, range: { start: string; end: string }) => {
    const asked = { start: isoDate(range.start), end: isoDate(range.end) }
    const { bars } = YAHOO.bars.read(await get(YAHOO.bars.question(symbol, 'day', asked, NOW)), symbol, reading('day', range))
    const traded = server.market.bars(symbol, 'day', range)
    t.same(bars.map(({ slot }) => reading('day', range).periods.time(slot)), traded.map(({ date }) => date), `${symbol}: each date once`)
    const found = bars.flatMap(({ unadjusted }, at) => (unadjusted ? [[at, unadjusted] as const] : []))
    t.same(lines(found.map(([, unadjusted]) => unadjusted)), lines(found.map(([at]) => traded[at]!)), `${symbol}: as traded`)
    return { exact: found.length, bars, traded: traded.length }
  }
  const year = { start: '2026-01-02', end: '2026-03-04' }
  const plain = await exactOf('PLAIN', year)
  t.same([plain.traded, plain.exact, plain.bars.at(-1)!.provisional], [42, 41, true], 'all but the running day')
  const four = await exactOf('FOUR', { start: '2026-01-02', end: '2026-03-03' })
  // 3 for 2 leaves half a share of an odd volume; of four times it, it does not.
  const odd = server.market.bars('FOUR', 'day', { start: '2026-01-15', end: '2026-02-13' }).filter(({ volume }) => Number(volume) % 2 === 1)
  t.same([four.traded - four.exact, odd.length > 2], [odd.length, true])
  t.same([(await exactOf('BACK', { start: '2026-01-02', end: '2026-02-09' })).exact, (await exactOf('BACK', { start: '2026-02-10', end: '2026-03-03' })).exact], [0, 15])
  t.same([(await exactOf('SPIN', { start: '2026-01-02', end: '2026-02-09' })).exact, (await exactOf('SPIN', { start: '2026-02-10', end: '2026-03-03' })).exact], [0, 15])
  t.equal((await exactOf('TODAY', { start: '2026-01-02', end: '2026-03-03' })).exact, 0, 'of a split of today nothing shows whether prices are divided already')
  const gone = await exactOf('GONE', { start: '2026-01-02', end: '2026-03-04' })
  t.same([gone.exact, gone.traded], [29, 29], 'a symbol that is traded no more')
})

await t.test('its weeks and months are those of the market, and its dividends what was paid', async (t) => {
  const { server, get } = await served(t, 'yahoo')
  for (const timespan of ['week', 'month'] as const) {
    const range = timespanNamed(timespan).asked({ start: isoDate('2026-01-07'), end: isoDate('2026-03-04') })
    const { rows, bars } = YAHOO.bars.read(await get(YAHOO.bars.question('PLAIN', timespan, range, NOW)), 'PLAIN', reading(timespan, range))
    const expected = server.market.bars('PLAIN', timespan, range)
    t.same(bars.map(({ slot }) => reading(timespan, range).periods.time(slot)), expected.map(({ date }) => date))
    t.same([rows, bars.map(({ volume }) => volume)], [expected.length, expected.map(({ volume }) => volume)])
  }
  const range = { start: isoDate('2026-01-01'), end: isoDate('2026-03-04') }
  const told = async (symbol: string) => {
    const { splits, dividends } = YAHOO.actions!.read(await get(YAHOO.actions!.questions(symbol, range, NOW)[0]!), symbol, range)
    return [...splits.map(({ exDate, from, to }) => `${exDate} ${to}:${from}`), ...dividends.map(({ exDate, amount }) => `${exDate} ${amount}`)]
  }
  t.same(await told('FOUR'), ['2026-01-15 4:1', '2026-02-17 3:2', '2026-01-09 0.81', '2026-02-20 0.123457'])
  t.same(await told('BACK'), ['2026-02-10 1:8', '2026-01-09 0.001'])
})

await t.test('Stooq gives every session, adjusted, and nothing that is as it was traded', async (t) => {
  const { server, get } = await served(t, 'stooq')
  const range = { start: isoDate('2026-02-02'), end: isoDate('2026-03-04') }
  const { bars } = STOOQ.bars.read(await get(STOOQ.bars.question('FOUR', 'day', range, NOW)), 'FOUR', reading('day', range))
  const traded = server.market.bars('FOUR', 'day', range)
  t.same(bars.map(({ slot }) => reading('day', range).periods.time(slot)), traded.map(({ date }) => date))
  t.notOk(bars.some((bar) => 'unadjusted' in bar))
  t.equal(Number(bars.at(-1)!.close), Number(traded.at(-1)!.close))
  t.ok(Math.abs(Number(bars[0]!.close) / (Number(traded[0]!.close) / 1.5) - 1) < 0.01, 'less a dividend of some cents')
  t.same(STOOQ.judge({ status: 200, body: await get(STOOQ.bars.question('NONE', 'day', range, NOW)) }), { kind: 'nothing' })
})
