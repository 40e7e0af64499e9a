import { readdirSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { actions } from '../../../lib/cli/commands/actions/group.js'
import { openAnswers } from '../../../lib/transport/answers/answers.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import { startRestServer } from '../../helpers/rest-server.js'
import { runCommand, type Answer } from '../../helpers/run-command.js'
import { insertSymbols } from '../../helpers/stored-days.js'

const NOW = '2024-07-01T12:00:00Z'
const now = () => new Date(NOW)
const { pool } = await freshDatabase(t)
const raw = t.testdir({})

/** What companies did, as every provider would tell it; ONE is called so since 2022-06-09, and was OLD. */
const SECURITIES = {
  AAPL: { splits: [{ date: '2014-06-09', from: 1, to: 7 }, { date: '2020-08-31', from: 1, to: 4 }], dividends: ['2020-02-07 0.77', '2020-05-08 0.82', '2020-11-06 0.205'] },
  GE: { splits: [{ date: '2021-08-02', from: 8, to: 1 }, { date: '2023-01-04', from: 1000, to: 1281 }], dividends: [] },
  OLD: { splits: [{ date: '2021-03-01', from: 1, to: 2 }], dividends: ['2021-06-01 0.5'] },
  ONE: { splits: [{ date: '2023-03-01', from: 1, to: 3 }], dividends: [] },
  NONE: { splits: [], dividends: [] },
}
const securities = () => Object.fromEntries(Object.entries(SECURITIES).map(([symbol, { splits, dividends }]) => [symbol, {
  // Few bars, for they stand in each of Yahoo's answers.
  first: '2024-06-03', splits: [...splits], dividends: dividends.map((text) => ({ date: text.split(' ')[0]!, amount: text.split(' ')[1]! })),
}]))
const massive = await startRestServer({ now, whole: true, securities: securities() })
const yahoo = await startRestServer({ now, whole: true, securities: securities(), dialect: 'yahoo' })
t.teardown(() => Promise.all([massive.close(), yahoo.close()]))

async function run(line: string, env: Record<string, string> = { ...massive.env, ...yahoo.env }): Promise<Answer> {
  return runCommand(actions, ['actions', ...line.split(' ')], { pool, now: NOW, env, settings: { answers: raw } })
}

const YEARS = '--start 2014-01-01 --end 2024-06-30'
const lines = async (sql: string): Promise<string[]> => (await pool.query<(string | number | boolean | null)[]>({ text: sql, rowMode: 'array' })).rows.map((row) => row.map((value) => value ?? '').join(' '))
const splits = () => lines(`select symbol_id, ex_date, source, trim_scale(split_from), trim_scale(split_to), usual from splits order by 1, 2, 3`)

t.beforeEach(async () => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAPL'], [2, 'GE'], [3, 'OLD', '(,2022-06-09)'], [3, 'ONE', '[2022-06-09,)'], [4, 'NONE']])
  for (const server of [massive, yahoo]) {
    server.requests.length = 0
    server.fault = () => undefined
    Object.assign(server.market.securities, securities())
  }
})

