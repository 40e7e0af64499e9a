import pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { createReaders } from '../../lib/postgres/readers.js'
import { freshDatabase } from '../helpers/database.js'

const { url, pool } = await freshDatabase(t)
const { host, port, database = '', user, password } = new pg.Client({ connectionString: url })
const log = pino({ enabled: false })
const { rows: [server] } = await pool.query<{ knows: boolean }>(`select current_setting('server_version_num')::integer >= 160000 as knows`)

/** Readers of a login of his own, who is what the clause says. */
async function readersOf(name: string, clause: string): Promise<pg.Pool> {
  const login = `ohlcv_test_${name}_${process.pid}`
  await pool.query(`create role ${login} login password 'only for tests'; ${clause.replaceAll('$login', login)}`)
  const readers = createReaders({ host, port, database, user: login, password: 'only for tests' }, log, 2)
  t.teardown(async () => {
    await readers.end()
    await pool.query(`drop owned by ${login}; drop role ${login}`)
  })
  return readers
}

const who = async (readers: pg.Pool) => (await readers.query<{ current_user: string }>('select current_user')).rows[0]!.current_user

await t.test('what connects as the owner reads as the reader: it writes nothing, not even where it says that it wants to', async (t) => {
  const readers = createReaders({ host, port, database, user, password: password ?? '' }, log, 2)
  t.teardown(() => readers.end())
  t.equal(await who(readers), 'ohlcv_reader')
  t.same((await readers.query('select from days')).rowCount, 0)
  await t.rejects(readers.query(`insert into tickers (symbol) values ('AAPL')`), { code: '25006' })
  await t.rejects(readers.query(`begin read write; insert into tickers (symbol) values ('AAPL')`), { code: '42501' })
})

await t.test('a login that may become a reader reads as that', async (t) => t.equal(await who(await readersOf('member', 'grant ohlcv_reader to $login')), 'ohlcv_reader'))

await t.test('a member that may not become a reader stays what it is, and cannot write by mistake', { skip: server?.knows ? false : 'this server knows no such members' }, async (t) => {
  const unset = await readersOf('unset', 'grant ohlcv_reader to $login with set false; grant ohlcv_loader to $login')
  t.match(await who(unset), /^ohlcv_test_unset_/)
  await t.rejects(unset.query(`insert into tickers (symbol) values ('AAPL')`), { code: '25006' })
})

await t.test('a statement that takes long is given up', async (t) => {
  const readers = createReaders({ host, port, database, user, password: password ?? '' }, log, 2)
  t.teardown(() => readers.end())
  t.equal((await readers.query<{ limit: string }>(`select current_setting('statement_timeout') as limit`)).rows[0]!.limit, '15s')
})
