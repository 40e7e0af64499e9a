import { gzipSync } from 'node:zlib'
import path from 'node:path'
import t, { type Test } from 'tap'
import { universe } from '../../../lib/cli/commands/universe/group.js'
import { UsageError } from '../../../lib/domain/errors.js'
import { freshDatabase } from '../../helpers/database.js'
import { Market } from '../../helpers/market.js'
import { runCommand, type Answer } from '../../helpers/run-command.js'

const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions'
const dayFile = (...tickers: string[]) => gzipSync(`${HEADER}\n${tickers.map((ticker) => `${ticker},1,1,1,1,1,1488517200000000000,1\n`).join('')}`)

/** A fresh database and what runs `universe ...` on it. */
async function prepare(t: Test, settings: Record<string, unknown> = {}): Promise<{ market: Market; run: (...line: string[]) => Promise<Answer> }> {
  const { pool } = await freshDatabase(t)
  return { market: new Market(pool), run: (...line) => runCommand(universe, ['universe', ...line], { pool, settings }) }
}

await t.test('import says what it did, in words and for programs', async (t) => {
  const { run } = await prepare(t)
  const folder = t.testdir({
    'plain.csv': 'symbol,name\nAAPL,Apple Inc.\nMSFT,Microsoft\n',
    'packed.csv.gz': gzipSync('symbol,name\r\nAAPL,Apple\r\nTSLA,Tesla\r\n'),
    'nasdaqlisted.txt': [
      'Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|NextShares',
      'MSFT|Microsoft|Q|N|N|100|N|N', 'ZVZZT|NASDAQ TEST STOCK|G|Y|N|100||N', 'File Creation Time: 0530202521:31|||||||',
    ].join('\n'),
  })
  const first = await run('import', path.join(folder, 'plain.csv'))
  t.equal(first.exitCode, 0)
  t.match(first.text, /plain\.csv: 2 securities added, 0 updated, 0 unchanged$/)
  t.match((await run('import', path.join(folder, 'packed.csv.gz'))).json, { rows: 2, added: 1, updated: 1, unchanged: 0, skipped_test_issues: 0, identity_changes: 0, bars_moved: 0, dates_stale: 0 })
  t.match((await run('import', path.join(folder, 'nasdaqlisted.txt'))).text, /0 securities added, 1 updated, 0 unchanged\n1 test issue skipped$/)
  t.match((await run('import', path.join(folder, 'plain.csv'), '--dry-run')).text, /0 securities added, 1 updated, 1 unchanged\nDry run: nothing was kept\.$/)
  t.match((await run('list', '--json')).json, { total: 3, securities: [{ symbol: 'AAPL', name: 'Apple' }, { symbol: 'MSFT', exchange: 'Nasdaq' }, { symbol: 'TSLA' }] })
})

await t.test('a file that cannot be used is refused whole', async (t) => {
  const { market, run } = await prepare(t)
  const folder = t.testdir({
    'bad.csv': 'symbol,valid_from\nAAPL,\nMSFT,soon\n',
    'overlap.csv': 'symbol,valid_from,valid_to\nFB,1999-09-30,2012-05-18\nA,,\nFB,2012-05-18,\n',
    'twice.csv': 'symbol\nAAPL\nAAPL\n',
    'empty.csv': 'symbol\n',
    'broken.csv.gz': gzipSync('symbol\nAAPL\n').subarray(0, 15),
    'latin.csv': Buffer.from('symbol,name\nA,Caf\xe9\n', 'latin1'),
  })
  const cases: [string, string, RegExp][] = [
    ['bad.csv', 'UNIVERSE_ROW_INVALID', /bad\.csv, line 3: valid_from is "soon"$/],
    ['overlap.csv', 'UNIVERSE_ROWS_OVERLAP', /lines 2 and 4 both are about FB, 1999-09-30 to 2012-05-18 and from 2012-05-18$/],
    ['twice.csv', 'UNIVERSE_ROWS_OVERLAP', /lines 2 and 3 both are about AAPL, all dates and all dates$/],
    ['empty.csv', 'UNIVERSE_FILE_EMPTY', /lists no security$/],
    ['broken.csv.gz', 'UNIVERSE_FILE_UNREADABLE', /gzip data that cannot be read: unexpected end of file$/],
    ['latin.csv', 'UNIVERSE_FILE_UNREADABLE', /is not UTF-8 text$/],
    ['nowhere.csv', 'UNIVERSE_FILE_UNREADABLE', /ENOENT/],
  ]
  const before = await market.everything()
  for (const [file, code, message] of cases) {
    const error = await run('import', path.join(folder, file)).then(() => undefined, (error: unknown) => error)
    t.type(error, UsageError, file)
    t.match(error, { code, message })
  }
  t.same(await market.everything(), before)
})

