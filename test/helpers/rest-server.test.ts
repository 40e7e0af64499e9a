import t, { type Test } from 'tap'
import { FAULTS } from './rest-faults.js'
import { REST_KEY, startRestServer, type RestServer, type RestServerOptions } from './rest-server.js'

// The server stands in for a vendor whose recorded answers are its model: what others take for granted of it is shown here.

interface Row { T?: string; o: number; h: number; l: number; c: number; v: number; t: number; n: number }
interface Body { ticker?: string; status: string; resultsCount?: number; queryCount?: number; count?: number; results?: Row[]; next_url?: string; error?: string; message?: string }

async function serverOf(t: Test, options: RestServerOptions = {}): Promise<RestServer> {
  const server = await startRestServer({ now: () => new Date('2026-03-04T18:30:00Z'), ...options })
  t.teardown(() => server.close())
  return server
}

async function get({ url, key }: RestServer, path: string, headers: Record<string, string> = { authorization: `Bearer ${key}` }): Promise<{ status: number; text: string; body: Body }> {
  const response = await fetch(url + path, { headers })
  const text = await response.text()
  return { status: response.status, text, body: JSON.parse(text) as Body }
}

const bars = (symbol: string, timespan: string, from: string, to: string, limit = 50_000): string => `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/${timespan}/${from}/${to}?adjusted=false&sort=asc&limit=${limit}`

await t.test('days, weeks and months are of the sessions, snap outward, and add up', async (t) => {
  const server = await serverOf(t)
  const { body, text } = await get(server, bars('SPY', 'day', '2025-12-22', '2026-01-04'))
  t.match(body, { ticker: 'SPY', status: 'OK', resultsCount: 8, queryCount: 8, count: 8 })
  t.same(body.results!.map(({ t }) => new Date(t).toISOString().slice(0, 13)), ['22', '23', '24', '26', '29', '30', '31'].map((day) => `2025-12-${day}T05`).concat('2026-01-02T05'))
  const expected = server.market.bars('SPY', 'day', { start: '2025-12-22', end: '2026-01-04' })
  t.same(body.results!.map(({ o, v, n }) => [o, v, n]), expected.map(({ open, volume, transactions }) => [Number(open), Number(volume), transactions]))
  t.match(text, /"v":\d\.\d+e\+0\d/, 'some volumes with an exponent')
  const { body: weeks } = await get(server, bars('SPY', 'week', '2025-12-24', '2025-12-30'))
  t.same(weeks.results!.map(({ t, v, o, c }) => [new Date(t).toISOString(), v, o, c]), [0, 4].map((from) => {
    const days = expected.slice(from, from + 4)
    return [new Date(from === 0 ? '2025-12-21T05:00Z' : '2025-12-28T05:00Z').toISOString(), days.reduce((sum, { volume }) => sum + Number(volume), 0), Number(days[0]!.open), Number(days[3]!.close)]
  }), 'a week begins on Sunday')
  const { body: months } = await get(server, bars('SPY', 'month', '2025-11-30', '2025-12-01'))
  t.same(months.results!.map(({ t }) => new Date(t).toISOString().slice(0, 10)), ['2025-11-01', '2025-12-01'])
})

await t.test('hours are sixteen a day in pages by the number of bars they are made of, the next one on another host and without a key', async (t) => {
  const server = await serverOf(t)
  const found: number[] = []
  let pages = 0
  for (let path: string | undefined = bars('AAPL', 'hour', '2025-11-25', '2025-12-01', 1000); path !== undefined; pages++) {
    const { body }: { body: Body } = await get(server, path)
    found.push(...body.results!.map(({ t }) => t))
    t.ok(body.queryCount! <= 1000)
    const next: URL | undefined = body.next_url === undefined ? undefined : new URL(body.next_url)
    if (next) t.notOk(next.origin === server.url || next.href.includes(server.key))
    path = next && next.pathname + next.search
  }
  t.same(found, server.market.bars('AAPL', 'hour', { start: '2025-11-25', end: '2025-12-01' }).map(({ t }) => t))
  t.same([found.length, pages], [16 + 16 + 13 + 16, 4], 'the day after Thanksgiving ends early')
  t.equal(new Date(found[0]!).toISOString(), '2025-11-25T09:00:00.000Z')
})

