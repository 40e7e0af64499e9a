import t from 'tap'
import { fetches } from '../../../lib/cli/commands/fetches/group.js'
import { fills } from '../../../lib/cli/commands/fills/group.js'
import { openAnswers } from '../../../lib/transport/answers/answers.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { keepFetch } from '../../helpers/kept-fetches.js'
import { registerSymbols } from '../../helpers/load.js'
import { barsAnswer } from '../../helpers/massive-answers.js'
import { runCommand } from '../../helpers/run-command.js'

const { pool } = await freshDatabase(t)
const raw = t.testdir({})
const answers = openAnswers(raw, {})
const run = (line: string, room = Infinity, settings: Record<string, unknown> = {}) =>
  runCommand(line.startsWith('fills') ? fills : fetches, line.split(' '), { pool, room, now: '2025-03-01T12:00:00Z', settings: { answers: raw, ...settings } })

/** Two jobs' fills: a week of AAA, two dates and a minute of BBB. */
async function someFills(): Promise<void> {
  await empty(pool)
  await registerSymbols(pool, ['AAA', 'BBB'])
  const keep = (job: string, symbol: string, timespan: 'day' | 'minute', start: string, end: string, rows: string[]) =>
    keepFetch(pool, answers, { job, symbol, timespan, start, end, bodies: [barsAnswer(symbol, timespan, rows)] })
  await keep('first', 'AAA', 'day', '2025-01-06', '2025-01-08', ['2025-01-06 10.50 1234567.25', '2025-01-07 11', '2025-01-08 12'])
  await keep('second', 'BBB', 'day', '2025-01-07', '2025-01-08', ['2025-01-07 20', '2025-01-08 21'])
  await keep('second', 'BBB', 'minute', '2025-01-07', '2025-01-07', ['2025-01-07T15:00:00Z 20'])
  await run('fetches replay')
}

await t.test('fills are counted by date and provider, the latest date first', async (t) => {
  await someFills()
  const { text, json } = await run('fills')
  t.equal(text, ['5 bars filled by massive', '', 'date        provider  bars', '2025-01-08  massive      2', '2025-01-07  massive      2', '2025-01-06  massive      1'].join('\n'))
  t.match(json, { dataset: 'day_aggs', total: 5, counts: [{ date: '2025-01-08', provider: 'massive', bars: 2 }, {}, {}], bars: null })
  t.match((await run('fills --dataset minute')).json, { total: 1, counts: [{ date: '2025-01-07' }] })
  t.equal((await run('fills --end 2025-01-05')).text, 'No bar was filled in to 2025-01-05.')
  t.match((await run('fills --start 2025-01-07 --end 2025-01-07')).json, { total: 2 })
  t.match((await run('fills --limit 1')).text, '2 more lines; --limit 3 shows all.')
  t.match((await run('fills --provider other')).json, { total: 0 })
})

await t.test('of a symbol or a job the bars themselves are shown, every digit of them', async (t) => {
  await someFills()
  const { text, json } = await run('fills --symbol AAA')
  t.match(text, /2025-01-06 {2}AAA +10\.5 +10\.5 +10\.5 +10\.5 +1,234,567\.25 +5 {2}massive +1 {2}first$/)
  t.match(json['bars'], [{ date: '2025-01-08', time: null, symbol: 'AAA', fetch_id: 1, job_id: 'first' }, {}, { open: '10.5', volume: '1234567.25' }])
  t.match((await run('fills --job second')).json['bars'], [{ date: '2025-01-08', symbol: 'BBB', close: '21' }, { date: '2025-01-07' }])
  t.match((await run('fills --job second --limit 1')).text, '1 more; --limit 2 shows all.')
  t.match((await run('fills --job second --dataset minute')).json['bars'], [{ date: '2025-01-07', time: '2025-01-07T15:00:00.000Z', symbol: 'BBB' }])
  await t.rejects(run('fills --symbol NOBODY'), { code: 'SYMBOL_UNKNOWN' })
})

