import t from 'tap'
import { callProgram } from '../../helpers/call-program.js'
import { fixtureSource, loadDates, registerSymbols } from '../../helpers/load.js'
import { fetchWorld } from '../../helpers/fetch-world.js'
import { FAULTS } from '../../helpers/rest-faults.js'

const JULY = { timespans: ['day' as const, 'week' as const], start: '2025-07-07', end: '2025-07-18' }

await t.test('a security that was renamed is asked for by each symbol on its dates, and its bars are one', async (t) => {
  const world = await fetchWorld(t, '2025-08-01T22:00:00Z', { securities: { FB: { last: '2025-07-11', name: 'Facebook' }, META: { first: '2025-07-14', name: 'Meta' } } })
  await registerSymbols(world.pool, ['FB'])
  t.equal((await callProgram(['universe', 'rename', 'FB', 'META', '--on', '2025-07-14'], { DATABASE_URL: world.url })).code, 0)
  const { units, document } = await world.fetch({ ...JULY, symbols: ['META'] })
  t.same(units, ['META day stored 10/10 10 0 0 0', 'META week stored 1/1 2 0 0 0'])
  t.match(document, { symbols: [{ symbol: 'META', units: [{ fetch_ids: [1, 2] }, { fetch_ids: [3, 4] }] }] })
  t.match(world.server.requests.map(({ url }) => url.replace(/\?.*/, '')), [/tickers\/META$/, /FB\/range\/1\/day\/2025-07-07\/2025-07-13$/, /META\/range\/1\/day\/2025-07-14\/2025-07-18$/, /FB\/range\/1\/week/, /META\/range\/1\/week/])
  t.same(await world.lines('select count(distinct symbol_id), count(*), min(time), max(time) from ohlcv_daily'), ['1|10|2025-07-07|2025-07-18'])
  t.same(await world.lines('select symbol, start_date, end_date, bars from fetches order by fetch_id limit 2'), ['FB|2025-07-07|2025-07-13|5', 'META|2025-07-14|2025-07-18|5'])
  t.same(await world.lines('select name from tickers'), ['Meta'], 'as it is called now')
  world.server.fault = ({ url }) => (url.includes('/FB/range/1/day') ? FAULTS.html : undefined)
  t.match((await world.fetch({ ...JULY, timespans: ['day'], symbols: ['FB'], end: '2025-07-17' })).document, { symbols: [{ error: { code: 'ANSWER_NOT_JSON' }, units: [{ status: 'rejected', inserted: 0 }] }] })
  world.server.fault = ({ url }) => (url.includes('/META/range/1/day') ? FAULTS.html : undefined)
  t.match((await world.fetch({ ...JULY, timespans: ['day'], symbols: ['META'], end: '2025-07-17' })).document, { symbols: [{ error: { code: 'ANSWER_NOT_JSON' }, units: [{ status: 'rejected' }] }] })
  t.same(await world.lines('select symbol, status, code from fetches order by fetch_id desc limit 2'), ['META|rejected|ANSWER_NOT_JSON', 'FB|failed|UNIT_INCOMPLETE'], 'one without the other is not stored')
})

await t.test('a symbol that names nothing on the dates fails, and is not asked for', async (t) => {
  const world = await fetchWorld(t, '2025-08-01T22:00:00Z')
  await registerSymbols(world.pool, ['FB'])
  await callProgram(['universe', 'rename', 'FB', 'META', '--on', '2025-06-02'], { DATABASE_URL: world.url })
  world.server.fault = () => FAULTS.notFound
  t.match((await world.fetch({ ...JULY, symbols: ['FB'] })).document, { state: 'completed_with_errors', symbols: [{ error: { code: 'SYMBOL_NOT_NAMED', message: 'FB: names no security on these dates' }, units: [] }] })
  t.same(world.server.requests.filter(({ url }) => url.includes('/range/')), [])
})

