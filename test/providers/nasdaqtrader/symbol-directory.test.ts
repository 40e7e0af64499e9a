import t from 'tap'
import { isNasdaqtrader, readNasdaqtrader, tickerOfCqs, typeOfTicker } from '../../../lib/providers/nasdaqtrader/symbol-directory.js'

const NASDAQ = 'Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|NextShares'
const OTHER = 'ACT Symbol|Security Name|Exchange|CQS Symbol|ETF|Round Lot Size|Test Issue|NASDAQ Symbol'

await t.test('the directories are told by their header, byte order mark and CRLF aside', async (t) => {
  for (const header of [NASDAQ, OTHER]) {
    t.ok(isNasdaqtrader(`${header}\n`))
    t.ok(isNasdaqtrader(`\uFEFF${header}\r\nA|...`))
  }
  t.notOk(isNasdaqtrader('Symbol|Security Name\n'))
  t.notOk(isNasdaqtrader('symbol,name\n'))
  t.notOk(isNasdaqtrader(''))
})

await t.test('nasdaqlisted.txt: test issues and the trailer are left out', async (t) => {
  const text = [
    NASDAQ,
    'AACB|Artius II Acquisition Inc. - Class A Ordinary Shares|G|N|N|100|N|N',
    'QQQ|Invesco QQQ Trust, Series 1|G|N|N|100|Y|N',
    'ZVZZT|NASDAQ TEST STOCK|G|Y|N|100||N',
    'File Creation Time: 0530202521:31|||||||',
    '',
  ].join('\r\n')
  const { rows, testIssues } = readNasdaqtrader('nasdaqlisted.txt', text)
  t.equal(testIssues, 1)
  t.match(rows, [
    { line: 2, symbol: 'AACB', description: { name: 'Artius II Acquisition Inc. - Class A Ordinary Shares', type: null, exchange: 'Nasdaq', active: true }, from: null, to: null },
    { line: 3, symbol: 'QQQ', description: { type: 'ETF', exchange: 'Nasdaq' } },
  ])
  t.equal(rows.length, 2)
})

await t.test('otherlisted.txt: the CQS symbol counts, also where the trailer has a field less', async (t) => {
  const text = [
    OTHER,
    'AA|Alcoa Corporation Common Stock |N|AA|N|100|N|AA',
    'ABR$D|Arbor Realty Trust 6.375% Series D "Preferred"|N|ABRpD|N|100|N|ABR-D',
    'BRK.B|Berkshire Hathaway Inc. New Common Stock|N|BRK.B|N|100|N|BRK=B',
    'NE.W.A|Noble Corporation plc Warrants|N|NE.WS.A|N|100|N|NE+A',
    'ZEXIT|IEX Test Company|V|ZEXIT|N|100|Y|ZEXIT',
    'File Creation Time: 0530202521:31||||||',
  ].join('\n')
  const { rows, testIssues } = readNasdaqtrader('otherlisted.txt', text)
  t.equal(testIssues, 1)
  t.same(rows.map(({ symbol, description }) => [symbol, description.name, description.type, description.exchange]), [
    ['AA', 'Alcoa Corporation Common Stock', null, 'NYSE'],
    ['ABRpD', 'Arbor Realty Trust 6.375% Series D "Preferred"', 'PFD', 'NYSE'],
    ['BRK.B', 'Berkshire Hathaway Inc. New Common Stock', null, 'NYSE'],
    ['NE.WS.A', 'Noble Corporation plc Warrants', 'WARRANT', 'NYSE'],
  ])
})

await t.test('every suffix of the CQS convention becomes the ticker of day files', async (t) => {
  // http://www.nasdaqtrader.com/Trader.aspx?id=CQSSymbolConvention, the column of CQS suffixes, on the root ABC
  const convention: [string, string, string | null][] = [
    ['ABCp', 'ABCp', 'PFD'], ['ABCpA', 'ABCpA', 'PFD'], ['ABC/A', 'ABC.A', null], ['ABCp/WD', 'ABCp.WD', 'PFD'], ['ABC/WD', 'ABC.WD', null],
    ['ABC/WS', 'ABC.WS', 'WARRANT'], ['ABC/WS/A', 'ABC.WS.A', 'WARRANT'], ['ABC/CL', 'ABC.CL', null], ['ABC/A/CL', 'ABC.A.CL', null],
    ['ABCp/CL', 'ABCp.CL', 'PFD'], ['ABCpA/CL', 'ABCpA.CL', 'PFD'], ['ABCpAw', 'ABCpAw', 'PFD'], ['ABC/EC', 'ABC.EC', null], ['ABC/PP', 'ABC.PP', null],
    ['ABC/CV', 'ABC.CV', null], ['ABC/CV/CL', 'ABC.CV.CL', null], ['ABC/A/CV', 'ABC.A.CV', null], ['ABCpA/CV', 'ABCpA.CV', 'PFD'],
    ['ABCr', 'ABCr', 'RIGHT'], ['ABC/U', 'ABC.U', 'UNIT'], ['ABCw', 'ABCw', null], ['ABCrw', 'ABCrw', 'RIGHT'], ['ABCpw', 'ABCpw', 'PFD'],
    ['ABC/Aw', 'ABC.Aw', null], ['ABC/WSw', 'ABC.WSw', 'WARRANT'],
  ]
  for (const [cqs, ticker, type] of convention) {
    t.equal(tickerOfCqs(cqs), ticker)
    t.equal(typeOfTicker(ticker), type, ticker)
  }
})

await t.test('a row that cannot be used is named', async (t) => {
  const cases: [string, RegExp][] = [
    ['AA|Alcoa|N|AA|N|100|N', /^other.txt, line 2: 7 fields where the header has 8$/],
    ['AA|Alcoa|N||N|100|N|AA', /^other.txt, line 2: the symbol is empty$/],
    ['AA|Alcoa|N|A A|N|100|N|AA', /^other.txt, line 2: "A A" is no symbol$/],
    ['AA|Al\u0007coa|N|AA|N|100|N|AA', /^other.txt, line 2: the field "Al\\u0007coa" has a control character$/],
    ['AA|Alcoa|N|AA|N|100||AA', /^other.txt, line 2: Test Issue is "", not Y or N$/],
  ]
  for (const [row, message] of cases) t.throws(() => readNasdaqtrader('other.txt', `${OTHER}\n${row}\n`), { code: 'UNIVERSE_ROW_INVALID', message })
})
