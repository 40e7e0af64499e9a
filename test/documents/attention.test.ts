import t from 'tap'
import { attentionFields } from '../../lib/documents/attention.js'
import { isoDate } from '../../lib/domain/dates.js'
import type { Cause } from '../../lib/features/status/attention.js'

const [start, end] = [isoDate('2016-11-22'), isoDate('2016-11-25')]

function what(cause: Cause): string {
  return attentionFields({ cause, finding: false, start, end, dates: 3, remedy: { action: 'status', dataset: 'day_aggs', date: start } }).what
}

await t.test('an attention has the fields of its document, with its cause and its remedy in words', async (t) => {
  const remedy = { action: 'load', dataset: 'minute_aggs', start, end, accept: true } as const
  t.same(attentionFields({ cause: { kind: 'refused', outcome: 'source_failed', code: 'TOO_MANY_REMOVED' }, finding: false, start, end, dates: 3, remedy }), {
    kind: 'refused', finding: false, start, end, dates: 3,
    what: 'loaded, but the last attempt ended source_failed TOO_MANY_REMOVED: it would take too many bars away', command: 'ohlcv load --dataset minute --start 2016-11-22 --end 2016-11-25 --accept',
  })
})

await t.test('each cause has its words', async (t) => {
  t.equal(what({ kind: 'failed', outcome: 'locked', code: null }), 'locked')
  t.equal(what({ kind: 'dropped', bars: 1 }), '1 bar dropped by a change of symbols')
  t.equal(what({ kind: 'dropped', bars: 8 }), '8 bars dropped by a change of symbols')
  t.equal(what({ kind: 'thin', rowCount: 700, coverage: 70.9 }), 'thin: 700 bars, 70 % of the usual')
  t.equal(what({ kind: 'unknown', share: 51.04, usual: 0.003 }), 'unknown symbols in 51.0 % of the rows, usually less than 0.1 %: import or discover them')
  t.equal(what({ kind: 'closed_day_file', reason: 'Thanksgiving Day' }), 'a file for a closed day (Thanksgiving Day)')
  t.equal(what({ kind: 'closed_day_file', reason: null }), 'a file for a closed day')
})