await t.test('what would be taken back is said, and done only with --yes', async (t) => {
  await someFills()
  await t.rejects(run('fills remove --job second'), { code: 'FILLS_UNCONFIRMED', message: 'this takes back 3 filled bars of 2 requests by job second: they count no longer, also in a replay' })
  t.equal((await run('fills remove --job second --dry-run')).text, 'Would take back 3 filled bars of 2 requests by job second.')
  t.match((await run('fills')).json, { total: 5 })
  const { text, json, exitCode } = await run('fills remove --job second --yes')
  t.equal(exitCode, 0)
  t.match(text, /^Took back 3 filled bars of 2 requests by job second\.\n\ntimespan +answers +bars +inserted +updated +removed.*\nday +0 +0 +0 +0 +2 .*\nminute +0 +0 +0 +0 +1 /)
  t.match(json, { dry_run: false, fetches: 2, fills: 3, beyond: 0, failures: [] })
  t.match((await run('fills')).json, { total: 3 })
  t.match((await run('fetches --job second')).text, 'stored, withdrawn')
  t.match((await run('fetches show 2')).text, /withdrawn +\d{4}-.*: its bars were taken back/)
  t.equal((await run('fills remove --provider massive --start 2025-01-07 --yes')).text,
    'Nothing was filled by massive from 2025-01-07 that could be taken back.\n1 request that reaches beyond these dates was left: a request is taken back whole.')
  await t.rejects(run('fills remove --yes'), { code: 'FILLS_WHOSE' })
})

await t.test('a replay tells what it did by timespan, and fails where an answer cannot be read', async (t) => {
  await someFills()
  const { text, exitCode } = await run('fetches replay')
  t.match(text, /^timespan +answers +bars +inserted.*\nday +2 +5 +0 +0 +0 +5 .*\nminute +1 +1 +0 .*\n\nThe stored bars are what the answers give: nothing was changed\.$/)
  t.equal(exitCode, 0)
  await pool.query(`delete from ohlcv_daily; update fetches set pages = array[repeat('0', 64)] where fetch_id = 2`)
  t.match((await run('fetches replay --dry-run')).text, 'Nothing was written: that is what a replay would do.')
  const failed = await run('fetches replay')
  t.equal(failed.exitCode, 3)
  t.match(failed.text, /The stored bars are what the answers give\.\n\nfetch 2 {2}BBB, day {2}ANSWER_GONE: /)
  t.match(failed.json, { dry_run: false, timespans: [{ timespan: 'day', answers: 1, failed: 1, inserted: 3 }, { timespan: 'minute', unchanged: 1 }], failures: [{ fetch_id: 2, code: 'ANSWER_GONE' }] })
  await pool.query('update fetches set pruned_at = now() where fetch_id = 1')
  t.match((await run('fetches replay')).text, '3 bars were left as they are: the answers they stand on are no longer kept, or could not be read.')
  t.equal((await run('fetches replay --job third')).text, 'There is no answer to replay.')
  for (const line of (await run('fetches replay', 60)).text.split('\n').slice(0, 3)) t.ok(line.length <= 60, line)
})

await t.test('giving up answers says what that was, and which would be', async (t) => {
  await someFills()
  t.equal((await run('fetches prune --older-than 10 --dry-run')).text, 'Would give up the answers of 3 requests made before 2025-02-19 12:00Z: 3 bodies.')
  t.equal((await run('fetches prune --older-than 100')).text, 'No answer of a request made before 2024-11-21 12:00Z is kept.')
  t.match((await run('fetches prune --older-than 10')).json, { before: '2025-02-19T12:00:00.000Z', dry_run: false, fetches: 3, bodies: 3, shared: 0, running_month_left: false })
  await pool.query(`insert into provider_bars (symbol_id, timespan, time, provider, basis, open, high, low, close, volume, partial, fetch_id)
    select 9, 'month', date, 'gone', 'none', 1, 1, 1, 1, 1, false, 9 from unnest('{2024-11-01,2024-12-01,2025-01-01}'::date[]) date`)
  await t.rejects(run('fetches prune'), { code: 'RETENTION_UNSET' })
  const bars = { 'keep-provider-bars': 70 }
  const dry = await run('fetches prune --dry-run', Infinity, bars)
  t.equal(dry.text, 'Would take 2 bars of dates before 2024-12-21 out of provider_bars.')
  t.match(dry.json, { before: null, fetches: 0, bars_before: '2024-12-21', bars: 2 })
  t.equal((await run('fetches prune', Infinity, { ...bars, 'keep-answers': 100 })).text, 'No answer of a request made before 2024-11-21 12:00Z is kept.\nTook 2 bars of dates before 2024-12-21 out of provider_bars.')
  t.match((await run('fetches prune --older-than 10', Infinity, { 'keep-answers': 100 })).json, { before: '2025-02-19T12:00:00.000Z', bars_before: null }, 'the flag goes before the setting')
  t.same((await pool.query(`select time from provider_bars where provider = 'gone'`)).rows, [{ time: '2025-01-01' }])
  for (const days of ['-1', '1.5', 'x', '40000']) await t.rejects(run(`fetches prune --older-than=${days}`), { code: 'DAYS_INVALID' })
})