await t.test('the running day is provisional, later bars are not there, and those before the floor or a first date are left out', async (t) => {
  const server = await serverOf(t, { floor: '2026-02-26', securities: { OLD: {}, NEW: { first: '2026-03-03' }, GONE: { last: '2026-02-27' } } })
  const dates = async (symbol: string): Promise<string[]> => ((await get(server, bars(symbol, 'day', '2026-02-20', '2026-03-06'))).body.results ?? []).map(({ t }) => new Date(t).toISOString().slice(5, 10))
  t.same(await dates('OLD'), ['02-26', '02-27', '03-02', '03-03', '03-04'])
  t.same(await dates('NEW'), ['03-03', '03-04'])
  t.same(await dates('GONE'), ['02-26', '02-27'])
  t.same(server.market.bars('OLD', 'week', { start: '2026-02-25', end: '2026-03-04' }).map(({ running }) => running), [false, true])
  const today = { start: '2026-03-04', end: '2026-03-04' }
  t.same(server.market.bars('OLD', 'hour', today).map(({ running }) => running), [...Array<boolean>(9).fill(false), true], '13:30 in New York')
  const later = await serverOf(t, { securities: { OLD: {} }, now: () => new Date('2026-03-05T18:30:00Z') })
  t.ok(Number(later.market.bars('OLD', 'day', today)[0]!.volume) > 2.9 * Number(server.market.bars('OLD', 'day', today)[0]!.volume))
  t.match(later.market.bars('OLD', 'day', today)[0]!.volume, /\.\d+$/, 'volumes are fractional by then')
})

await t.test('whole dates, details, refusals and requests are as the vendor has them', async (t) => {
  const server = await serverOf(t)
  const { body } = await get(server, '/v2/aggs/grouped/locale/us/market/stocks/2025-12-24?adjusted=false')
  t.same(body.results!.map(({ T }) => T).toReversed(), Object.keys(server.market.securities))
  t.equal(new Date(body.results![0]!.t).toISOString(), '2025-12-24T21:00:00.000Z')
  t.notOk('results' in (await get(server, '/v2/aggs/grouped/locale/us/market/stocks/2025-12-25?adjusted=false')).body)
  t.match((await get(server, '/v3/reference/tickers/BRK.B')).body, { status: 'OK', results: { ticker: 'BRK.B', type: 'CS' } as unknown as Row[] })
  t.match(await get(server, '/v3/reference/tickers/NONE'), { status: 404, body: { status: 'NOT_FOUND', message: 'Ticker not found.' } })
  t.match(await get(server, bars('NONE', 'day', '2025-12-01', '2025-12-31')), { status: 200, body: { resultsCount: 0, results: undefined } as unknown as Body })
  t.match(await get(server, '/v3/reference/tickers/SPY', {}), { status: 401, body: { error: 'Unknown API Key' } })
  t.match(await get(server, bars('SPY', 'day', '2025-12-01', '2025-12-31').replace('adjusted=false', 'adjusted=true')), { status: 400 })
  t.equal(server.requests.length, 7)
  t.equal(server.requests[0]!.headers.authorization, `Bearer ${REST_KEY}`)
  t.same(server.requests.map(({ status }) => status), [200, 200, 200, 404, 200, 401, 400])
})

