import path from 'node:path'
import t from 'tap'
import { readSymbolsFile } from '../../../lib/features/fetch/symbols-file.js'

const read = (text: string) => readSymbolsFile(path.join(t.testdir({ 'symbols.csv': text }), 'symbols.csv'))

await t.test('a file lists a symbol a line, each once, with comments and blank lines', async (t) => {
  t.same(await read('# the core\nVUG\n\n  SCHG \r\nBRK.A\nVUG\n#MSFT\nBCpC'), ['VUG', 'SCHG', 'BRK.A', 'BCpC'])
  t.same(await read('\ufeffSPY\n'), ['SPY'])
  t.same(await read('SPY'), ['SPY'])
})

await t.test('or is a CSV with a column of symbols, whatever its case and place', async (t) => {
  t.same(await read('name,Symbol,sector\n"Schwab, Large Growth",SCHG,\nVanguard,VUG,Funds\n,,\nAgain,SCHG,\n'), ['SCHG', 'VUG'])
  t.same(await read('# of today\nTICKER\nSPY\n'), ['SPY'])
  t.same(await read('ticker,\nSPY\n'), ['SPY'], 'what stands behind it need not be there')
})

await t.test('what is wrong with a file is told with its line', async (t) => {
  const cases: [text: string, said: RegExp][] = [
    ['', /symbols\.csv lists no symbol$/],
    ['# nothing\n\nsymbol\n', /symbols\.csv lists no symbol$/],
    ['SPY\nVUG SCHG\n', /symbols\.csv, line 2: "VUG SCHG" is no symbol$/],
    ['SPY\nÄPP\n', /line 2: "ÄPP" is no symbol$/],
    ['SPY,1\n', /line 1: 2 fields, and no header that says which is the symbol$/],
    ['name,symbol\nVanguard,VUG\nSchwab\n', /line 3: the symbol is missing$/],
    ['symbol\n"SPY\n', /line 2: this is no CSV; a quote is out of place$/],
  ]
  for (const [text, said] of cases) await t.rejects(read(text), { code: 'SYMBOLS_FILE', message: said }, text)
  await t.rejects(readSymbolsFile(path.join(t.testdir({}), 'none.csv')), { code: 'SYMBOLS_FILE', message: /none\.csv cannot be read: ENOENT/ })
})