await t.test('rename tells what moved, and history tells the story', async (t) => {
  const { market, run } = await prepare(t)
  const folder = t.testdir({ 'u.csv': 'symbol,name\nFB,Facebook\nMETA,\n' })
  await run('import', path.join(folder, 'u.csv'))
  await market.load('2022-06-08', { FB: 196 })
  await market.load('2022-06-09', { META: 184 })
  const renamed = await run('rename', 'FB', 'META', '--on', '2022-06-09')
  t.equal(renamed.text, [
    'FB is META from 2022-06-09',
    '1 bar moved to the security their symbol names now',
    '1 loaded date touched, counts and sums brought along',
  ].join('\n'))
  t.match(renamed.json, { old_symbol: 'FB', new_symbol: 'META', changed: true, bars_moved: 1, dates_touched: 1 })
  const again = await run('rename', 'FB', 'META', '--on', '2022-06-09')
  t.equal(again.text, 'FB is known to be META from 2022-06-09: nothing to change')
  t.match(again.json, { changed: false })
  const history = await run('history', 'META')
  t.match(history.json, {
    symbol: 'META',
    securities: [
      { symbol_id: 1, name: 'Facebook', symbols: [
        { symbol: 'FB', valid_from: null, valid_to: '2022-06-08', assumed: true }, { symbol: 'META', valid_from: '2022-06-09', valid_to: null, assumed: false },
      ] },
      { symbol_id: 2, symbols: [{ symbol: 'META', valid_from: null, valid_to: '2022-06-08', assumed: true }] },
    ],
    changes: [{ symbol: 'FB', cause: 'import' }, { symbol: 'META', cause: 'import' }, { cause: 'rename' }, { cause: 'rename', old_symbol_id: 2, new_symbol_id: 1 }],
  })
  t.match(history.json['facts'], [{ fact_id: 1, kind: 'known', symbol: 'FB' }, { fact_id: 2, kind: 'known', symbol: 'META' }, { fact_id: 3, kind: 'renamed', symbol: 'FB', new_symbol: 'META', valid_from: '2022-06-09', retracted_at: null }])
  t.match(history.text, /^security 1 {2}Facebook\nsymbol +from +to\nFB +- +2022-06-08 +assumed\nMETA +2022-06-09 +-\n\nsecurity 2\n/)
})

await t.test('a mistyped symbol or date is answered with a hint', async (t) => {
  const { run } = await prepare(t)
  const folder = t.testdir({ 'u.csv': 'symbol\nAAPL\n' })
  await run('import', path.join(folder, 'u.csv'))
  await t.rejects(run('history', 'APPL'), { code: 'SYMBOL_UNKNOWN', hint: /AAPL/ })
  await t.rejects(run('rename', 'AAPL', 'B', '--on', '2024-02-30'), { code: 'DATE_INVALID' })
  await t.rejects(run('rename', 'AA PL', 'B', '--on', '2024-02-01'), { code: 'SYMBOL_INVALID' })
  await t.rejects(run('rename', 'AAPL', 'B'), /Missing required argument: on/)
})

