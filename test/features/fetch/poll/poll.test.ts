import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { MINUTE_AGGS } from '../../../../lib/datasets/minute.js'
import { createPool } from '../../../../lib/postgres/connect.js'
import { callProgram } from '../../../helpers/call-program.js'
import { empty } from '../../../helpers/database.js'
import { fetchWorld } from '../../../helpers/fetch-world.js'
import { startFaultProxy } from '../../../helpers/fault-proxy.js'
import { dayFilePath, directorySource, loadDates } from '../../../helpers/load.js'
import { pollIn } from '../../../helpers/poll.js'
import { FAULTS } from '../../../helpers/rest-faults.js'
import type { RestBar } from '../../../helpers/rest-market.js'

t.setTimeout(120_000)

// A Friday; the exchange opens at 14:30 and closes at 21:00 UTC.
const FRIDAY = '2026-11-20'
const at = (time: string): string => `${FRIDAY}T${time}Z`

let lag = 0
const world = await fetchWorld(t, at('12:00:00'), { now: () => new Date(world.runtime().now().getTime() - lag) })
const { server, pool } = world

/** Everything as it was in the beginning, by this clock. */
async function fresh(now: string): Promise<void> {
  await empty(pool)
  server.fault = () => undefined
  server.requests.length = 0
  lag = 0
  world.now = now
}

/** What the market traded of a symbol in minutes that were over at an instant. */
function bars(symbol: string, until: string, date = FRIDAY): RestBar[] {
  return server.market.bars(symbol, 'minute', { start: date, end: date }).filter(({ t }) => t + 60_000 <= Date.parse(until))
}

const lines = (of: readonly RestBar[]): string[] =>
  of.map(({ t, open, high, low, close, volume, transactions }) => [new Date(t).toISOString().slice(0, 16), open, high, low, close, volume, transactions, 'massive'].join('|'))

/** The stored minutes of a symbol in the same form. */
function stored(symbol: string): Promise<string[]> {
  return world.lines(`
    select to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), open::text, high::text, low::text, close::text, volume::text, transactions, filled_by
    from ohlcv_minute join ticker_symbols using (symbol_id) where symbol = $1 order by time`, [symbol])
}

/** The ranges that were asked for, from and to, of the bars of a symbol. */
const asked = (symbol: string): string[] => server.requests.flatMap(({ url }) => new RegExp(`/${symbol}/range/1/minute/([^?]*)`).exec(url)?.[1] ?? [])

await t.test('a session from before its open to its end: each minute is stored once it is over, in the end all of them as they were traded', async (t) => {
  await fresh(at('12:00:00'))
  const midway: string[][] = []
  const { sessions, ticks, log, text } = await pollIn(world, { symbols: ['AAPL', 'MSFT'], every: 3600, once: true }, { at: { [at('16:40:00')]: async () => void midway.push(await stored('AAPL')) } })
  t.match(sessions, [{ date: FRIDAY, state: 'completed', ticks: 8, skipped: 0, failed: 0, requests: 18, faults: new Map() }])
  t.same([ticks[0], ticks[1], ticks.at(-2), ticks.at(-1)], ['14:30:05', '15:30:05', '20:30:05', '21:01:05'])
  t.same(midway, [lines(bars('AAPL', at('16:30:05')))], 'and no minute before it is over')
  for (const symbol of ['AAPL', 'MSFT']) t.same(await stored(symbol), lines(bars(symbol, at('21:01:05'))), symbol)
  t.same(log.slice(0, 3), [
    '12:00:00 the exchange is closed; asking again from 2026-11-20 14:30:05Z on', '14:30:05 polling the session of 2026-11-20 until 2026-11-20 21:01:05Z',
    `14:30:05 2 symbols answered: ${bars('AAPL', at('14:30:05')).length + bars('MSFT', at('14:30:05')).length} minutes inserted, 0 updated`,
  ])
  t.match(text, /^session +state +ticks .*\n.*\n?2026-11-20 +completed +8 /)
})

await t.test('after the first tick only the last minutes are asked for, and all of the date once more in the end', async (t) => {
  // The running minute is among those that come.
  const latest = server.market.bars('AAPL', 'minute', { start: FRIDAY, end: FRIDAY }).findLast(({ t: time }) => time <= Date.parse(at('15:30:05')))!
  const ranges = asked('AAPL')
  t.equal(ranges.length, 8)
  t.same([ranges[0], ranges.at(-1)], [`${FRIDAY}/${FRIDAY}`, `${FRIDAY}/${FRIDAY}`])
  t.equal(ranges[2], `${latest.t - 300_000}/${FRIDAY}`)
})