await t.test('every provider that tells them is asked, and what each tells is kept with who told it', async (t) => {
  const { exitCode, json, text } = await run(`fetch --symbols AAPL,GE ${YEARS}`)
  t.equal(exitCode, 0)
  t.same(await splits(), [
    '1 2014-06-09 massive 1 7 true', '1 2014-06-09 yahoo 1 7 true', '1 2020-08-31 massive 1 4 true', '1 2020-08-31 yahoo 1 4 true',
    '2 2021-08-02 massive 8 1 true', '2 2021-08-02 yahoo 8 1 true', '2 2023-01-04 massive 1000 1281 false', '2 2023-01-04 yahoo 1000 1281 false',
  ])
  t.same(await lines(`select ex_date, kind, trim_scale(amount), currency, declared_on, known_since from dividends where source = 'massive' order by 1`), [
    '2020-02-07 regular 0.77 USD 2020-01-30 2020-01-30', '2020-05-08 regular 0.82 USD 2020-04-30 2020-04-30', '2020-11-06 regular 0.205 USD 2020-10-29 2020-10-29',
  ])
  t.same(await lines(`select ex_date, trim_scale(amount), known_since from dividends where source = 'yahoo' order by 1`), ['2020-02-07 0.77 2020-02-07', '2020-05-08 0.82 2020-05-08', '2020-11-06 0.205 2020-11-06'])
  t.match(json, {
    parameters: { start: '2014-01-01', end: '2024-06-30', symbols: ['AAPL', 'GE'], symbol_count: 2, providers: ['massive', 'yahoo'] },
    totals: { splits: 8, dividends: 6, inserted: 14, updated: 0, unchanged: 0, removed: 0, failed: 0 },
    sources: [{ source: 'massive', stopped: null }, { source: 'yahoo', stopped: null }], unnamed: [],
    results: [{ symbol: 'AAPL', source: 'massive', status: 'stored', splits: 2, dividends: 3, requests: 3 }, { symbol: 'AAPL', source: 'yahoo', requests: 1 }, { symbol: 'GE', source: 'massive' }, { symbol: 'GE', source: 'yahoo' }],
  })
  t.match(text, /^source {3}symbols  splits  dividends  inserted .*\nmassive +2 +4 +3 +7 +0 +0 +0 +0 +5\nyahoo +2 +4 +3 +7 +0 +0 +0 +0 +2\n\nrun 1: 2 symbols from 2014-01-01 to 2024-06-30$/)
  t.same(await lines('select command, status, exit_code from ingestion_runs'), ['actions fetch succeeded 0'])
  t.same(await lines('select provider, authority from provider_authority order by 2 limit 1'), ['massive 1'])
})

await t.test('each answer is kept as it came, and rows say which', async (t) => {
  await run(`fetch --symbols AAPL ${YEARS}`)
  const kept = openAnswers(raw, {})
  const { rows } = await pool.query<{ source: string; answer: string; pulled_at: Date }>('select source, answer, pulled_at from splits union all select source, answer, pulled_at from dividends')
  t.equal(rows.length, 10)
  for (const { source, answer, pulled_at: at } of rows) t.ok((await kept.get(`${source}/actions`, at, answer)).length > 0)
  t.same(await lines('select source, symbol, start_date, end_date, status, splits, dividends, tries, cardinality(pages) from action_fetches order by 1'), [
    'massive AAPL 2014-01-01 2024-06-30 stored 2 3 3 3', 'yahoo AAPL 2014-01-01 2024-06-30 stored 2 3 1 1',
  ], 'the dividends of one came in two pages')
  t.ok(readdirSync(path.join(raw, 'massive')).length > 0)
})

await t.test('what a provider tells now replaces what it told before, of the dates that it was asked about and of nothing else', async (t) => {
  await run(`fetch --symbols AAPL ${YEARS}`)
  t.match((await run(`fetch --symbols AAPL ${YEARS}`)).json, { totals: { inserted: 0, updated: 0, unchanged: 10, removed: 0 } })
  const told = massive.market.securities['AAPL'] as { splits: unknown; dividends: unknown }
  told.splits = [{ date: '2020-08-31', from: 1, to: 5 }]
  told.dividends = [{ date: '2020-02-07', amount: '0.77' }, { date: '2020-08-07', amount: '0.82' }]
  t.match((await run('fetch --symbols AAPL --provider massive --start 2020-05-01 --end 2020-12-31')).json, { totals: { inserted: 1, updated: 1, unchanged: 0, removed: 2 } })
  t.same(await lines(`select ex_date, source, trim_scale(split_to) from splits order by 1, 2`), ['2014-06-09 massive 7', '2014-06-09 yahoo 7', '2020-08-31 massive 5', '2020-08-31 yahoo 4'])
  t.same(await lines(`select ex_date from dividends where source = 'massive' order by 1`), ['2020-02-07', '2020-08-07'])
})