await t.test('list narrows, and its CSV imports as it is', async (t) => {
  const { market, run } = await prepare(t)
  t.match((await run('list')).text, /^The universe is empty/)
  const folder = t.testdir({
    'u.csv': 'symbol,name,type,active,issuer,underlying_index,valid_from,valid_to\nSPY,SPDR S&P 500 ETF,ETF,true,State Street,S&P 500,,\nABRpD,"Arbor, Series D",PFD,true,,,,\nLEH,Lehman Brothers,CS,no,,,,2008-09-17\nSPXC,SPX,CS,,,,2015-09-28,\n',
  })
  await run('import', path.join(folder, 'u.csv'))
  const symbols = async (...line: string[]) => ((await run('list', ...line)).json['securities'] as { symbol: string }[]).map(({ symbol }) => symbol)
  t.same(await symbols(), ['ABRpD', 'LEH', 'SPXC', 'SPY'])
  t.same(await symbols('--active'), ['ABRpD', 'SPXC', 'SPY'])
  t.same(await symbols('--type', 'etf'), ['SPY'])
  t.same(await symbols('--search', 'sp'), ['SPXC', 'SPY'])
  t.same(await symbols('--search', 'BROTHERS'), ['LEH'])
  t.same(await symbols('--limit', '1'), ['ABRpD'])
  t.match((await run('list', '--limit', '1')).text, /\n\n3 more; --search narrows, --csv and --json give all$/)
  t.equal((await run('list', '--search', 'zzz')).text, 'No security matches.')
  await t.rejects(run('list', '--type', 'STOCK'), { code: 'TYPE_UNKNOWN', hint: 'there are CS, ETF, PFD' })
  const { csv } = await run('list', '--csv')
  t.equal(csv, [
    'symbol,name,type,exchange,active,sector,industry,issuer,underlying_index,valid_from,valid_to,assumed,security',
    'ABRpD,"Arbor, Series D",PFD,,true,,,,,,,true,1',
    'LEH,Lehman Brothers,CS,,false,,,,,,2008-09-17,false,2',
    'SPXC,SPX,CS,,true,,,,,2015-09-28,,false,3',
    'SPY,SPDR S&P 500 ETF,ETF,,true,,,State Street,S&P 500,,,true,4',
    '',
  ].join('\n'))
  const before = await market.everything()
  t.match((await run('import', path.join(t.testdir({ 'again.csv': csv! }), 'again.csv'))).json, { added: 0, updated: 0, unchanged: 4 })
  t.same(await market.everything(), before)
})

await t.test('what list writes as CSV is imported to the same universe, whatever happened to its symbols', async (t) => {
  const { market, run } = await prepare(t)
  const folder = t.testdir({ 'u.csv': 'symbol\nFB\nMETA\nGOOG\nGOOGL\nGOOCV\nA\nB\nC\nD\nE\n', 'dated.csv': 'symbol,valid_from,valid_to\nTWX,1990-01-10,2001-01-11\nAOL,1992-03-19,2003-10-15\n' })
  for (const line of [
    ['import', path.join(folder, 'u.csv')], ['import', path.join(folder, 'dated.csv')],
    ['rename', 'FB', 'META', '--on', '2022-06-09'], ['rename', 'GOOG', 'GOOGL', '--on', '2014-04-03', '--reused'], ['rename', 'GOOCV', 'GOOG', '--on', '2014-04-03'],
    ['rename', 'AOL', 'TWX', '--on', '2003-10-16'], ['rename', 'A', 'B', '--on', '2020-01-03', '--reused'], ['rename', 'B', 'A', '--on', '2020-01-03'],
    ['rename', 'C', 'E', '--on', '2021-03-01'], ['rename', 'C', 'D', '--on', '2021-01-04'], ['rename', 'A', 'C', '--on', '2021-02-01', '--reused'],
  ]) await run(...line)
  const { csv } = await run('list', '--csv')
  const other = await prepare(t)
  await other.run('import', path.join(t.testdir({ 'universe.csv': csv! }), 'universe.csv'))
  // Ids differ, and with them the numbers of securities; who shares one is told by the partition.
  const partition = async ({ pool }: Market) => (await pool.query<{ line: string }>(`
    select string_agg(concat_ws(' ', symbol, valid, assumed), ', ' order by valid) as line from ticker_symbols group by symbol_id order by 1`)).rows.map(({ line }) => line)
  t.same(await partition(other.market), await partition(market))
  t.equal((await market.symbols()).length, csv!.trim().split('\n').length - 1, 'a row a range')
})

