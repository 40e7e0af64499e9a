import t from 'tap'
import { sql } from '../../../lib/cli/commands/sql.js'
import { runQuery } from '../../../lib/features/query/run-query.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { runCommand } from '../../helpers/run-command.js'

const { pool } = await freshDatabase(t)

await t.test('values are shown exactly as they are stored', async (t) => {
  await empty(pool)
  const query = `select 1.50::numeric(10,2) as price, 9007199254740993 as big, 7 as small, date '2024-02-29' as day, true as yes, null as none, '{"a": 1}'::jsonb as doc, 'x,"y' as text`
  const { json, csv } = await runCommand(sql, ['sql', query, '--json'], { pool })
  t.same(json, {
    command: 'SELECT', columns: ['price', 'big', 'small', 'day', 'yes', 'none', 'doc', 'text'], truncated: false, row_count: 1,
    rows: [['1.50', '9007199254740993', 7, '2024-02-29', true, null, { a: 1 }, 'x,"y']],
  })
  t.equal(csv, 'price,big,small,day,yes,none,doc,text\n1.50,9007199254740993,7,2024-02-29,t,,"{""a"": 1}","x,""y"\n')
})

await t.test('a table for people: figures to the right, nothing in it can act on the terminal', async (t) => {
  await empty(pool)
  const { text } = await runCommand(sql, ['sql', `select 10 as n, 'é' || chr(27) || '[31m' || chr(10) as "text" union all select 5, null order by 1`], { pool })
  t.same(text.split('\n'), [' n  text', ' 5  -', '10  é\\x1b[31m\\n', '', '2 rows'])
})

await t.test('more rows than the limit are not fetched, and that is said', async (t) => {
  await empty(pool)
  const { text, json } = await runCommand(sql, ['sql', 'select generate_series(1, 1000000000000) as n', '--limit', '2'], { pool })
  t.same(text.split('\n'), ['n', '1', '2', '', 'The first 2 rows; --limit shows more.'])
  t.match(json, { truncated: true, row_count: 2 })
  t.match((await runCommand(sql, ['sql', 'select generate_series(1, 1000) as n'], { pool })).json, { truncated: false, row_count: 1000 }, 'the default for people')
  t.match((await runCommand(sql, ['sql', 'select generate_series(1, 1001) as n'], { pool })).json, { truncated: true, row_count: 1000 })
  t.match((await runCommand(sql, ['sql', 'select generate_series(1, 1001) as n', '--csv'], { pool })).json, { truncated: false, row_count: 1001 }, 'and for programs')
  await t.rejects(runCommand(sql, ['sql', 'select 1', '--limit', '0'], { pool }), { name: 'UsageError', code: 'LIMIT_INVALID' })
})

await t.test('a query reads only, whatever it tries, unless --write', async (t) => {
  await empty(pool)
  const insert = `insert into tickers (symbol) values ('AAPL') returning symbol`
  await t.rejects(runCommand(sql, ['sql', insert], { pool }), { name: 'UsageError', code: 'SQL_ERROR', hint: /--write/ })
  await t.rejects(runCommand(sql, ['sql', `commit; ${insert}`], { pool }), { code: 'SQL_ERROR', hint: 'give one statement at a time' })
  await runCommand(sql, ['sql', 'set transaction read write'], { pool })
  await runCommand(sql, ['sql', 'commit'], { pool })
  await t.rejects(runCommand(sql, ['sql', insert], { pool }), { code: 'SQL_ERROR' }, 'nothing of that lasts')
  t.same((await pool.query('select from tickers')).rowCount, 0)
  t.match(await runCommand(sql, ['sql', insert, '--write'], { pool }), { json: { command: 'INSERT', rows: [['AAPL']] } })
  t.same((await pool.query('select symbol from tickers')).rows, [{ symbol: 'AAPL' }])
  t.equal((await runCommand(sql, ['sql', 'delete from tickers', '--write'], { pool })).text, 'DELETE: 1 row')
  const many = await runCommand(sql, ['sql', `insert into tickers (symbol) select 'S' || n from generate_series(1, 50) n returning symbol`, '--write', '--limit', '3'], { pool })
  t.match(many.json, { truncated: true, row_count: 3 })
  t.same((await pool.query('select from tickers')).rowCount, 50, 'a limit on what is shown limits nothing that is written')
})

await t.test('an error of the server is a sentence that says where', async (t) => {
  await empty(pool)
  await t.rejects(runCommand(sql, ['sql', 'select \'é\',\n  * fromm tickers'], { pool }), {
    name: 'UsageError', code: 'SQL_ERROR', message: 'syntax error at or near "fromm" at line 2, column 5 (SQLSTATE 42601)',
  })
  await t.rejects(runCommand(sql, ['sql', 'select symbool from tickers'], { pool }), { code: 'SQL_ERROR', hint: /Perhaps you meant/ })
  await t.rejects(runCommand(sql, ['sql', 'select 1 / 0'], { pool }), { message: 'division by zero (SQLSTATE 22012)' })
})

await t.test('a signal cancels the query on the server', async (t) => {
  await empty(pool)
  const abort = new AbortController()
  const sleeping = runQuery(pool, { text: 'select pg_sleep(600)', write: false, limit: 1, signal: abort.signal })
  const asleep = `select pid from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(600)' and wait_event = 'PgSleep'`
  while ((await pool.query(asleep)).rowCount === 0);
  abort.abort(new Error('stopped'))
  await t.rejects(sleeping, { message: 'stopped' })
  while ((await pool.query(asleep)).rowCount !== 0);
  t.pass('it sleeps no more')
})
