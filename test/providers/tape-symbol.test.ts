import t from 'tap'
import { stooqSymbol } from '../../lib/providers/stooq/symbol.js'
import { tapeSymbol } from '../../lib/providers/tape-symbol.js'
import { yahooSymbol } from '../../lib/providers/yahoo/symbol.js'

await t.test('symbols are spelled as other vendors spell them, and what they have no name for has none', async (t) => {
  for (const [symbol, yahoo, stooq] of [
    ['SPY', 'SPY', 'spy.us'],
    ['BRK.B', 'BRK-B', 'brk-b.us'],
    ['AGMpD', 'AGM-PD', 'agm_d.us'],
    ['ETIp', 'ETI-P', 'eti_.us'],
    ['AAC.U', 'AAC-UN', 'aac-u.us'],
    ['ACHR.WS', 'ACHR-WT', 'achr-ws.us'],
    ['NE.WS.A', 'NE-WTA', 'ne-ws-a.us'],
    ['AIIAr', 'AIIA-RI', 'aiia-r.us'],
    ['BCPC', 'BCPC', 'bcpc.us'],
    ['NMCOrw', null, null],
    ['MRTpA.CL', null, null],
    ['BCw', null, null],
    ['A/B', null, null],
    ['..', null, null],
    ['', null, null],
  ] as const) t.same([yahooSymbol(symbol), stooqSymbol(symbol)], [yahoo, stooq], symbol)
  t.same(tapeSymbol('NE.WS.A'), { root: 'NE', kind: 'warrant', series: 'A' })
  t.same(['P', 'R', 'W'].map((letter) => tapeSymbol(`BC.${letter}`)), [null, null, null], 'classes that would look like preferreds, rights and warrants')
})