await t.test('discover registers what day files have; a broken file is named and the others count', async (t) => {
  const root = t.testdir({
    day_aggs_v1: { 2017: { '03': {
      '2017-03-01.csv.gz': dayFile('AAPL', 'MSFT', 'BCpC', 'BCPC'),
      '2017-03-02.csv.gz': dayFile('AAPL', 'bad symbol', 'TSLA'),
      '2017-03-03.csv.gz': dayFile('NEVER', 'SEEN').subarray(0, 40),
      '2017-03-06.csv.gz': gzipSync('<html>error</html>\n'),
    } } },
  })
  const { market, run } = await prepare(t, { source: root })
  const found = await run('discover')
  t.equal(found.exitCode, 3)
  t.match(found.json, {
    files: 2, rows: 7, unusable_rows: 1, added: 5,
    unreadable: [{ date: '2017-03-03', code: 'SOURCE_GZIP_TRUNCATED' }, { date: '2017-03-06', code: 'SOURCE_NOT_CSV' }],
  })
  t.match(found.text, /^2 files with 7 rows read: 5 new symbols registered.*\n1 row skipped, because the symbol cannot be one\n2017-03-03: .* could not be read: /)
  t.same(await market.symbols(), ['AAPL 1 (,) assumed', 'BCPC 2 (,) assumed', 'BCpC 3 (,) assumed', 'MSFT 4 (,) assumed', 'TSLA 5 (,) assumed'])
  const before = await market.everything()
  t.match(await run('discover', '--start', '2017-03-01', '--end', '2017-03-02'), { exitCode: 0, json: { files: 2, added: 0 } })
  t.same(await market.everything(), before)
  t.match((await run('discover', '--start', '2018-01-01', '--end', '2018-12-31')).text, /No day file was found/)
})

await t.test('discover reads no more lines of a file than the limit', async (t) => {
  const root = t.testdir({ day_aggs_v1: { 2017: { '03': { '2017-03-01.csv.gz': gzipSync(`${HEADER}${'\n'.repeat(10)}`) } } } })
  const { run } = await prepare(t, { source: root, 'max-file-lines': 9 })
  t.match(await run('discover'), { exitCode: 3, json: { files: 0, unreadable: [{ date: '2017-03-01', code: 'SOURCE_TOO_MANY_LINES' }] } })
})

await t.test('discover reads one file, and says where a known symbol names nothing', async (t) => {
  const { run } = await prepare(t)
  const folder = t.testdir({ 'u.csv': 'symbol,valid_from\nFB,2012-05-18\n', '2003-03-03.csv.gz': dayFile('FB', 'XOM'), 'aggs.csv': dayFile('XOM') })
  await run('import', path.join(folder, 'u.csv'))
  const found = await run('discover', '--file', path.join(folder, '2003-03-03.csv.gz'))
  t.match(found, { exitCode: 0, json: { added: 1, not_on_date: [{ symbol: 'FB', date: '2003-03-03' }] } })
  t.match(found.text, /1 known symbol seen on dates on which it names no security: FB on 2003-03-03\n/)
  await t.rejects(run('discover', '--file', path.join(folder, 'aggs.csv')), { code: 'DATE_MISSING' })
  await t.rejects(run('discover', '--file', path.join(folder, '2003-03-03.csv.gz'), '--start', '2003-03-03'), { code: 'DATES_CONFLICT' })
  await t.rejects(run('discover'), { code: 'SOURCE_MISSING' })
})