await t.test('a security is asked for by the names that it had on their dates', async (t) => {
  t.match((await run(`fetch --symbols ONE ${YEARS} --provider massive`)).json, { results: [{ symbol: 'ONE', splits: 2, dividends: 1 }] })
  t.same(await lines(`select symbol_id, symbol, ex_date from splits order by 3`), ['3 OLD 2021-03-01', '3 ONE 2023-03-01'])
  t.same(await lines(`select symbol, start_date, end_date from action_fetches order by 2`), ['OLD 2014-01-01 2022-06-08', 'ONE 2022-06-09 2024-06-30'])
  t.match((await run(`fetch --symbols all ${YEARS} --provider massive`)).json, { parameters: { symbols: null, symbol_count: 4 }, totals: { unchanged: 3, inserted: 7 } })
})

await t.test('what fails of one symbol or provider is no matter to the others', async (t) => {
  yahoo.fault = ({ url }) => (url.includes('/GE') ? FAULTS.html : undefined)
  const { exitCode, json, text } = await run(`fetch --symbols AAPL,GE ${YEARS}`)
  t.equal(exitCode, 3)
  t.match(json, { totals: { failed: 1, inserted: 12 } })
  t.match((json['results'] as unknown[])[3], { symbol: 'GE', source: 'yahoo', status: 'rejected', code: 'ANSWER_NOT_JSON', splits: 0 })
  t.match(text, /\nyahoo: GE: the answer is no JSON.*\(ANSWER_NOT_JSON\)$/)
  t.same(await lines(`select source, status, code from action_fetches where symbol = 'GE' order by 1`), ['massive stored ', 'yahoo rejected ANSWER_NOT_JSON'])
  t.same(await lines('select status, exit_code from ingestion_runs'), ['failed 3'])
  massive.fault = () => ({ body: '{"status":"OK","results":[{"ticker":"NONE","execution_date":"2020-01-02","split_from":1,"split_to":2},{"ticker":"NONE","execution_date":"2020-01-02","split_from":1,"split_to":3}]}' })
  t.match((await run(`fetch --symbols NONE ${YEARS} --provider massive`)).json, { results: [{ status: 'rejected', code: 'ACTIONS_CONTRADICT', inserted: 0 }] })
  massive.fault = () => FAULTS.unknownKey
  t.match(await run(`fetch --symbols AAPL,GE ${YEARS} --provider massive`), { exitCode: 2, json: { sources: [{ stopped: { code: 'PROVIDER_KEY_REFUSED' } }] } })
})

await t.test('who has no key is not asked, unless named, and a symbol that names nothing is said to', async (t) => {
  t.match((await run(`fetch --symbols AAPL ${YEARS}`, yahoo.env)).json, { parameters: { providers: ['yahoo'] } })
  t.equal(massive.requests.length, 0)
  await t.rejects(run(`fetch --symbols AAPL ${YEARS} --provider massive`, yahoo.env), { code: 'PROVIDER_KEY_MISSING' })
  await t.rejects(run(`fetch --symbols AAPL ${YEARS} --provider stooq`), { code: 'REQUEST_INVALID', message: /provider must be one that tells splits and dividends: massive, polygon/ })
  await t.rejects(run(`fetch ${YEARS}`), { code: 'SYMBOLS_MISSING' })
  await t.rejects(run(`fetch ${YEARS} --symbols ,`), { code: 'SYMBOLS_EMPTY' })
  await t.rejects(run(`fetch ${YEARS} --symbols all,AAPL`), { code: 'SYMBOLS_ALL' })
  await t.rejects(run('list --symbols ,'), { code: 'SYMBOLS_EMPTY' })
  await t.rejects(run('list --symbols all'), { code: 'SYMBOLS_ALL' })
  await t.rejects(run('fetch --symbols AAPL'), { code: 'DATES_UNCLEAR' })
  t.match(await run(`fetch --symbols AAPL,NOBODY ${YEARS}`), { exitCode: 3, json: { unnamed: ['NOBODY'], totals: { inserted: 5, unchanged: 5 } } })
})