await t.test('one job a session, its audit one record a symbol and hour of New York, with every request and what all of them brought', async (t) => {
  t.same(await world.lines(`select kind, state, progress, request->>'date', result->>'ticks' from jobs`), [`poll|completed|100|${FRIDAY}|8`])
  t.same(await world.lines(`select command, status from ingestion_runs`), ['poll|succeeded'])
  t.same(await world.lines(`select part, jsonb_array_length(tries), cardinality(fetch_ids), status from ingestion_audit where symbol = 'AAPL' order by part`),
    ['09', '10', '11', '12', '13', '14', '15', '16'].map((hour) => `${FRIDAY}T${hour}|1|1|stored`))
  t.same(await world.lines(`select symbol, sum(inserted), sum(filled) from ingestion_audit group by symbol order by symbol`),
    await Promise.all(['AAPL', 'MSFT'].map(async (symbol) => `${symbol}|${(await stored(symbol)).length}|${(await stored(symbol)).length}`)))
  t.same(await world.lines(`select count(*) from fetches where timespan = 'minute'`), ['16'])
  t.same(await world.lines(`select n.symbol, k.name from tickers k join ticker_symbols n using (symbol_id) order by 1`), ['AAPL|AAPL of the tests', 'MSFT|MSFT of the tests'], 'symbols that were not known are described and registered')
})

await t.test('the kept answers alone give the same minutes again', async (t) => {
  t.same(await world.replay(), { minute: 0 })
  const before = await stored('AAPL')
  await pool.query('truncate ohlcv_minute')
  await world.replay()
  t.same(await stored('AAPL'), before)
})

await t.test('the minute file of the next day replaces what was polled', async (t) => {
  const traded = bars('AAPL', '2026-11-21T01:00:00Z')
  const root = t.testdir({})
  const file = path.join(root, dayFilePath(MINUTE_AGGS, FRIDAY))
  mkdirSync(path.dirname(file), { recursive: true })
  // As the vendor has it in the end: a minute more, a correction, and MSFT without its first minute.
  const rows = [
    ...traded.map(({ t, open, high, low, close, volume, transactions }, index) => `AAPL,${index === 100 ? '123456' : volume},${open},${close},${high},${low},${t}000000,${transactions}`),
    ...bars('MSFT', '2026-11-21T01:00:00Z').slice(1).map(({ t, open, high, low, close, volume, transactions }) => `MSFT,${volume},${open},${close},${high},${low},${t}000000,${transactions}`),
  ]
  writeFileSync(file, gzipSync(`ticker,volume,open,close,high,low,window_start,transactions\n${rows.join('\n')}\n`))
  const { days } = await loadDates(pool, directorySource(root), FRIDAY, FRIDAY, { dataset: MINUTE_AGGS, now: new Date('2026-11-21T20:00:00Z') })
  t.match(days, [{ outcome: 'loaded' }])
  t.same(await world.lines('select count(*) from ohlcv_minute where filled_by is not null'), ['0'])
  t.same(await world.lines('select count(*) from ohlcv_minute'), [String(rows.length)])
  t.match(await stored('AAPL'), { 100: /\|123456\|/ })
  world.now = at('20:30:00')
  const { sessions } = await pollIn(world, { symbols: ['AAPL'], every: 1800, once: true })
  t.match(sessions, [{ state: 'completed', counts: { inserted: 0, updated: 0 } }], 'and nothing is polled over it')
})

await t.test('trades of a minute that are reported late correct it, within minutes or at the end', async (t) => {
  await fresh(at('16:00:00'))
  const [one, two] = ['15:05:00', '15:20:00'].map((time) => bars('AAPL', at('16:00:00')).find((bar) => bar.t >= Date.parse(at(time)))!) as [RestBar, RestBar]
  world.now = at('15:00:30')
  const late = (minute: string, reported: string) => (row: string): string => {
    const bar = JSON.parse(row) as { t: number; v: number }
    return bar.t === Date.parse(at(minute)) && world.runtime().now().getTime() < Date.parse(at(reported)) ? JSON.stringify({ ...bar, v: 1 }) : row
  }
  const minuteOf = ({ t: time }: RestBar): string => new Date(time).toISOString().slice(11, 19)
  server.fault = () => ({ rows: (rows) => rows.map(late(minuteOf(one), '15:08:30')).map(late(minuteOf(two), '17:00:00')) })
  const seen: (string | undefined)[] = []
  const look = async (): Promise<void> => {
    const found = await stored('AAPL')
    for (const bar of [one, two]) seen.push(found.find((line) => line.startsWith(new Date(bar.t).toISOString().slice(0, 16)))?.split('|')[5])
  }
  await pollIn(world, { symbols: ['AAPL'], every: 60 }, { at: { [at('15:08:20')]: look, [at('15:22:20')]: look }, until: at('15:23:00') })
  t.same(seen, ['1', undefined, one.volume, '1'])
  await pollIn(world, { symbols: ['AAPL'], every: 3600, once: true })
  t.same(await stored('AAPL'), lines(bars('AAPL', at('21:01:05'))))
})

