import type { Pool } from 'pg'
import t, { type Test } from 'tap'
import { rejects } from '../../../lib/cli/commands/rejects.js'
import { freshDatabase } from '../../helpers/database.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertReject } from '../../helpers/stored-days.js'

async function someRejects(t: Test): Promise<Pool> {
  const { pool } = await freshDatabase(t)
  await insertReject(pool, '2016-11-22', 5, 'wrong_date', 'CPHI', 'CPHI,100,1,2,3,4,5,6')
  await insertReject(pool, '2016-11-23', 9, 'malformed', null, Buffer.from([0x41, 0xff, 0x1b, 0x5b, 0x32, 0x4a, 0x09]))
  await insertReject(pool, '2016-11-23', 2, 'bad_number', 'XY"Z', `XY"Z,\u{202e}é,${'7'.repeat(300)}`)
  await insertReject(pool, '2016-11-23', 3, 'bad_number', 'AB', 'AB,x')
  return pool
}

await t.test('counts come by date and reason, the latest date first', async (t) => {
  const pool = await someRejects(t)
  const { json, text, csv } = await runCommand(rejects, ['rejects'], { pool })
  t.same(json, {
    counts: [
      { date: '2016-11-23', reason: 'bad_number', rows: 2, example: 'AB' },
      { date: '2016-11-23', reason: 'malformed', rows: 1, example: null },
      { date: '2016-11-22', reason: 'wrong_date', rows: 1, example: 'CPHI' },
    ],
    rows: null,
  })
  t.match(text, '4 rows kept out: 2 bad_number, 1 malformed, 1 wrong_date')
  t.match(text, 'ohlcv rejects --date 2016-11-23 shows the rows themselves.')
  t.equal(csv, 'date,reason,rows,example\n2016-11-23,bad_number,2,AB\n2016-11-23,malformed,1,\n2016-11-22,wrong_date,1,CPHI\n')
})

await t.test('one date shows its rows as they came, safely and within the width', async (t) => {
  const pool = await someRejects(t)
  const { json, text } = await runCommand(rejects, ['rejects', '--date', '2016-11-23'], { pool, columns: 80 })
  t.match(text, 'A\\xff\\x1b[2J\\t', 'bytes that are no UTF-8, control bytes')
  t.match(text, 'XY"Z,\\u{202e}\\xe9,777', 'text that reorders a line')
  t.notMatch(text, /[^\n -~…]/, 'nothing but printable ASCII reaches the terminal')
  for (const line of text.split('\n')) t.ok(line.length <= 80, line)
  t.match(json['rows'], [
    { line: 2, symbol: 'XY"Z', raw: /^XY"Z,\u{202e}é,7{300}$/u },
    { line: 3, raw: 'AB,x', raw_base64: 'QUIseA==' },
    { line: 9, raw: null, raw_base64: 'Qf8bWzJKCQ==' },
  ])
})

await t.test('reasons, symbols and ranges select', async (t) => {
  const pool = await someRejects(t)
  const lines = async (...flags: string[]): Promise<unknown> =>
    ((await runCommand(rejects, ['rejects', ...flags], { pool })).json['counts'] as { date: string; rows: number }[]).map(({ date, rows }) => [date, rows])
  t.same(await lines('--reason', 'bad_number'), [['2016-11-23', 2]])
  t.same(await lines('--symbol', 'CPHI'), [['2016-11-22', 1]])
  t.same(await lines('--end', '2016-11-22'), [['2016-11-22', 1]])
  const none = await runCommand(rejects, ['rejects', '--date', '2016-11-25'], { pool })
  t.equal(none.text, 'No row was kept out on 2016-11-25.')
  t.equal(none.exitCode, 0)
  await t.rejects(runCommand(rejects, ['rejects', '--date', '2016-11-25', '--start', '2016-11-25'], { pool }), { code: 'DATES_CONFLICT' })
})

await t.test('a limit says what it leaves out', async (t) => {
  const pool = await someRejects(t)
  t.match((await runCommand(rejects, ['rejects', '--date', '2016-11-23', '--limit', '2'], { pool })).text, '1 more; --limit 3 shows all.')
  t.match((await runCommand(rejects, ['rejects', '--limit', '2'], { pool })).text, '1 more lines; --limit 3 shows all.')
})
