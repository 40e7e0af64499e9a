import t from 'tap'
import { empty } from '../../../helpers/database.js'
import { fetchWorld, type Fetched, type FetchOptions, type FetchWorld } from '../../../helpers/fetch-world.js'
import { registerSymbols } from '../../../helpers/load.js'
import { FAULTS, type RestFault } from '../../../helpers/rest-faults.js'
import type { RestServer } from '../../../helpers/rest-server.js'

const NOW = '2025-03-18T12:00:00Z'
const SYMBOLS = Object.fromEntries(['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF', 'GGG'].map((symbol) => [symbol, {}]))
const world: FetchWorld = await fetchWorld(t, NOW, { others: ['alpha_vantage', 'stooq', 'yahoo'], securities: SYMBOLS, whole: true })
const [massive, alpha, stooq, yahoo] = [world.server, ...world.others] as [RestServer, RestServer, RestServer, RestServer]
const SERVERS = [massive, alpha, stooq, yahoo]

t.beforeEach(() => {
  world.now = NOW
  for (const server of SERVERS) {
    server.fault = () => undefined
    server.requests.length = 0
  }
})
t.afterEach(() => empty(world.pool))

/** Ten sessions. */
const RANGE = { start: '2025-03-03', end: '2025-03-14' }
const fetch = (symbols: string[], options: FetchOptions = {}): Promise<Fetched> =>
  world.fetch({ ...RANGE, provider: null, timespans: ['day'], symbols, lanes: 1 }, options)
const always = (fault: RestFault) => () => fault
/** Bars only: who a security is, is told all the same. */
const bars = (fault: RestFault) => ({ url }: { url: string }) => (url.includes('/aggs/') ? fault : undefined)
const half: RestFault = { rows: (rows) => rows.slice(0, 5) }
const audit = () => world.lines(`select symbol, provider, status, code, counted, reason from ingestion_audit order by audit_id`)
const fills = () => world.lines('select filled_by, count(*) from ohlcv_daily group by 1 order by 1')
const asked = () => SERVERS.map(({ requests }) => requests.length)

await t.test('the first provider that gives all there is to expect is the only one asked', async (t) => {
  const { result, text, document } = await fetch(['AAA'])
  t.same(await audit(), ['AAA|massive|stored||10|massive (primary, not asked before): 10 of 10 expected bars'])
  t.same(await fills(), ['massive|10'])
  t.same(asked().slice(1), [0, 0, 0])
  t.match(document, { parameters: { provider: null }, providers: [{ provider: 'massive', asked: 1, gave: 1, passed_on: 0, requests: 1, bars: 10 }], symbols: [{ units: [{ provider: 'massive' }] }] })
  t.match(text, /^provider +asked +gave +passed on +requests +bars\n-*.*massive +1 +1 +0 +1 +10$/ms)
  t.equal(result.state, 'completed')
})

await t.test('one that fails, one whose limit is used up, one incomplete, one that only compares: all that came is kept, and the story is told', async (t) => {
  massive.fault = bars(half)
  alpha.fault = always(alpha.dialect.refusals.exhausted!)
  const { document, result } = await fetch(['AAA', 'BBB'])
  t.equal(result.state, 'completed')
  t.same(await audit(), [
    'AAA|yahoo|stored||10|massive (primary, not asked before): 5 of 10 expected bars; then alpha_vantage (primary, not asked before): QUOTA_USED_UP; '
      + 'then stooq (secondary, not asked before): 10 of 10 expected bars; then yahoo (fallback, not asked before): 10 of 10 expected bars',
    (await audit())[1],
  ])
  t.match((await audit())[1], /^BBB\|yahoo\|stored\|\|10\|massive \(primary, reward 0\.\d\d\): 5 of 10 expected bars; then stooq .*; left out: alpha_vantage \(its limit is used up until 2025-03-19 00:00 UTC\)$/)
  t.same(await fills(), ['massive|10', 'yahoo|10'], 'five days of each of two symbols')
  t.same(await world.lines('select provider, status, code, bars, inserted from fetches where symbol = \'AAA\' order by fetch_id'), [
    'massive|stored||5|5', 'alpha_vantage|failed|QUOTA_USED_UP|0|0', 'stooq|stored||10|10', 'yahoo|stored||10|5',
  ], 'in the order of trust')
  t.same(await world.lines('select provider, basis, count(*) from provider_bars group by 1, 2 order by 1, 2'), ['massive|none|10', 'stooq|total|20', 'yahoo|none|20', 'yahoo|split|20'], 'side by side')
  t.match(document, { providers: [
    { provider: 'massive', asked: 2, gave: 0, passed_on: 2, bars: 10 }, { provider: 'alpha_vantage', asked: 1, gave: 0, passed_on: 1, bars: 0 },
    { provider: 'stooq', asked: 2, gave: 0, passed_on: 2, bars: 20 }, { provider: 'yahoo', asked: 2, gave: 2, passed_on: 0, bars: 20 },
  ] })
  t.same(await world.lines('select provider_name, expected, counted from provider_metrics order by 1'), ['alpha_vantage|0|0', 'massive|20|10', 'stooq|20|20', 'yahoo|20|20'])
  t.equal(alpha.requests.length, 1, 'who says that nothing is left is not asked again')
  await fetch(['CCC'])
  t.equal(alpha.requests.length, 1, 'nor by another job')
})