await t.test('a plan whose data come a quarter of an hour late loses none of them', async (t) => {
  await fresh(at('19:35:00'))
  lag = 900_000
  await pollIn(world, { symbols: ['AAPL'], every: 900, once: true })
  const whole = lines(bars('AAPL', at('20:46:05')))
  t.same((await stored('AAPL')).slice(0, whole.length), whole)
})

await t.test('what is stopped by a signal goes on where it was: no minute is missing, none is there twice', async (t) => {
  await fresh(at('14:50:12'))
  const first = await pollIn(world, { symbols: ['AAPL', 'MSFT'], every: 60 }, { until: at('14:55:30') })
  t.match(first.sessions, [{ state: 'interrupted', ticks: 6 }])
  t.same(first.ticks.slice(0, 3), ['14:50:12', '14:51:05', '14:52:05'])
  t.same(await world.lines('select state, message from jobs'), [`interrupted|6 ticks, 0 of them without an answer; ${(await stored('AAPL')).length + (await stored('MSFT')).length} minutes inserted, 0 updated`])
  world.now = at('16:20:40')
  const second = await pollIn(world, { symbols: ['AAPL', 'MSFT'], every: 60 }, { until: at('16:22:10') })
  t.same(second.ticks, ['16:20:40', '16:21:05', '16:22:05'])
  for (const symbol of ['AAPL', 'MSFT']) t.same(await stored(symbol), lines(bars(symbol, at('16:22:05'))))
  t.same(await world.lines('select status from ingestion_runs order by run_id'), ['interrupted', 'interrupted'])
})

await t.test('what is begun after the close takes the whole session, and what is begun on a Saturday waits for Monday', async (t) => {
  await fresh(at('23:15:00'))
  const late = await pollIn(world, { symbols: ['AAPL'], every: 60, once: true })
  t.same(late.ticks, ['23:15:00'])
  t.same(await stored('AAPL'), lines(bars('AAPL', at('23:15:00'))))
  await fresh('2026-11-21T12:00:00Z')
  const weekend = await pollIn(world, { symbols: ['AAPL'], every: 3600, once: true })
  t.match([weekend.sessions, weekend.ticks.length], [[{ date: '2026-11-23', ticks: 8 }], 8])
})

await t.test('session follows session, over a holiday and an early close, each with a job of its own', async (t) => {
  await fresh('2026-11-25T20:50:00Z')
  const { sessions, log, ticks } = await pollIn(world, { symbols: ['AAPL'], every: 3600 }, { until: '2026-11-30T14:00:00Z' })
  t.same(sessions.map(({ date, state }) => `${date} ${state}`), ['2026-11-25 completed', '2026-11-27 completed'])
  t.same(ticks, ['20:50:00', '21:01:05', '14:30:05', '15:30:05', '16:30:05', '17:30:05', '18:01:05'])
  t.same(log.filter((line) => line.includes('closed')), ['21:01:05 the exchange is closed; asking again from 2026-11-27 14:30:05Z on', '18:01:05 the exchange is closed; asking again from 2026-11-30 14:30:05Z on'])
  t.equal(new Set(sessions.map(({ jobId }) => jobId)).size, 2)
})

await t.test('a closure that is announced while nothing is asked for is known in time', async (t) => {
  await fresh('2026-11-21T12:00:00Z')
  const close = () => callProgram(['calendar', 'close', '2026-11-23', '--reason', 'mourning'], { DATABASE_URL: world.url })
  const { sessions } = await pollIn(world, { symbols: ['AAPL'], every: 3600, once: true }, { at: { '2026-11-22T12:00:00Z': close } })
  t.match(sessions, [{ date: '2026-11-24' }])
})

