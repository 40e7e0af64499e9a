import t from 'tap'
import { bars } from '../../../../lib/features/alerts/rules/bars.js'
import type { Situation } from '../../../../lib/features/alerts/situation.js'
import { asset, dayFiles, owed, situation } from '../../../helpers/situation.js'

const LATE = '2026-11-21T17:15:00Z'
const files = { datasets: [dayFiles(owed('2026-11-20'))] }
const told = (otherwise: Partial<Situation>, now = LATE) => bars(situation(now, otherwise)).map(({ topic, parts, symbol, details }) => [topic, parts.join(','), symbol ?? details.symbolCount].join(' | '))
const thresholds = { staleAfter: 60, staleAfterOf: new Map([['SPY', 30], ['QQQ', 600]]), minQuality: 0.6, minDiskFree: 10 }

await t.test('a hundred securities that wait for one file are no troubles of their own', async (t) => {
  const assets = Array.from({ length: 100 }, (_, n) => asset(`S${n}`, ['2026-11-20']))
  t.same(told({ ...files, assets }), [])
})

await t.test('a security with a threshold below that of its files is told earlier and stays told; one with a higher one is not', async (t) => {
  const assets = [asset('SPY', ['2026-11-20']), asset('QQQ', ['2026-11-20'])]
  t.same(told({ ...files, assets, thresholds }, '2026-11-21T16:30:00Z'), [], '30 minutes')
  t.same(told({ ...files, assets, thresholds }, '2026-11-21T16:31:00Z'), ['bars day | 2026-11-20 | SPY'])
  t.same(told({ ...files, assets, thresholds }), ['bars day | 2026-11-20 | SPY'])
})

await t.test('bars that are fetched only are told by length: those of one security by its symbol, those of several together', async (t) => {
  const fetched = (symbol: string, timespan: 'hour' | 'week', dates: string[]) => asset(symbol, dates, { timespan, dataset: null, provider: 'yahoo' })
  t.same(told({ assets: [fetched('SPY', 'hour', ['2026-11-20']), fetched('SPY', 'week', []), fetched('QQQ', 'week', [])] }), ['bars hour | 2026-11-20 | SPY'])
  t.same(told({ assets: [fetched('SPY', 'hour', ['2026-11-19', '2026-11-20']), fetched('QQQ', 'hour', ['2026-11-20'])] }), ['bars hour | 2026-11-19,2026-11-20 | 2'])
})

await t.test('what is told of them, and of some of their dates alone', async (t) => {
  const fetched = (symbol: string, dates: string[]) => asset(symbol, dates, { timespan: 'hour', dataset: null, provider: 'yahoo' })
  const [trouble] = bars(situation(LATE, { assets: [fetched('SPY', ['2026-11-19', '2026-11-20']), fetched('QQQ', ['2026-11-20'])] }))
  t.match(trouble, {
    kind: 'stale', severity: 'warning', timespan: 'hour', provider: 'yahoo', symbol: null,
    summary: 'Hourly bars of SPY and QQQ of 2026-11-19 and 2026-11-20 are late: the oldest were due 2026-11-20 11:00 New York, 25 hours ago.',
    hint: 'fetch them now: ohlcv fetch --symbols SPY,QQQ --timespan hour --start 2026-11-19 --end 2026-11-20; if nobody is to be told of them any more, take them out of OHLCV_WATCH',
    details: { lagMinutes: 1515, dates: ['2026-11-19', '2026-11-20'], symbols: ['SPY', 'QQQ'], vendorState: 'unknown' },
  })
  t.match(trouble?.only?.(['2026-11-19']), { parts: ['2026-11-19'], symbol: 'SPY', summary: 'Hourly bars of SPY of 2026-11-19 are late: due 2026-11-20 11:00 New York, 25 hours ago.' })
})
