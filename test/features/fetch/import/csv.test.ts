import { writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { gzipSync } from 'node:zlib'
import { symbolOfName } from '../../../../lib/features/fetch/import/files.js'
import { importWorld } from '../../../helpers/imports.js'

const world = await importWorld(t)
const { run } = world
const ALPHA = 'timestamp,open,high,low,close,volume\n2025-01-08,12,12.5,11,12.25,300\n2025-01-07,11,11,11,11,200\n2025-01-06,10,10,10,10,100\n'
const STOOQ = 'Date,Open,High,Low,Close,Volume\r\n2025-01-06,9.9012,10,9,9.5,100\r\n2025-01-07,10,10,10,10,200\r\n'
const YAHOO = 'Date,Open,High,Low,Close,Adj Close,Volume\n2025-01-06,10,10,10,10,9.7,100\n2025-01-07,null,null,null,null,null,null\n2025-01-08,11,11,11,11,10.7,200\n'

function file(name: string, text: string | Buffer): string {
  const at = path.join(world.home, name)
  writeFileSync(at, text)
  return at
}

await t.test('exports say by their names whose bars they hold', async (t) => {
  const said = ['aapl_us_d.csv', 'aapl.us.txt', 'AAPL.csv', 'AAPL (1).csv', 'daily_IBM.csv', 'IBM_TIME_SERIES_DAILY.csv', 'daily_adjusted_IBM.csv.gz', '/x/brk-b_us_d.csv', 'BRK.B.csv']
  t.same(said.map(symbolOfName), ['AAPL', 'AAPL', 'AAPL', 'AAPL', 'IBM', 'IBM', 'IBM', 'BRK-B', 'BRK.B'])
  t.same(['my_prices.csv', 'two words.csv', '.csv'].map(symbolOfName), [undefined, undefined, undefined])
})

await t.test('unadjusted prices fill in but for the last row, which may have been under way when the file was saved', async (t) => {
  await world.afresh(['IBM'])
  const { json, text, exitCode } = await run(['import', 'csv', file('daily_IBM.csv.gz', gzipSync(ALPHA)), '--provider', 'alpha_vantage'])
  t.equal(exitCode, 0)
  t.same(await world.bars(), ['IBM 2025-01-06 10 10 10 10 100 - alpha_vantage', 'IBM 2025-01-07 11 11 11 11 200 - alpha_vantage'])
  t.match(json, { provider: 'alpha_vantage', basis: 'none', files: [{ symbol: 'IBM' }], symbols: [{ file: 'daily_IBM.csv.gz', bars: 3, inserted: 2, held_back: 1 }] })
  t.match(text, /^1 file of alpha_vantage, unadjusted prices\n\nsymbol +file .*\nIBM +daily_IBM\.csv\.gz /)
  t.same(await world.lines('select time::text, close, partial from provider_bars order by 1'), ['2025-01-06 10 false', '2025-01-07 11 false', '2025-01-08 12.25 true'])
  // A later export has the session after it.
  await run(['import', 'csv', file('IBM.csv', ALPHA.replace('volume\n', 'volume\n2025-01-10,13,13,13,13,400\n')), '--provider', 'alpha_vantage'])
  t.same((await world.bars()).at(-1), 'IBM 2025-01-08 12 12.5 11 12.25 300 - alpha_vantage')
  t.match((await run('fetches replay')).json, { timespans: [{ answers: 2, inserted: 0, updated: 0, removed: 0, failed: 0 }] })
})

await t.test('adjusted prices are held beside as the provider\'s', async (t) => {
  await world.afresh(['AAPL', 'MSFT'])
  t.match((await run(['import', 'csv', file('aapl_us_d.csv', STOOQ), file('msft_us_d.csv', STOOQ), '--provider', 'stooq'])).json, { basis: 'total', totals: { loaded: 2, bars: 4, inserted: 4, filled: 0 } })
  t.match((await run(['import', 'csv', file('AAPL.csv', YAHOO), '--provider', 'yahoo'])).json, { basis: 'split', totals: { loaded: 1, bars: 2, held_back: 2 } })
  t.same(await world.bars(), [])
  t.same(await world.lines(`select provider, basis, symbol, b.time::text, open, partial from provider_bars b join ticker_symbols using (symbol_id) order by 1, 3, 4`), [
    'stooq total AAPL 2025-01-06 9.9012 false', 'stooq total AAPL 2025-01-07 10 true', 'stooq total MSFT 2025-01-06 9.9012 false', 'stooq total MSFT 2025-01-07 10 true',
    'yahoo split AAPL 2025-01-06 10 false', 'yahoo split AAPL 2025-01-08 11 true',
  ])
})

await t.test('a file that is no such export is refused by itself, and the others are imported', async (t) => {
  await world.afresh(['AAPL', 'IBM', 'MSFT'])
  const { json, exitCode } = await run(['import', 'csv', file('AAPL.csv', '<html>'), file('MSFT.csv.gz', gzipSync(STOOQ).subarray(0, 40)), file('IBM.csv', STOOQ), '--provider', 'stooq'])
  t.equal(exitCode, 3)
  t.match(json, {
    state: 'completed_with_errors', totals: { loaded: 1, failed: 2 },
    symbols: [{ symbol: 'AAPL', status: 'rejected', code: 'ANSWER_FORMAT' }, { symbol: 'MSFT', status: 'rejected', code: 'SOURCE_GZIP_TRUNCATED' }, { symbol: 'IBM', status: 'stored' }],
  })
  t.same(await world.lines('select symbol, part, status, code from ingestion_audit order by 1'), ['AAPL AAPL.csv rejected ANSWER_FORMAT', 'IBM IBM.csv stored null', 'MSFT MSFT.csv.gz rejected SOURCE_GZIP_TRUNCATED'])
})

await t.test('what cannot be imported at all is told before anything is', async (t) => {
  await world.afresh(['AAPL'])
  await t.rejects(run(['import', 'csv', path.join(world.home, 'none.csv'), '--provider', 'stooq']), { code: 'IMPORT_FILE_UNREADABLE' })
  await t.rejects(run(['import', 'csv', file('my_prices.csv', STOOQ), '--provider', 'stooq']), {
    code: 'IMPORT_SYMBOL', message: 'the name "my_prices.csv" does not say whose bars the file holds', hint: /^name it with --symbol, one file at a time, or call the file by its symbol: /,
  })
  await t.rejects(run('import csv - --provider stooq'), { code: 'IMPORT_SYMBOL', message: 'which files, or whose bars come by stdin?' })
  await t.rejects(run('import csv --provider stooq'), { code: 'IMPORT_SYMBOL' })
  await t.rejects(run('import csv - --provider massive --symbol A'), { code: 'REQUEST_INVALID', message: /provider must be a provider whose files are read: alpha_vantage, stooq, yahoo/ })
  t.match((await run(['import', 'csv', file('my_prices.csv', STOOQ), '--provider', 'stooq', '--symbol', 'AAPL'])).json, { files: [{ symbol: 'AAPL' }], totals: { inserted: 2 } })
})
