import t from 'tap'
import type { RejectReason } from '../../../../lib/domain/reject.js'
import { isPoor, qualityOf } from '../../../../lib/features/fetch/choice/quality.js'

const reasons = (of: Partial<Record<RejectReason, number>>) => [new Map(Object.entries(of) as [RejectReason, number][])]

await t.test('quality is the product of rows without nulls, rows in order and bars that came', (t) => {
  const cases: [string, Parameters<typeof qualityOf>[0], number][] = [
    ['all is well', { rows: 100, reasons: [], coverage: { expected: 100, counted: 100 } }, 1],
    ['no rows at all', { rows: 0, reasons: [], coverage: { expected: 0, counted: 0 } }, 1],
    ['nobody knows how many', { rows: 100, reasons: [], coverage: null }, 1],
    ['nulls', { rows: 100, reasons: reasons({ null_value: 4 }), coverage: null }, 0.96],
    ['prices out of order and repeats', { rows: 100, reasons: reasons({ low_above_close: 10, open_above_high: 5, duplicate: 5 }), coverage: null }, 0.8],
    ['a row of another date says nothing', { rows: 100, reasons: reasons({ wrong_date: 50 }), coverage: null }, 1],
    ['all of them, over two answers', { rows: 200, reasons: [...reasons({ null_value: 20 }), ...reasons({ low_above_open: 100 })], coverage: { expected: 100, counted: 90 } }, 0.9 * 0.5 * 0.9],
  ]
  for (const [what, judged, quality] of cases) t.equal(qualityOf(judged).toFixed(6), quality.toFixed(6), what)
  t.end()
})

await t.test('less than 0.6 is not good enough', (t) => {
  t.notOk(isPoor(0.6))
  t.ok(isPoor(0.5999))
  t.end()
})
