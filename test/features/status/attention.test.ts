import t from 'tap'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { MINUTE_AGGS } from '../../../lib/datasets/minute.js'
import { isoDate } from '../../../lib/domain/dates.js'
import type { Outcome } from '../../../lib/domain/outcome.js'
import { attentionOf } from '../../../lib/features/status/attention.js'
import type { DayStatus } from '../../../lib/features/status/survey.js'

function day(date: string, state: DayStatus['state'], more: Partial<DayStatus> = {}): DayStatus {
  return { date: isoDate(date), state, session: state !== 'holiday', reason: null, attempt: null, rowCount: null, coverage: null, thin: false, unknown: null, dropped: 0, ...more }
}

function after(date: string, outcome: Outcome, code: string | null = null): Pick<DayStatus, 'attempt'> {
  return { attempt: { date: isoDate(date), outcome, code, message: null } }
}

await t.test('consecutive dates go together over weekends and holidays, with what mends them', async (t) => {
  const found = attentionOf([
    day('2016-11-22', 'not_loaded'), day('2016-11-23', 'not_loaded'), day('2016-11-24', 'holiday'), day('2016-11-25', 'not_loaded'),
    day('2016-11-28', 'loaded'), day('2016-11-29', 'not_loaded'),
  ], DAY_AGGS)
  t.same(found, ([['2016-11-22', '2016-11-25', 3], ['2016-11-29', '2016-11-29', 1]] as const).map(([start, end, dates]) => (
    { cause: { kind: 'not_loaded' }, finding: false, start, end, dates, remedy: { action: 'load', dataset: 'day_aggs', start, end, only: 'unloaded' } })))
})

await t.test('failures go together only when they failed alike; a refused version must be accepted by a person', async (t) => {
  const found = attentionOf([
    day('2016-11-21', 'failed', after('2016-11-21', 'db_failed', 'DISK_FULL')), day('2016-11-22', 'failed', after('2016-11-22', 'db_failed', 'DISK_FULL')),
    day('2016-11-23', 'failed', after('2016-11-23', 'source_failed', 'TOO_MANY_REJECTED')),
    day('2016-11-25', 'loaded', after('2016-11-25', 'source_failed', 'TOO_MANY_REMOVED')),
    day('2016-11-28', 'loaded', after('2016-11-28', 'locked')),
  ], DAY_AGGS)
  t.same(found.map(({ cause, remedy }) => [cause, remedy]), [
    [{ kind: 'failed', outcome: 'db_failed', code: 'DISK_FULL' }, { action: 'load', dataset: 'day_aggs', start: '2016-11-21', end: '2016-11-22', only: 'failed' }],
    [{ kind: 'failed', outcome: 'source_failed', code: 'TOO_MANY_REJECTED' }, { action: 'load', dataset: 'day_aggs', start: '2016-11-23', end: '2016-11-23', accept: true }],
    [{ kind: 'refused', outcome: 'source_failed', code: 'TOO_MANY_REMOVED' }, { action: 'load', dataset: 'day_aggs', start: '2016-11-25', end: '2016-11-25', accept: true }],
  ])
})

await t.test('findings come last', async (t) => {
  const found = attentionOf([
    day('2016-11-23', 'loaded', { thin: true, rowCount: 700, coverage: 70.9 }),
    day('2016-11-24', 'holiday', { ...after('2016-11-24', 'holiday', 'FILE_ON_CLOSED_DAY'), reason: 'Thanksgiving Day' }),
    day('2016-11-28', 'stale'),
  ], DAY_AGGS)
  t.same(found.map(({ cause, finding, remedy }) => [cause, finding, remedy]), [
    [{ kind: 'stale' }, false, { action: 'load', dataset: 'day_aggs', start: '2016-11-28', end: '2016-11-28' }],
    [{ kind: 'thin', rowCount: 700, coverage: 70.9 }, true, { action: 'status', dataset: 'day_aggs', date: '2016-11-23' }],
    [{ kind: 'closed_day_file', reason: 'Thanksgiving Day' }, true, { action: 'status', dataset: 'day_aggs', date: '2016-11-24' }],
  ])
})

await t.test('what mends dates of another dataset names it', async (t) => {
  t.match(attentionOf([day('2016-11-23', 'stale')], MINUTE_AGGS), [{ remedy: { dataset: 'minute_aggs' } }])
})

await t.test('dropped bars are added up over consecutive dates, however many each lost', async (t) => {
  const found = attentionOf([
    day('2016-11-22', 'stale', { dropped: 3 }), day('2016-11-23', 'stale', { dropped: 4 }), day('2016-11-24', 'holiday'), day('2016-11-25', 'stale', { dropped: 1 }),
    day('2016-11-28', 'loaded'), day('2016-11-29', 'stale', { dropped: 1 }),
  ], DAY_AGGS)
  t.same(found.filter(({ cause }) => cause.kind === 'dropped').map(({ cause, finding, start, end, dates }) => [cause, finding, start, end, dates]), [
    [{ kind: 'dropped', bars: 8 }, true, '2016-11-22', '2016-11-25', 3],
    [{ kind: 'dropped', bars: 1 }, true, '2016-11-29', '2016-11-29', 1],
  ])
})

await t.test('thin dates and unknown rows go together while they are alike to a percent, and to a tenth of one', async (t) => {
  const thin = (date: string, rowCount: number, coverage: number) => day(date, 'loaded', { thin: true, rowCount, coverage })
  const unknown = (date: string, share: number) => day(date, 'loaded', { unknown: { rows: 1, read: 1, share, usual: null, jumps: true } })
  const dates = (days: DayStatus[]) => attentionOf(days, DAY_AGGS).map(({ dates }) => dates)
  t.same(dates([thin('2016-11-21', 70, 70.1), thin('2016-11-22', 70, 70.9), thin('2016-11-23', 70, 71), thin('2016-11-25', 71, 71)]), [2, 1, 1])
  t.same(dates([unknown('2016-11-21', 20.51), unknown('2016-11-22', 20.59), unknown('2016-11-23', 20.6)]), [2, 1])
  t.same(dates([unknown('2016-11-21', 0), unknown('2016-11-22', 0.003)]), [1, 1], 'nothing and little are not alike')
})