await t.test('faults are made for the requests that a hook names, or for a share of all by luck', async (t) => {
  const server = await serverOf(t, { fault: ({ url }) => (url.includes('SPY') ? FAULTS.limitedFor('7') : undefined) })
  const limited = await fetch(`${server.url}/v3/reference/tickers/SPY`)
  t.same([limited.status, limited.headers.get('retry-after')], [429, '7'])
  t.equal((await get(server, '/v3/reference/tickers/AAPL')).status, 200)
  server.fault = () => FAULTS.nulls
  t.match((await get(server, bars('SPY', 'day', '2025-12-22', '2025-12-24'))).body.results!.map(({ o }) => o === null), [false, true, false])
  const unlucky = await serverOf(t, { failing: 0.2 })
  const ended = await Promise.all(Array.from({ length: 100 }, async () => get(unlucky, '/v3/reference/tickers/SPY').then(({ status }) => status === 200, () => false)))
  const failed = ended.filter((well) => !well).length
  t.ok(failed > 8 && failed < 35, `${failed} of 100`)
})

await t.test('another vendor answers in its own form about the same market, and a fault of a row is one in that form', async (t) => {
  const server = await serverOf(t, { dialect: 'alpha_vantage', securities: { 'BRK.B': { splits: [{ date: '2010-01-21', from: 1, to: 50 }], dividends: [{ date: '2025-06-02', amount: '0.07' }] } } })
  const ask = async (query: Record<string, string>): Promise<Record<string, Record<string, Record<string, string>>>> =>
    await (await fetch(`${server.url}/query?${new URLSearchParams({ symbol: 'BRK-B', apikey: server.key, ...query }).toString()}`)).json() as Record<string, Record<string, Record<string, string>>>
  const days = server.market.bars('BRK.B', 'day', { start: '2025-01-01', end: '2026-03-04' }).slice(-100)
  const told = (await ask({ function: 'TIME_SERIES_DAILY' }))['Time Series (Daily)']!
  t.same(Object.keys(told), days.map(({ date }) => date).toReversed(), 'the last hundred sessions, newest first')
  const last = days.at(-1)!
  t.same(Object.values(told)[0], { '1. open': Number(last.open).toFixed(4), '2. high': Number(last.high).toFixed(4), '3. low': Number(last.low).toFixed(4), '4. close': Number(last.close).toFixed(4), '5. volume': last.volume.split('.')[0] })
  t.same(Object.keys((await ask({ function: 'TIME_SERIES_WEEKLY' }))['Weekly Time Series']!).slice(0, 3), ['2026-03-04', '2026-02-27', '2026-02-20'], 'by the last session so far')
  t.same(Object.keys((await ask({ function: 'TIME_SERIES_MONTHLY' }))['Monthly Time Series']!).slice(0, 3), ['2026-03-04', '2026-02-27', '2026-01-30'])
  const minutes = { function: 'TIME_SERIES_INTRADAY', interval: '1min', month: '2026-03', adjusted: 'false', extended_hours: 'true', outputsize: 'full' }
  const parts = server.market.bars('BRK.B', 'minute', { start: '2026-03-01', end: '2026-03-31' })
  t.equal(Object.keys((await ask(minutes))['Time Series (1min)']!).length, parts.length)
  t.match(Object.keys((await ask(minutes))['Time Series (1min)']!)[0], /^2026-03-04 13:[23]\d:00$/, 'at 13:30')
  t.match(await ask({ function: 'SPLITS' }), { symbol: 'BRK-B', data: [{ effective_date: '2010-01-21', split_factor: '50.0000' }] })
  t.match(await ask({ function: 'DIVIDENDS' }), { data: [{ ex_dividend_date: '2025-06-02', amount: '0.07' }] })
  t.match(await ask({ function: 'TIME_SERIES_DAILY', symbol: 'NONE' }), { 'Error Message': /^Invalid API call/ })
  t.match(await ask({ function: 'TIME_SERIES_DAILY', apikey: 'other' }), { 'Error Message': /apikey is invalid/ })
  server.fault = () => FAULTS.on('2026-03-06')
  t.ok((await ask({ function: 'TIME_SERIES_DAILY' }))['Time Series (Daily)']!['2026-03-06'])
  server.fault = () => server.dialect.refusals.exhausted!
  t.match(await ask({ function: 'TIME_SERIES_DAILY' }), { Information: `We have detected your API key as ${server.key} and our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.` })
})