await t.test('without a provider that stores nothing the table has what the others gave', async (t) => {
  massive.fault = always(FAULTS.broken)
  await fetch(['AAA'])
  t.match(await audit(), [/^AAA\|alpha_vantage\|stored\|\|10\|massive \(primary, not asked before\): PROVIDER_UNAVAILABLE; then alpha_vantage \(primary, not asked before\): 10 of 10 expected bars$/])
  t.same(await fills(), ['alpha_vantage|10'])
})

await t.test('bars that only stand beside the table are told, and asked for again by a resumed job, wherever another might have filled it', async (t) => {
  massive.fault = bars(FAULTS.broken)
  for (const server of [alpha, yahoo]) server.fault = always(FAULTS.broken)
  const { result } = await fetch(['AAA'], { job: 'j' })
  t.equal(result.state, 'completed')
  t.match((await audit())[0], /^AAA\|stooq\|stored\|HELD_BESIDE\|10\|/)
  t.same(await fills(), [])
  massive.fault = () => undefined
  await fetch([], { job: 'j', resume: true })
  t.match(await audit(), [/^AAA\|massive\|stored\|\|10\|/])
  t.same(await fills(), ['massive|10'])
  const before = asked()
  await fetch([], { job: 'j', resume: true })
  t.same(asked(), before)
})

await t.test('a symbol that one does not know is asked of the others, and known from then on', async (t) => {
  massive.fault = always(FAULTS.notFound)
  await fetch(['AAA'])
  t.match(await audit(), [/^AAA\|alpha_vantage\|stored\|\|10\|massive \(primary, not asked before\): no bars; then alpha_vantage/])
  t.same(await world.lines('select symbol from ticker_symbols'), ['AAA'])
})

await t.test('an own limit that is used up in the middle is told with the time of its renewal', async (t) => {
  await fetch(['AAA', 'BBB', 'CCC'], { limits: { massive: { perDay: 3 }, alpha_vantage: { enabled: false } } })
  const lines = await audit()
  t.match(lines[0], /^AAA\|massive\|stored/)
  t.match(lines.at(-1), /^CCC\|yahoo\|stored\|\|10\|stooq .*; then yahoo .*; left out: massive \(its limit is used up until \d{4}-\d\d-\d\d 00:00 UTC\), alpha_vantage \(not enabled in providers\.yaml\)$/)
  t.equal(massive.requests.length, 3)
  t.same(await world.lines('select provider from provider_rests where rests_until is not null'), [], 'the quota tells others')
})

await t.test('where nobody is left a unit fails with the reasons of all, and the job stops', async (t) => {
  massive.fault = always(FAULTS.unknownKey)
  alpha.fault = always(alpha.dialect.refusals.exhausted!)
  stooq.fault = always({ status: 200, body: 'Access denied' })
  yahoo.fault = always(yahoo.dialect.refusals.notEntitled!)
  const { result, units } = await fetch(['AAA', 'BBB'])
  t.equal(result.state, 'failed')
  t.match(result.stopped, { code: 'NO_PROVIDER' })
  t.equal(result.notReached, 1)
  t.match(units, [/^AAA day failed NO_PROVIDER/])
  const [unit] = result.symbols[0]!.units
  for (const told of ['massive: PROVIDER_KEY_REFUSED', 'alpha_vantage: QUOTA_USED_UP', 'stooq: PROVIDER_REFUSED', 'yahoo: PROVIDER_REFUSED']) t.ok(unit!.message!.includes(told), told)
  for (const server of SERVERS) server.fault = () => undefined
  const resumed = await fetch([], { job: result.jobId, resume: true })
  t.equal(resumed.result.state, 'completed')
  t.same(await fills(), ['massive|20'])
})