await t.test('the list tells what each source says and what prices are adjusted by', async (t) => {
  t.equal((await run('list')).text, 'Nothing is known of splits or dividends: ohlcv actions fetch asks for them.')
  await run(`fetch --symbols AAPL,GE ${YEARS}`)
  const { text, json } = await run('list --symbols AAPL --start 2020-06-01')
  t.equal(text, `split on    symbol  ratio    source   applied  known since
2020-08-31  AAPL    4 for 1  massive  yes      2020-08-31
2020-08-31  AAPL    4 for 1  yahoo    no       2020-08-31

dividend on  symbol  amount  currency  kind     source   applied  known since  paid on
2020-11-06   AAPL     0.205  USD       regular  massive  yes      2020-10-29   2020-11-12
2020-11-06   AAPL     0.205  USD       regular  yahoo    no       2020-11-06   -`)
  t.match(json, { splits: [{ symbol: 'AAPL', symbol_id: 1, ex_date: '2020-08-31', source: 'massive', from: '1', to: '4', usual: true, ruling: null, applied: true }, { applied: false }], conflicts: [] })
  t.match((await run('list --symbols GE')).text, /2023-01-04  GE      1281 for 1000 \(unusual\)  massive  no .*\n\n1 finding: --conflicts shows it\.$/s)
  await t.rejects(run('list --symbols NOBODY'), { code: 'SYMBOL_UNKNOWN' })
})

await t.test('what sources tell differently, of other dates, or not at all is found', async (t) => {
  const told = yahoo.market.securities as Record<string, { splits: unknown; dividends: unknown }>
  told['AAPL'] = { splits: [{ date: '2014-06-09', from: 1, to: 5 }, { date: '2020-09-02', from: 1, to: 4 }], dividends: [{ date: '2020-05-08', amount: '0.82' }, { date: '2020-11-06', amount: '0.205' }] }
  await run(`fetch --symbols AAPL ${YEARS}`)
  t.same((await run('list --conflicts')).text.split('\n'), [
    'ex-date     symbol  action    finding                 what is told',
    '2020-08-31  AAPL    split     told of different dates  massive: 4 for 1; yahoo: 4 for 1 on 2020-09-02',
    '2020-02-07  AAPL    dividend  not told by all          massive: 0.77 USD; yahoo: nothing',
    '2014-06-09  AAPL    split     told differently         massive: 7 for 1; yahoo: 5 for 1',
  ].map((line, index) => (index === 0 ? line.replace('finding                 ', 'finding                  ') : line)))
})

await t.test('a person has an unusual split applied, and another ignored', async (t) => {
  await run(`fetch --symbols GE ${YEARS}`)
  const applied = () => lines('select ex_date, trim_scale(split_from), trim_scale(split_to) from splits_applied order by 1')
  t.same(await applied(), ['2021-08-02 8 1'])
  t.match(await run('apply GE 2023-01-04'), { exitCode: 0, text: 'The split of GE on 2023-01-04 adjusts prices from now on.', json: { symbol: 'GE', symbol_id: 2, ex_date: '2023-01-04', applies: true } })
  t.match((await run('ignore GE 2021-08-02')).text, 'The split of GE on 2021-08-02 adjusts no prices any more.')
  t.same(await applied(), ['2023-01-04 1000 1281'])
  t.match((await run('list --symbols GE')).text, /2023-01-04  GE      1281 for 1000 \(unusual\)  massive  yes, as decided/)
  t.equal((await run('list --conflicts')).text, 'No source contradicts another.')
  await run('ignore GE 2023-01-04')
  t.same(await applied(), [])
  await t.rejects(run('apply GE 2023-01-05'), { code: 'SPLIT_UNKNOWN', hint: 'ohlcv actions list --symbols GE shows those there are' })
  await t.rejects(run('apply GE yesterday'), { code: 'DATE_INVALID' })
})
