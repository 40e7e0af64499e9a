import t from 'tap'
import type { SecurityDetails } from '../../../lib/providers/bar-provider.js'
import { registerSecurity } from '../../../lib/features/universe/register.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { LOCKS } from '../../../lib/postgres/locks.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { ACCEPTED, registerSymbols, runtimeOf } from '../../helpers/load.js'
import { Market } from '../../helpers/market.js'

const { pool } = await freshDatabase(t)
const runtime = runtimeOf(pool, { now: new Date('2026-11-21T12:00:00Z') })
const NOTHING: SecurityDetails = { name: null, type: null, exchange: null, sector: null, industry: null, issuer: null, underlyingIndex: null }
const SCHG: SecurityDetails = { name: 'Schwab U.S. Large-Cap Growth ETF', type: 'ETF', exchange: 'ARCX', sector: 'Funds', industry: 'Large growth', issuer: 'Schwab', underlyingIndex: 'Dow Jones U.S. Large-Cap Growth' }

const securities = async () => (await pool.query<Record<string, unknown>>(
  'select symbol_id, symbol, name, type, exchange, active, sector, industry, issuer, underlying_index, last_updated from tickers order by symbol_id')).rows
const UNSAID = { name: null, type: null, exchange: null, active: true, sector: null, industry: null, issuer: null, underlying_index: null, last_updated: null }
const SAID = { name: SCHG.name, type: 'ETF', exchange: 'ARCX', active: true, sector: 'Funds', industry: 'Large growth', issuer: 'Schwab', underlying_index: SCHG.underlyingIndex }

await t.test('a symbol that is not known becomes known for all dates, with what is said of its security', async (t) => {
  await empty(pool)
  await registerSecurity(runtime, 'SCHG', SCHG)
  t.same(await securities(), [{ symbol_id: 1, symbol: 'SCHG', ...SAID, last_updated: new Date('2026-11-21T12:00:00Z') }])
  t.same(await new Market(pool).symbols(), ['SCHG 1 (,) assumed'])
  t.same((await pool.query('select kind, symbol, cause from identity_facts')).rows, [{ kind: 'known', symbol: 'SCHG', cause: 'fetch' }])
})

await t.test('without details it is known all the same, and nobody was asked with success', async (t) => {
  await empty(pool)
  await registerSecurity(runtime, 'NEW', null)
  t.same(await securities(), [{ symbol_id: 1, symbol: 'NEW', ...UNSAID }])
  await registerSecurity(runtime, 'NEW', NOTHING)
  t.same(await securities(), [{ symbol_id: 1, symbol: 'NEW', ...UNSAID, last_updated: new Date('2026-11-21T12:00:00Z') }])
})

await t.test('what is not said stays as it was, and what is said anew changes', async (t) => {
  await empty(pool)
  await registerSecurity(runtime, 'SCHG', SCHG)
  await registerSecurity(runtimeOf(pool, { now: new Date('2026-11-22T12:00:00Z') }), 'SCHG', { ...NOTHING, issuer: 'Charles Schwab' })
  const now = { symbol_id: 1, symbol: 'SCHG', ...SAID, issuer: 'Charles Schwab', last_updated: new Date('2026-11-22T12:00:00Z') }
  t.same(await securities(), [now])
  await registerSecurity(runtime, 'SCHG', null)
  await registerSecurity(runtime, 'SCHG', NOTHING)
  t.same(await securities(), [now], 'nor is the last time one before')
  t.equal((await pool.query('select from identity_facts')).rowCount, 1)
})

await t.test('a known symbol is described while loads merge, a new one waits for them', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['VUG'])
  const merging = await pool.connect()
  await merging.query('begin')
  await merging.query('select pg_advisory_xact_lock_shared($1, $2)', [...LOCKS.identities])
  await registerSecurity(runtime, 'VUG', SCHG)
  t.match((await securities())[0], { symbol: 'VUG', issuer: 'Schwab' })
  const waiting = registerSecurity(runtime, 'SCHG', null)
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.equal((await securities()).length, 1)
  await merging.query('rollback')
  merging.release()
  await waiting
  t.same((await securities()).map(({ symbol }) => symbol), ['VUG', 'SCHG'])
})

await t.test('two who register at once make one security', async (t) => {
  await empty(pool)
  await Promise.all([...Array(6).keys()].map((index) => registerSecurity(runtime, index % 2 === 0 ? 'SCHG' : 'VUG', index < 4 ? SCHG : null)))
  t.same((await securities()).map(({ symbol, issuer }) => `${String(symbol)} ${String(issuer)}`).sort(), ['SCHG Schwab', 'VUG Schwab'])
  t.equal((await pool.query('select from identity_facts')).rowCount, 2)
  t.same((await pool.query('select symbol from universe_changes order by symbol')).rows, [{ symbol: 'SCHG' }, { symbol: 'VUG' }])
})

await t.test('what is said of a symbol is said of the security that it names today', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['FB', 'GOOG'])
  await renameSymbol(runtime, { oldSymbol: 'FB', newSymbol: 'META', on: isoDate('2022-06-09'), reused: false, ...ACCEPTED })
  await renameSymbol(runtime, { oldSymbol: 'GOOG', newSymbol: 'GOOGL', on: isoDate('2014-04-03'), reused: true, ...ACCEPTED })
  for (const symbol of ['FB', 'META', 'GOOG']) await registerSecurity(runtime, symbol, { ...NOTHING, name: `said of ${symbol}` })
  t.same((await securities()).map(({ symbol, name }) => `${String(symbol)} ${String(name)}`).sort(), ['GOOG said of GOOG', 'GOOGL null', 'META said of META'], 'a former symbol is no longer the security\'s')
})