await t.test('five failures in a row rest a provider for other processes too, and one unit tries whether it is back', async (t) => {
  massive.fault = always(FAULTS.broken)
  const only = { limits: { alpha_vantage: { enabled: false }, stooq: { enabled: false } } }
  await fetch(Object.keys(SYMBOLS), only)
  const lines = await audit()
  t.match(lines[4], /^EEE\|yahoo\|stored\|\|10\|massive \(primary, reward 0\.00\): PROVIDER_UNAVAILABLE; then yahoo/)
  t.match(lines[5], /^FFF\|yahoo\|stored\|\|10\|yahoo \(fallback, reward \d\.\d\d\): 10 of 10 expected bars; left out: massive \(rests until 2025-03-18 12:01 UTC after 5 failures, the last PROVIDER_UNAVAILABLE\)/)
  massive.requests.length = 0
  await fetch(['AAA'], only)
  t.equal(massive.requests.length, 0, 'another job leaves it alone')
  world.now = '2025-03-18T12:01:00Z'
  await fetch(['AAA', 'BBB'], only)
  t.match((await audit()).slice(-2), [/^AAA.*massive \(primary, tried again after a rest\): PROVIDER_UNAVAILABLE/, /^BBB\|yahoo.*left out: massive \(rests until 2025-03-18 12:03 UTC after 6 failures/])
  massive.fault = () => undefined
  world.now = '2025-03-18T12:03:00Z'
  await fetch(['CCC', 'DDD'], only)
  t.match((await audit()).slice(-2), [/^CCC\|massive\|stored\|\|10\|massive \(primary, tried again after a rest\): 10 of 10/, /^DDD\|massive\|stored\|\|10\|massive \(primary, reward 0\.\d\d\): 10 of 10/])
  t.same(await world.lines('select failures, rests_until from provider_rests'), ['0|'])
})

await t.test('a provider that has no name for a symbol is not asked for it', async (t) => {
  const named = await world.fetch({ ...RANGE, provider: 'yahoo', symbols: ['AAAw'], timespans: ['week'] })
  t.same(named.units, ['AAAw week empty SYMBOL_UNNAMED 0/1 0 0 0 0'])
  t.same(await world.lines('select provider, message, tries from ingestion_audit'), ['yahoo|yahoo has no name for AAAw, so it was not asked|'])
  t.match((await world.fetch({ ...RANGE, provider: 'yahoo', symbols: ['AAAw'], timespans: ['day'] })).units, [/^AAAw day empty NO_DAILY_DATA 0\/10/])
  await fetch(['AAAw'])
  t.match((await audit()).at(-1), /^AAAw\|massive\|empty\|NO_DAILY_DATA\|0\|massive .*: no bars; .*yahoo \(has no name for the symbol\)/)
  t.same(yahoo.requests, [])
})

await t.test('grouped dates are asked of who has them', async (t) => {
  await registerSymbols(world.pool, Object.keys(SYMBOLS))
  const { units } = await world.fetch({ start: '2025-03-13', end: RANGE.end, provider: null, grouped: true })
  t.same(units, ['2025-03-13 day 2025-03-13 stored 7 0 0 0', '2025-03-14 day 2025-03-14 stored 7 0 0 0'])
  t.same(asked(), [2, 0, 0, 0])
})

/** Everything that a job leaves but times, by symbol. */
async function stateOf(): Promise<string[]> {
  return [
    ...(await world.lines('select symbol, time, open, high, low, close, volume, filled_by from ohlcv_daily join ticker_symbols using (symbol_id) order by 1, 2')),
    ...(await world.lines('select symbol, provider, status, code, counted, bars, inserted, held_back, filled from ingestion_audit order by 1')),
  ]
}

await t.test('a job that is killed in the middle and resumed ends as if nothing had happened, and a replay changes nothing', async (t) => {
  massive.fault = bars(half)
  alpha.fault = always(alpha.dialect.refusals.exhausted!)
  await fetch(['AAA', 'BBB'])
  const clean = await stateOf()
  for (const place of ['fetch-kept', 'fetch-merged', 'fetch-after-commit'] as const) {
    await empty(world.pool)
    const abort = new AbortController()
    let times = 0
    const killed = fetch(['AAA', 'BBB'], { job: 'j', signal: abort.signal, failpoint: async (name) => {
      if (name === place && ++times === 2) abort.abort(new Error('killed'))
    } })
    t.equal((await killed).result.state, 'interrupted', place)
    t.equal((await fetch([], { job: 'j', resume: true })).result.state, 'completed')
    t.same(await stateOf(), clean, place)
  }
  const before = await world.bars()
  t.same(Object.values(await world.replay()).filter((changed) => changed !== 0), [])
  t.same(await world.bars(), before)
})