await t.test('a machine that was suspended goes on when it wakes up, though the session is over', async (t) => {
  await fresh(at('15:00:10'))
  const wake = (time: string) => () => {
    world.now = time
  }
  const { ticks, log } = await pollIn(world, { symbols: ['AAPL'], every: 600, once: true }, { at: { [at('15:20:06')]: wake(at('16:17:00')), [at('16:20:06')]: wake('2026-11-22T03:00:00Z') } })
  t.same(ticks, ['15:00:10', '15:10:05', '15:20:05', '16:17:29', '16:20:05', '03:00:29'], 'a timer has half a minute left at most')
  t.same(await stored('AAPL'), lines(bars('AAPL', '2026-11-21T01:00:00Z')))
  t.notOk(log.some((line) => line.includes('left out')), 'what was slept through took no longer')
})

await t.test('a clock that is set back an hour holds nothing up', async (t) => {
  await fresh(at('16:00:10'))
  const { ticks } = await pollIn(world, { symbols: ['AAPL'], every: 600 }, { at: { [at('16:15:00')]: () => void (world.now = at('15:15:00')) }, until: at('15:41:00') })
  t.same(ticks, ['16:00:10', '16:10:05', '15:20:05', '15:30:05', '15:40:05'])
})

await t.test('ticks that are overtaken by a slow provider are left out, and told', async (t) => {
  await fresh(at('15:00:10'))
  server.fault = () => {
    const now = world.runtime().now().getTime()
    if (now === Date.parse(at('15:02:05'))) world.now = new Date(now + 215_000).toISOString()
    return undefined
  }
  const { ticks, log, sessions } = await pollIn(world, { symbols: ['AAPL'], every: 60 }, { until: at('15:07:10') })
  t.same(ticks, ['15:00:10', '15:01:05', '15:05:40', '15:06:05', '15:07:05'])
  t.ok(log.includes('15:05:40 3 ticks left out: the one before took 3 m 35 s'))
  t.match(sessions, [{ skipped: 3 }])
})

await t.test('a provider that is down is told once and asked less and less, by one symbol; when it is back that is told, and no minute is missing', async (t) => {
  await fresh(at('15:04:30'))
  const down = () => world.runtime().now() >= new Date(at('15:05:00')) && world.runtime().now() < new Date(at('15:10:30'))
  server.fault = () => (down() ? FAULTS.broken : undefined)
  let audited: string[] = []
  const audit = () => world.lines('select symbol, status, code from ingestion_audit order by 1')
  const { ticks, log, sessions } = await pollIn(world, { symbols: ['AAPL', 'MSFT'], every: 10 }, { at: { [at('15:08:00')]: async () => (audited = await audit()) }, until: at('15:12:00') })
  const inVain = ticks.filter((time) => time >= '15:05:00' && time < '15:10:30')
  t.same(inVain.slice(0, 6), ['15:05:05', '15:05:15', '15:05:35', '15:06:15', '15:07:15', '15:08:15'])
  t.equal(inVain.length, 8)
  t.same(log.filter((line) => /broken|cannot answer|well again/.test(line)), [
    '15:05:05 AAPL, MSFT: massive cannot answer now (HTTP 500: internal error); it is tried again', '15:11:15 AAPL, MSFT: well again',
  ])
  t.match(sessions, [{ failed: 8, faults: new Map() }])
  t.same(audited, ['AAPL|stored|PROVIDER_UNAVAILABLE', 'MSFT|stored|PROVIDER_UNAVAILABLE'], 'of an hour of which something is stored the audit says so, and what was wrong last')
  t.same(await audit(), ['AAPL|stored|', 'MSFT|stored|'])
  t.equal(server.requests.filter(({ status }) => status === 500).length, 3 * (2 + 7), 'with the tries of each request, of two symbols and then of one')
  for (const symbol of ['AAPL', 'MSFT']) t.same(await stored(symbol), lines(bars(symbol, at('15:11:55'))))
})

await t.test('one symbol that fails does not hold up another, and each trouble is told once', async (t) => {
  await fresh(at('15:00:00'))
  server.fault = ({ url }) => (/MSFT\/range/.test(url) && world.runtime().now() < new Date(at('15:04:00')) ? FAULTS.html : undefined)
  const { log } = await pollIn(world, { symbols: ['AAPL', 'MSFT', 'NONE'], every: 60 }, { until: at('15:06:00') })
  t.same(log.filter((line) => /MSFT|NONE/.test(line)).map((line) => line.replace(/: .*;/, ':')), ['15:00:00 NONE could not', '15:00:00 MSFT: it is tried again', '15:04:05 MSFT: well again'].slice(log.some((line) => line.includes('described')) ? 0 : 1))
  for (const symbol of ['AAPL', 'MSFT']) t.same(await stored(symbol), lines(bars(symbol, at('15:05:05'))))
  t.same(await world.lines(`select symbol, status from ingestion_audit where symbol <> 'AAPL' order by 1`), ['MSFT|stored', 'NONE|empty'])
})

