import t from 'tap'
import { OHLC_ORDER } from '../../../../lib/features/quality/rules/ohlc-order.js'
import { judged, word } from './windows.js'

await t.test('open and close lie between low and high', async (t) => {
  t.equal(word(judged(OHLC_ORDER, [10, 10, 10, 10, 5])), '-', 'all the same')
  t.match(judged(OHLC_ORDER, [21.94, 21.622, 21.52, 21.6, 3330]), { cause: null, details: { open: '21.94', high: '21.622', exchanged: null } }, 'an open above the high')
  t.match(judged(OHLC_ORDER, [26.567, 27.62, 27.19, 27.46, 45_610]), { cause: null, details: { open: '26.567', low: '27.19', exchanged: null } }, 'an open below the low')
})

await t.test('high and low that are exchanged are told as that', async (t) => {
  t.match(judged(OHLC_ORDER, [10, 9, 12, 11, 5]), { cause: null, details: { high: '9', low: '12', exchanged: 'high and low' } })
  t.match(judged(OHLC_ORDER, [10, 9, 12, 13, 5]), { cause: null, details: { exchanged: null } }, 'the other way round it would be none either')
})
