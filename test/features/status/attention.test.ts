import t from 'tap'
import { DAY_AGGS, MINUTE_AGGS } from '../../../lib/datasets/dataset.js'
import { isoDate } from '../../../lib/domain/dates.js'
import type { Outcome } from '../../../lib/domain/outcome.js'
import { exitCodeOfAttention } from '../../../lib/cli/commands/status/exit-code.js'
import { attentionOf, percentText } from '../../../lib/features/status/attention.js'
import type { DayStatus } from '../../../lib/features/status/survey.js'

function day(date: string, state: DayStatus['state'], more: Partial<DayStatus> = {}): DayStatus {
  return { date: isoDate(date), state, session: state !== 'holiday', reason: null, attempt: null, rowCount: null, coverage: null, thin: false, unknown: null, dropped: 0, ...more }
}

function after(date: string, outcome: Outcome, code: string | null = null): Pick<DayStatus, 'attempt'> {
  return { attempt: { date: isoDate(date), outcome, code, message: null } }
}

await t.test('consecutive dates go together over weekends and holidays, with the command that mends them', async (t) => {
  const found = attentionOf([
    day('2016-11-22', 'not_loaded'), day('2016-11-23', 'not_loaded'), day('2016-11-24', 'holiday'), day('2016-11-25', 'not_loaded'),
    day('2016-11-28', 'loaded'), day('2016-11-29', 'not_loaded'),
  ], DAY_AGGS)
  t.same(found.map(({ start, end, dates, command }) => [start, end, dates, command]), [
    ['2016-11-22', '2016-11-25', 3, 'ohlcv load --start 2016-11-22 --end 2016-11-25 --only unloaded'],
    ['2016-11-29', '2016-11-29', 1, 'ohlcv load --start 2016-11-29 --end 2016-11-29 --only unloaded'],
  ])
})

await t.test('failures go together only when they failed alike; a refused version must be accepted by a person', async (t) => {
  const found = attentionOf([
    day('2016-11-21', 'failed', after('2016-11-21', 'db_failed', 'DISK_FULL')), day('2016-11-22', 'failed', after('2016-11-22', 'db_failed', 'DISK_FULL')),
    day('2016-11-23', 'failed', after('2016-11-23', 'source_failed', 'TOO_MANY_REJECTED')),
    day('2016-11-25', 'loaded', after('2016-11-25', 'source_failed', 'TOO_MANY_REMOVED')),
    day('2016-11-28', 'loaded', after('2016-11-28', 'locked')),
  ], DAY_AGGS)
  t.same(found.map(({ kind, command }) => [kind, command]), [
    ['failed', 'ohlcv load --start 2016-11-21 --end 2016-11-22 --only failed'],
    ['failed', 'ohlcv load --start 2016-11-23 --end 2016-11-23 --accept'],
    ['refused', 'ohlcv load --start 2016-11-25 --end 2016-11-25 --accept'],
  ])
})

await t.test('findings come last and fail no check', async (t) => {
  const days = [
    day('2016-11-23', 'loaded', { thin: true, rowCount: 700, coverage: 70.9 }), day('2016-11-24', 'holiday', { ...after('2016-11-24', 'holiday', 'FILE_ON_CLOSED_DAY'), reason: 'Thanksgiving Day' }),
  ]
  const found = attentionOf(days, DAY_AGGS)
  t.same(found.map(({ kind, finding, what }) => [kind, finding, what]), [
    ['thin', true, 'thin: 700 bars, 70 % of the usual'], ['closed_day_file', true, 'a file for a closed day (Thanksgiving Day)'],
  ])
  t.equal(exitCodeOfAttention(found, days), 0)
  t.equal(exitCodeOfAttention(found, [...days, day('2016-11-25', 'not_published')]), 4)
  const worse = [...days, day('2016-11-25', 'not_published'), day('2016-11-28', 'stale')]
  t.equal(exitCodeOfAttention(attentionOf(worse, DAY_AGGS), worse), 3)
  t.equal(attentionOf(worse, DAY_AGGS)[0]?.kind, 'stale', 'problems come first')
})

await t.test('a command for another dataset names it', async (t) => {
  t.equal(attentionOf([day('2016-11-23', 'stale')], MINUTE_AGGS)[0]?.command, 'ohlcv load --dataset minute --start 2016-11-23 --end 2016-11-23')
})

await t.test('dropped bars are added up over consecutive dates, however many each lost', async (t) => {
  const found = attentionOf([
    day('2016-11-22', 'stale', { dropped: 3 }), day('2016-11-23', 'stale', { dropped: 4 }), day('2016-11-24', 'holiday'), day('2016-11-25', 'stale', { dropped: 1 }),
    day('2016-11-28', 'loaded'), day('2016-11-29', 'stale', { dropped: 1 }),
  ], DAY_AGGS)
  t.same(found.filter(({ kind }) => kind === 'dropped').map(({ finding, dates, what, command }) => [finding, dates, what, command]), [
    [true, 3, '8 bars dropped by a change of symbols', 'ohlcv load --start 2016-11-22 --end 2016-11-25'],
    [true, 1, '1 bar dropped by a change of symbols', 'ohlcv load --start 2016-11-29 --end 2016-11-29'],
  ])
})

await t.test('a share that is not nothing is not told as 0 %, and one that is not all not as 100 %', async (t) => {
  t.same([0, 0.003, 0.1, 0.38, 99.99, 100].map(percentText), ['0.0 %', 'less than 0.1 %', '0.1 %', '0.3 %', '99.9 %', '100.0 %'])
})