await t.test('a provider that wants fewer requests, and a limit that is used up, are waited out', async (t) => {
  await fresh(at('15:00:00'))
  server.fault = () => (world.runtime().now() > new Date(at('15:00:30')) && world.runtime().now() < new Date(at('15:03:00')) ? FAULTS.limited : undefined)
  const limited = await pollIn(world, { symbols: ['AAPL'], every: 60 }, { until: at('15:05:10') })
  t.match(limited.log.filter((line) => /wants|again$/.test(line)), [/^15:01:05 AAPL: massive wants fewer requests \(HTTP 429.*; it is tried again$/, /^15:03:05 AAPL: well again$/])
  t.same(await stored('AAPL'), lines(bars('AAPL', at('15:05:05'))))
  await fresh(at('20:50:00'))
  const { log, sessions } = await pollIn(world, { symbols: ['AAPL'], every: 600, once: true }, { limits: { perDay: 100 } })
  t.match([sessions, log.length > 0], [[{ state: 'completed' }], true])
  await pool.query(`update provider_quota set used = 100 where period = 'day'`)
  world.now = at('20:50:00')
  const used = await pollIn(world, { symbols: ['AAPL'], every: 600 }, { limits: { perDay: 100 }, until: at('21:10:00') })
  t.equal(used.log.filter((line) => /massive may be asked 100 times a day, and 100 are used; the next day begins at/.test(line)).length, 1)
  t.match(used.sessions, [{ state: 'interrupted', requests: 0 }])
})

await t.test('a last tick that fails is tried again for an hour', async (t) => {
  await fresh(at('20:45:00'))
  server.fault = () => (world.runtime().now() >= new Date(at('21:00:00')) && world.runtime().now() < new Date(at('21:09:00')) ? FAULTS.broken : undefined)
  const { sessions } = await pollIn(world, { symbols: ['AAPL'], every: 600, once: true })
  t.match(sessions, [{ state: 'completed', faults: new Map() }])
  t.same(await stored('AAPL'), lines(bars('AAPL', at('21:09:10'))))
  await fresh(at('20:55:00'))
  server.fault = () => (world.runtime().now() >= new Date(at('21:00:00')) ? FAULTS.broken : undefined)
  const { sessions: given, ticks } = await pollIn(world, { symbols: ['AAPL'], every: 600, once: true }, { at: { [at('21:04:00')]: () => void (world.now = at('22:00:00')) } })
  t.match(given, [{ state: 'completed_with_errors', faults: new Map([['AAPL', { code: 'PROVIDER_UNAVAILABLE' }]]) }])
  t.match(ticks.at(-1), /^22:01:/)
})

await t.test('a key that is refused in the beginning ends the poll; later on it may be a mistake of the provider', async (t) => {
  await fresh(at('15:00:00'))
  server.fault = () => FAULTS.unknownKey
  await t.rejects(pollIn(world, { symbols: ['AAPL', 'MSFT'] }), { code: 'PROVIDER_KEY_REFUSED', message: /refuses the key/ })
  t.same(await world.lines('select state from jobs'), ['failed'])
  t.same(await world.lines('select status from ingestion_runs'), ['failed'])
  server.fault = () => (world.runtime().now() >= new Date(at('15:01:00')) && world.runtime().now() < new Date(at('15:02:00')) ? FAULTS.unknownKey : undefined)
  await pollIn(world, { symbols: ['AAPL', 'MSFT'] }, { until: at('15:04:00') })
  t.same(await stored('AAPL'), lines(bars('AAPL', at('15:03:05'))))
})

await t.test('a signal while an answer is waited for ends it at once, and nothing of that tick is written', async (t) => {
  await fresh(at('15:00:00'))
  let stop = () => {}
  server.fault = () => {
    if (world.runtime().now() < new Date(at('15:01:00'))) return undefined
    setTimeout(stop, 20)
    return FAULTS.delay(60_000)
  }
  const started = performance.now()
  const { sessions } = await pollIn(world, { symbols: ['AAPL', 'MSFT'] }, { stopper: (stopping) => (stop = stopping) })
  t.ok(performance.now() - started < 5000)
  t.match(sessions, [{ state: 'interrupted', ticks: 2 }])
  t.same(await world.lines('select state from jobs union all select status from ingestion_runs'), ['interrupted', 'interrupted'])
  t.same(await world.lines('select max(pulled_at) < $1, count(*) from fetches', [at('15:00:30')]), ['true|4'])
})

await t.test('a database that is gone for a while is told once; the same job goes on under another run, and no minute is missing', async (t) => {
  await fresh(at('15:00:10'))
  const { host, port, user, password, database } = new pg.Client({ connectionString: world.url })
  const proxy = await startFaultProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
  t.teardown(() => proxy.close())
  const distant = createPool({ host: proxy.host, port: proxy.port, user: user ?? '', database: database ?? '', ...(typeof password === 'string' && { password }) }, pino({ level: 'silent' }))
  t.teardown(() => distant.end())
  const gone = (): void => {
    proxy.impair = { up: { resetAfter: 0 } }
    proxy.resetAll()
  }
  const back = (): void => void (proxy.impair = {})
  const { sessions, log } = await pollIn(world, { symbols: ['AAPL', 'MSFT'] }, { pool: distant, at: { [at('15:02:30')]: gone, [at('15:06:30')]: back }, until: at('15:09:30') })
  t.match(log.filter((line) => /database: /.test(line)).map((line) => line.slice(9)), [/^the database: .*; it is tried again$/, 'the database: well again'])
  t.match(sessions, [{ state: 'interrupted', faults: new Map() }])
  for (const symbol of ['AAPL', 'MSFT']) t.same(await stored(symbol), lines(bars(symbol, at('15:09:05'))))
  t.same(await world.lines('select count(*), min(state) from jobs'), ['1|interrupted'])
  t.same(await world.lines(`select status from ingestion_runs order by run_id`), ['died', 'interrupted'])
  t.same(await world.lines('select count(*) from (select symbol_id, time from ohlcv_minute group by 1, 2 having count(*) > 1) doubles'), ['0'])
})

await t.test('two polls of the same symbols at once store what one would', async (t) => {
  await fresh(at('19:10:00'))
  await Promise.all([pollIn(world, { symbols: ['AAPL', 'MSFT'], every: 1200, once: true }), pollIn(world, { symbols: ['MSFT', 'AAPL'], every: 1800, once: true })])
  for (const symbol of ['AAPL', 'MSFT']) t.same(await stored(symbol), lines(bars(symbol, at('21:01:05'))))
  t.same(await world.lines('select state from jobs'), ['completed', 'completed'])
})

await t.test('a symbol that is given to nobody by a rename is told once, and what it became is asked for by its own name', async (t) => {
  await fresh(at('20:50:00'))
  await pollIn(world, { symbols: ['SCHG'], every: 600, once: true })
  t.equal((await callProgram(['universe', 'rename', 'SCHG', 'VUG', '--on', '2026-11-23'], { DATABASE_URL: world.url })).code, 0)
  world.now = '2026-11-23T14:00:00Z'
  const { log } = await pollIn(world, { symbols: ['SCHG', 'VUG'], every: 1800 }, { until: '2026-11-23T16:00:00Z' })
  t.same(log.filter((line) => line.includes('names')), ['14:30:05 SCHG: names no security on these dates; it is tried again'])
  t.same(await world.lines('select count(distinct symbol_id), min(time::date), max(time::date) from ohlcv_minute'), ['1|2026-11-20|2026-11-23'])
})

await t.test('a poll that died is closed by the next one', async (t) => {
  await fresh(at('15:00:00'))
  await pool.query(`
    with run as (insert into ingestion_runs (command, parameters, version, status) values ('poll', '{}', '0', 'running') returning run_id)
    insert into jobs (job_id, kind, request, state, run_id) select 'dead', 'poll', '{}', 'running', run_id from run`)
  await pollIn(world, { symbols: ['AAPL'] }, { until: at('15:00:30') })
  t.same(await world.lines(`select state, message from jobs where job_id = 'dead'`), ['interrupted|the process died'])
  const { stdout } = await callProgram(['fetch', '--status', 'dead'], { DATABASE_URL: world.url })
  t.match(stdout, /^job dead: interrupted, 0\.0 % done\n/, 'and cannot be resumed')
})
