import t from 'tap'
import { dates } from '../../../../lib/features/alerts/rules/dates.js'
import type { Situation } from '../../../../lib/features/alerts/situation.js'
import { asset, dayFiles, owed, situation } from '../../../helpers/situation.js'

// Of Friday, November 20, 2026: the file is due on Saturday at eleven in New York, 16:00 UTC.

const found = (now: string, otherwise: Partial<Situation>) => dates(situation(now, otherwise))
/** Kind, severity and dates of what is found. */
const told = (now: string, otherwise: Partial<Situation>) => found(now, otherwise).map(({ kind, severity, parts }) => [kind, severity, ...parts].join(' '))
const friday = (state?: Parameters<typeof owed>[1], code?: string) => ({ datasets: [dayFiles(owed('2026-11-20', state, code))] })

await t.test('a file is late 61 minutes after it is due, not after 59 or 60, missing a day after, and that is critical', async (t) => {
  for (const [now, expected] of [
    ['2026-11-21T15:59:00Z', []], ['2026-11-21T16:59:00Z', []], ['2026-11-21T17:00:59Z', []], ['2026-11-21T17:01:00Z', ['stale warning 2026-11-20']],
    ['2026-11-22T15:59:00Z', ['stale warning 2026-11-20']], ['2026-11-22T16:00:00Z', ['missing critical 2026-11-20']],
  ] as const) t.same(told(now, friday()), expected, now)
})

await t.test('summer time is New York\'s: the file of Monday is due an hour earlier by UTC once the clocks have changed', async (t) => {
  t.same(told('2026-03-03T16:01:00Z', { datasets: [dayFiles(owed('2026-03-02'))] }), [], 'one minute late')
  t.same(told('2026-03-10T16:01:00Z', { datasets: [dayFiles(owed('2026-03-09'))] }), ['stale warning 2026-03-09'], '61 minutes late')
  t.same(told('2026-11-03T16:01:00Z', { datasets: [dayFiles(owed('2026-11-02'))] }), [], 'and in autumn one minute again')
})

await t.test('a clock that is set back finds nothing', async (t) => {
  t.same(told('2026-11-20T10:00:00Z', friday()), [])
})

await t.test('a failure is told at once, before the file is due, as a warning, and is critical when it is late', async (t) => {
  t.same(told('2026-11-21T11:05:00Z', friday('failed', 'GZIP_DAMAGED')), ['failed warning 2026-11-20'])
  t.same(told('2026-11-21T17:01:00Z', friday('failed', 'GZIP_DAMAGED')), ['failed critical 2026-11-20'])
})

await t.test('thresholds of a kind of files or a length of bars stand above that of all', async (t) => {
  const thresholds = { staleAfter: 60, staleAfterOf: new Map([['day', 5], ['day_aggs', 120]]), minQuality: 0.6, minDiskFree: 10 }
  t.same(told('2026-11-21T17:30:00Z', { ...friday(), thresholds }), [], '90 minutes, and 120 are allowed to the kind of files')
  t.same(told('2026-11-21T16:06:00Z', { ...friday(), thresholds: { ...thresholds, staleAfterOf: new Map([['day', 5]]) } }), ['stale warning 2026-11-20'])
})

await t.test('what is told of a late file: how late, since when, what waits for it, how its vendor is doing, and what to type', async (t) => {
  const [trouble] = found('2026-11-21T17:15:00Z', {
    ...friday(), assets: [asset('SPY', ['2026-11-20']), asset('AAPL', ['2026-11-20']), asset('MSFT', [])],
    providers: [{ provider: 'massive', state: 'rate_limited', since: null, code: null, quotas: [] }],
  })
  t.same({ ...trouble, only: undefined }, {
    kind: 'stale', severity: 'warning', topic: 'dates day_aggs', parts: ['2026-11-20'], dataset: 'day_aggs', symbol: null, timespan: 'day', provider: 'massive', only: undefined,
    summary: 'The day_aggs file of 2026-11-20 is late; due 2026-11-21 11:00 New York, 75 minutes ago.',
    hint: 'load it as soon as the provider has it: ohlcv load --date 2026-11-20; or have other providers fill in meanwhile: ohlcv sync',
    details: { lagMinutes: 75, dates: ['2026-11-20'], symbols: ['SPY', 'AAPL'], symbolCount: 2, vendorState: 'rate_limited', runId: 7, runAt: '2026-11-21T16:15:00.000Z' },
  })
})

await t.test('where nothing ran since it was due the hint is the timer', async (t) => {
  const hint = (lastRun: Situation['lastRun']) => found('2026-11-21T17:15:00Z', { ...friday(), lastRun })[0]?.hint
  t.match(hint({ runId: 3, at: new Date('2026-11-20T11:00:00Z') }), 'nothing has been loaded since it was due (the last run began 2026-11-20 06:00 New York): see whether the timer runs')
  t.match(hint(null), 'nothing ever ran')
})

await t.test('several dates are one trouble that names each, the worst first; and one that can be told of some of them alone', async (t) => {
  const [trouble, ...more] = found('2026-11-21T17:01:00Z', {
    datasets: [dayFiles(owed('2026-11-17', 'missing'), owed('2026-11-18', 'failed', 'S3_DENIED'), owed('2026-11-19', 'failed', 'S3_DENIED'), owed('2026-11-20'))],
  })
  t.same(more, [])
  t.equal(trouble?.kind, 'failed')
  t.same(trouble?.parts, ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'])
  t.equal(trouble?.summary, '4 day_aggs files are not loaded: 2026-11-18 and 2026-11-19 could not be loaded (S3_DENIED); 2026-11-17 is missing; 2026-11-20 is late; the oldest was due 2026-11-18 11:00 New York, 3 days ago.')
  t.equal(trouble?.hint, 'see why with: ohlcv status --start 2026-11-17 --end 2026-11-20; then try again: ohlcv load --start 2026-11-17 --end 2026-11-20 --only failed')
  const only = trouble?.only?.(['2026-11-20'])
  t.match(only, { kind: 'stale', severity: 'warning', parts: ['2026-11-20'], summary: 'The day_aggs file of 2026-11-20 is late; due 2026-11-21 11:00 New York, 61 minutes ago.' })
})

await t.test('what is told of a date that the source has no file of, and of one that nobody loaded', async (t) => {
  t.equal(found('2026-11-23T16:30:00Z', friday('missing'))[0]?.summary, 'The day_aggs file of 2026-11-20 is missing: the source has no file; due 2026-11-21 11:00 New York, 2 days ago.')
  t.equal(found('2026-11-22T17:00:00Z', friday())[0]?.summary, 'The day_aggs file of 2026-11-20 is missing: it was not loaded; due 2026-11-21 11:00 New York, 25 hours ago.')
  t.equal(found('2026-11-21T11:05:00Z', friday('failed', 'GZIP_DAMAGED'))[0]?.summary, 'The day_aggs file of 2026-11-20 could not be loaded (GZIP_DAMAGED); due 2026-11-21 11:00 New York.')
})

await t.test('a command for minute files names them', async (t) => {
  const minutes = { ...dayFiles(owed('2026-11-20')), dataset: 'minute_aggs', timespan: 'minute' as const }
  t.match(found('2026-11-21T17:15:00Z', { datasets: [minutes] })[0], { topic: 'dates minute_aggs', hint: /ohlcv load --dataset minute --date 2026-11-20;/ })
})
