import t from 'tap'
import { readUniverseCsv } from '../../lib/formats/universe-csv.js'

const NOTHING = { name: null, type: null, exchange: null, active: null, sector: null, industry: null, issuer: null, underlyingIndex: null }

await t.test('columns come in any order, and only the symbol is needed', async (t) => {
  t.same(readUniverseCsv('u.csv', 'symbol\nAAPL\nBRK.B\n').rows, [
    { line: 2, symbol: 'AAPL', description: NOTHING, from: null, to: null, assumed: false, security: null },
    { line: 3, symbol: 'BRK.B', description: NOTHING, from: null, to: null, assumed: false, security: null },
  ])
  t.same(readUniverseCsv('u.csv', 'active,name,symbol,valid_to,valid_from\r\nno,"Facebook, Inc.",FB,2022-06-08,2012-05-18\r\n').rows, [
    { line: 2, symbol: 'FB', description: { ...NOTHING, name: 'Facebook, Inc.', active: false }, from: '2012-05-18', to: '2022-06-09', assumed: false, security: null },
  ], 'valid_to is the last date')
})

await t.test('a byte order mark, blank lines and spaces around fields are no matter', async (t) => {
  const { rows } = readUniverseCsv('u.csv', '\uFEFFsymbol, name\n\n AAPL , Apple \n')
  t.match(rows, [{ line: 3, symbol: 'AAPL', description: { name: 'Apple' } }])
})

await t.test('9999-12-31 is no end', async (t) => {
  t.match(readUniverseCsv('u.csv', 'symbol,valid_from,valid_to\nA,2001-01-01,9999-12-31\n').rows, [{ from: '2001-01-01', to: null }])
})

await t.test('symbols that look like other things are symbols', async (t) => {
  const symbols = ['NA', 'NAN', 'TRUE', 'INF', 'ON', 'null', '1E5']
  t.same(readUniverseCsv('u.csv', `symbol\n${symbols.join('\n')}\n`).rows.map(({ symbol }) => symbol), symbols)
})

await t.test('dates may be assumed, and rows may be of one security', async (t) => {
  const { rows } = readUniverseCsv('u.csv', 'symbol,valid_to,assumed,security\nFB,2022-06-08,true,7\nMETA,,no,7\n')
  t.match(rows, [{ symbol: 'FB', to: '2022-06-09', assumed: true, security: '7' }, { symbol: 'META', to: null, assumed: false, security: '7' }])
  t.throws(() => readUniverseCsv('u.csv', 'symbol,assumed\nFB,perhaps\n'), { code: 'UNIVERSE_ROW_INVALID', message: 'u.csv, line 2: assumed is "perhaps"' })
})

await t.test('a header that is not one is refused', async (t) => {
  const cases: [string, RegExp][] = [
    ['', /^u.csv, line 1: the header has no column symbol; it is ""$/],
    ['ticker,name\n', /^u.csv, line 1: the header has no column symbol; it is "ticker,name"$/],
    ['<html>\n', /no column symbol/],
    ['Symbol|Security Name\n', /no column symbol; it is "Symbol\|Security Name"$/],
    ['symbol,cusip,isin\n', /^u.csv, line 1: unknown column cusip, isin$/],
    ['symbol,name,symbol\n', /^u.csv, line 1: the column symbol stands there twice$/],
  ]
  for (const [text, message] of cases) t.throws(() => readUniverseCsv('u.csv', text), { code: 'UNIVERSE_HEADER', message })
})

await t.test('a row that cannot be used is named by its line', async (t) => {
  const cases: [string, RegExp][] = [
    [',x,,', /^u.csv, line 2: the symbol is empty$/],
    ['A B,x,,', /^u.csv, line 2: "A B" is no symbol$/],
    [`${'A'.repeat(33)},x,,`, /is no symbol$/],
    ['A,x,2024-02-30,', /^u.csv, line 2: valid_from is "2024-02-30"$/],
    ['A,x,,20240201', /^u.csv, line 2: valid_to is "20240201"$/],
    ['A,x,2024-02-02,2024-02-01', /^u.csv, line 2: valid_from 2024-02-02 is after valid_to 2024-02-01$/],
    ['A,x', /^u.csv, line 2: 2 fields where the header has 4$/],
    ['A,a\u0000b,,', /^u.csv, line 2: the field "a\\u0000b" has a control character$/],
    ['A,a"b,,', /^u.csv, line 2: this is no CSV; a quote is out of place$/],
  ]
  for (const [row, message] of cases) {
    t.throws(() => readUniverseCsv('u.csv', `symbol,name,valid_from,valid_to\n${row}\n`), { code: 'UNIVERSE_ROW_INVALID', message })
  }
  t.throws(() => readUniverseCsv('u.csv', 'symbol,active\nA,maybe\n'), { code: 'UNIVERSE_ROW_INVALID', message: 'u.csv, line 2: active is "maybe"' })
})