await t.test('what is known of a security is never lost to a provider that knows less', async (t) => {
  const world = await fetchWorld(t, '2025-08-01T22:00:00Z', { securities: { SPY: { name: 'First', type: 'ETF' } } })
  const known = () => world.lines('select name, type, exchange, industry, issuer, last_updated from tickers')
  await world.fetch({ ...JULY, symbols: ['SPY'] })
  const [first] = await known()
  t.match(first, /^First\|ETF\|[A-Z]+\|/)
  world.now = '2025-08-20T22:00:00Z'
  world.server.fault = ({ url }) => (url.endsWith('/SPY') ? { body: JSON.stringify({ status: 'OK', results: { ticker: 'SPY', name: null, type: ' ', primary_exchange: null } }) } : undefined)
  const { log } = await world.fetch({ ...JULY, symbols: ['SPY'] })
  t.same(world.server.requests.filter(({ url }) => url.endsWith('/SPY')).length, 2, 'asked again after a week')
  t.same((await known())[0]!.split('|').slice(0, 5), first!.split('|').slice(0, 5))
  t.ok(log.includes('Symbol registered: SPY'))
  for (const fault of [FAULTS.html, FAULTS.broken, FAULTS.empty, FAULTS.renamedField]) {
    world.now = '2025-09-20T22:00:00Z'
    world.server.fault = ({ url }) => (url.endsWith('/SPY') ? fault : undefined)
    const { result } = await world.fetch({ ...JULY, symbols: ['SPY'] })
    t.equal(result.state, 'completed', 'who it is stops no bars')
    t.same((await known())[0]!.split('|').slice(0, 5), first!.split('|').slice(0, 5))
  }
})

await t.test('where a day file has spoken a bar is held back, and whole dates are not even asked for', async (t) => {
  const world = await fetchWorld(t, '2026-03-02T22:00:00Z')
  await registerSymbols(world.pool, ['AAPL', 'MSFT'])
  await loadDates(world.pool, fixtureSource(), '2026-02-18', undefined, { accept: true })
  const loaded = (await world.bars()).filter((row) => row.includes('2026-02-18'))
  const { units, document } = await world.fetch({ timespans: ['day'], symbols: ['AAPL'], start: '2026-02-17', end: '2026-02-19' })
  t.same(units, ['AAPL day stored 3/3 2 0 0 1'])
  t.match(document, { totals: { filled: 2, held_back: 1 } })
  t.same((await world.bars()).filter((row) => row.includes('2026-02-18')), loaded)
  t.same(await world.lines('select time, filled_by from ohlcv_daily join ticker_symbols using (symbol_id) where symbol = $1 order by time', ['AAPL']), ['2026-02-17|massive', '2026-02-18|', '2026-02-19|massive'])
  world.server.requests.length = 0
  t.same((await world.fetch({ grouped: true, start: '2026-02-17', end: '2026-02-19' })).units.map((unit) => unit.slice(0, 10)), ['2026-02-17', '2026-02-19'])
  t.equal(world.server.requests.length, 2)
})

await t.test('a server that is not there, or not who it says, ends in words, and the job goes to its end', async (t) => {
  const world = await fetchWorld(t, '2025-08-01T22:00:00Z')
  for (const [base, code, says] of [
    ['http://127.0.0.1:1', 'HTTP_UNREACHABLE', /it refuses connections/], ['http://nowhere.invalid', 'HTTP_UNREACHABLE', /\(DNS\)/], [world.server.url.replace('http:', 'https:'), 'HTTP_TLS', /cannot be trusted|TLS/],
  ] as const) {
    const { document } = await world.fetch({ ...JULY, timespans: ['day'], symbols: ['SPY', 'AAPL'] }, { env: { MASSIVE_API_BASE_URL: base } })
    t.match(document, { state: 'completed_with_errors', symbols: [{ error: { code, message: says }, units: [{ status: 'failed', code }] }, { error: { code } }] }, base)
  }
  t.same([await world.bars(), await world.lines('select distinct status, raw_hash from fetches')], [[], ['failed|']])
})
