import t from 'tap'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { MASSIVE_REST } from '../../../lib/providers/massive/rest/rest.js'

// What the vendor's issue tracker tells of answers, in rows made by hand.

function read(symbol: string | null, date: string, results: readonly object[], ticker = symbol) {
  const tally = new Tally(10)
  const day = isoDate(date)
  const periods = timespanNamed('day').periods({ start: day, end: day })
  const reading = { timespan: 'day' as const, periods, tally, firstRow: 1 }
  const body = Buffer.from(JSON.stringify({ ...(ticker !== null && { ticker }), queryCount: results.length, resultsCount: results.length, adjusted: false, results, status: 'OK' }))
  const page = symbol === null ? MASSIVE_REST.grouped!.read(body, reading) : MASSIVE_REST.bars.read(body, symbol, reading)
  return { bars: page.bars.map((bar) => `${periods.time(bar.slot)} ${bar.symbol} ${bar.close}`), rejects: tally.rejects.map(({ line, reason, field }) => `${line} ${reason} ${field}`) }
}

const row = (t: number, c = 10) => ({ v: 100, o: c, c, h: c, l: c, t, n: 1 })

await t.test('2020-08-27: of the bars of other dates that an answer mixes in, none is taken', (t) => {
  t.same(read('SPY', '2020-08-27', [row(1_598_500_800_000), row(1_486_132_200_000, 99)]), { bars: ['2020-08-27 SPY 10'], rejects: ['2 wrong_date t'] }, 'the second is of 2017-02-03')
  t.end()
})

await t.test('an answer about another ticker is refused whole', (t) => {
  t.throws(() => read('SPY', '2020-08-27', [row(1_598_500_800_000)], 'QQQ'), { code: 'ANSWER_OTHER_SYMBOL', message: /"QQQ".*SPY/ })
  t.end()
})

await t.test('2023-01-09: the same day is stamped with 16:00 where all tickers are asked for, and with midnight where one is', (t) => {
  t.same(read(null, '2023-01-09', [{ T: 'SPY', ...row(1_673_298_000_000) }]), { bars: ['2023-01-09 SPY 10'], rejects: [] })
  t.same(read('SPY', '2023-01-09', [row(1_673_240_400_000)]), { bars: ['2023-01-09 SPY 10'], rejects: [] })
  t.end()
})

await t.test('2020-04-06: tickers with control bytes are rejected in answers too', (t) => {
  t.same(read(null, '2020-04-06', [{ T: '\u0000HTLB^', ...row(1_586_203_200_000, 900_000_000_000) }]), { bars: [], rejects: ['1 bad_symbol T'] })
  t.end()
})
