import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { removeFills } from '../../../../lib/features/fetch/answers/remove.js'
import { replayAnswers, type ReplayRequest } from '../../../../lib/features/fetch/answers/replay.js'
import { renameSymbol } from '../../../../lib/features/universe/rename.js'
import { openAnswers } from '../../../../lib/transport/answers/answers.js'
import { isoDate } from '../../../../lib/domain/dates.js'
import { TIMESPANS } from '../../../../lib/datasets/timespans.js'
import { empty, freshDatabase } from '../../../helpers/database.js'
import { keepFetch, type TestFetch } from '../../../helpers/kept-fetches.js'
import { ACCEPTED, directorySource, loadDates, manyBars, putDayFile, registerSymbols, runtimeOf, type LoadOptions } from '../../../helpers/load.js'
import { barsAnswer, groupedAnswer } from '../../../helpers/massive-answers.js'

const { pool } = await freshDatabase(t)

/** What every test begins with: two symbols, answers in a place of their own, and ways to replay them. */
async function begin(t: Pick<Test, 'testdir'>) {
  await empty(pool)
  await registerSymbols(pool, ['AAA', 'BBB'])
  const raw = t.testdir({})
  const answers = openAnswers(raw, {})
  const keep = (fetch: TestFetch & { rows: readonly string[] }) => {
    const { symbol = 'AAA', timespan = 'day', start = '2025-01-06', rows } = fetch
    const body = symbol === null ? groupedAnswer(start, rows) : barsAnswer(symbol, timespan as 'day', rows)
    return keepFetch(pool, answers, { ...fetch, symbol, bodies: [body] })
  }
  const replay = (request: Partial<ReplayRequest> = {}, options: LoadOptions = {}) =>
    replayAnswers(runtimeOf(pool, options), answers, { job: null, provider: null, symbols: null, grouped: false, timespans: null, range: null, dry_run: false, ...request })
  const remove = (request: { job?: string; provider?: string; start?: string; end?: string; dryRun?: boolean }, options: LoadOptions = {}) => removeFills(runtimeOf(pool, options), answers, {
    job: request.job ?? null, provider: request.provider ?? null, start: request.start ? isoDate(request.start) : null, end: request.end ? isoDate(request.end) : null, dry_run: request.dryRun ?? false,
  })
  return { raw, keep, replay, remove }
}

/** Every fetched bar as `table symbol_id time close marks fetch`. */
async function stored(): Promise<string[]> {
  const lines = await Promise.all(TIMESPANS.map(async ({ name, table, fills, ofDates }) => {
    const { rows } = await pool.query<{ bar: string }>(`
      select concat_ws(' ', '${name}', symbol_id, to_char(time, 'MM-DD${ofDates ? '' : '"T"HH24'}'), close, ${fills === null ? `case when partial then 'partial' end` : 'filled_by'}, fetch_id) as bar
      from ${table} ${fills === null ? '' : 'where filled_by is not null'} order by symbol_id, time`)
    return rows.map(({ bar }) => bar)
  }))
  return lines.flat()
}

const DAYS = ['2025-01-06 10', '2025-01-07 11', '2025-01-08 12']
const WHOLE = { start: '2025-01-06', end: '2025-01-08' }
const AS_ANSWERED = ['day 1 01-06 10 massive 1', 'day 1 01-07 11 massive 1', 'day 1 01-08 12 massive 1']

await t.test('bars of every length are made of the kept answers alone, marked as of when they were asked for', async (t) => {
  const { keep, replay } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS, pulledAt: '2025-01-08T18:00:00Z' })
  await keep({ ...WHOLE, timespan: 'hour', rows: ['2025-01-07T09:00:00Z 10', '2025-01-07T15:00:00Z 11'], pulledAt: '2025-01-07T15:30:00Z' })
  await keep({ ...WHOLE, timespan: 'week', rows: ['2025-01-05 10'], pulledAt: '2025-01-08T18:00:00Z' })
  await keep({ ...WHOLE, timespan: 'month', rows: ['2025-01-01 10'] })
  await keep({ start: '2025-01-06', timespan: 'minute', rows: ['2025-01-06T15:00:00Z 10'] })
  await keep({ symbol: null, start: '2025-01-03', rows: ['AAA 9', 'BBB 20', 'ZZZ 1'] })
  const before = [
    'hour 1 01-07T09 10 1 2', 'hour 1 01-07T15 11 partial 2', 'day 1 01-03 9 massive 6', 'day 1 01-06 10 massive 1', 'day 1 01-07 11 massive 1', 'day 2 01-03 20 massive 6',
    'week 1 01-05 10 partial 3', 'month 1 01-01 10 4', 'minute 1 01-06T15 10 massive 5',
  ].map((line) => line.replace('10 1 2', '10 2'))
  t.match(await replay({ dry_run: true }), { timespans: [{ timespan: 'hour', inserted: 2 }, { timespan: 'day', inserted: 4, heldBack: 1 }, {}, {}, {}] })
  t.same(await stored(), [], 'a dry run writes nothing')
  const { timespans, failures } = await replay()
  t.match(timespans.find(({ timespan }) => timespan === 'day'), { answers: 2, bars: 5, inserted: 4, heldBack: 1, updated: 0, unchanged: 0, removed: 0, left: 0 }, 'that of the running day is held back')
  t.same(failures, [])
  t.same(await stored(), before)
  t.match((await replay()).timespans.map(({ inserted, updated, removed }) => inserted + updated + removed), [0, 0, 0, 0, 0], 'and again there is nothing to do')
  t.same(await stored(), before)
})

await t.test('bars that were changed, deleted or added behind its back are as they were', async (t) => {
  const { keep, replay } = await begin(t)
  await keep({ ...WHOLE, end: '2025-01-10', rows: DAYS })
  await keep({ ...WHOLE, timespan: 'week', rows: ['2025-01-05 10'] })
  await replay()
  const before = await stored()
  await pool.query(`update ohlcv_daily set close = 99, high = 99 where time = '2025-01-06'; delete from ohlcv_daily where time = '2025-01-07';
    insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id, filled_by, fetch_id) values (1, '2025-01-10', 1, 1, 1, 1, 1, 0, 'massive', 1);
    update ohlcv_weekly set partial = true`)
  t.match((await replay({ dry_run: true })).timespans, [{ timespan: 'day', inserted: 1, updated: 1, unchanged: 1, removed: 1 }, { timespan: 'week', updated: 1 }])
  t.match((await replay()).timespans, [{ inserted: 1, updated: 1, unchanged: 1, removed: 1 }, { updated: 1 }])
  t.same(await stored(), before)
})

await t.test('of several answers the latest counts, of one symbol or of all, whatever is replayed first', async (t) => {
  const { keep, replay } = await begin(t)
  await keep({ start: '2025-01-06', rows: ['2025-01-06 10'] })
  await keep({ symbol: null, start: '2025-01-06', rows: ['AAA 11', 'BBB 5'] })
  await keep({ symbol: null, start: '2025-01-07', rows: ['AAA 20', 'BBB 5'] })
  await keep({ start: '2025-01-07', rows: ['2025-01-07 21'] })
  await replay()
  const before = ['day 1 01-06 11 massive 2', 'day 1 01-07 21 massive 4', 'day 2 01-06 5 massive 2', 'day 2 01-07 5 massive 3']
  t.same(await stored(), before)
  t.match((await replay()).timespans, [{ inserted: 0, updated: 0, removed: 0 }])
  for (const date of ['2025-01-06', '2025-01-07']) {
    await pool.query('delete from ohlcv_daily where time = $1', [date])
    await replay()
    t.same(await stored(), before, date)
  }
  await pool.query('update ohlcv_daily set fetch_id = 1000 where symbol_id = 1')
  await pool.query('update ohlcv_daily set close = 7 where symbol_id = 1')
  await replay()
  t.same(await stored(), before, 'a request that never was is later than none')
})

await t.test('what is asked for is replayed, and nothing else', async (t) => {
  const { keep, replay } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS, job: 'first' })
  await keep({ ...WHOLE, symbol: 'BBB', rows: DAYS, job: 'second' })
  await keep({ ...WHOLE, symbol: 'BBB', timespan: 'week', rows: ['2025-01-05 10'], job: 'second' })
  const after = async (request: Partial<ReplayRequest>) => {
    await pool.query('truncate ohlcv_daily, ohlcv_weekly')
    await replay(request)
    return (await stored()).map((line) => line.split(' ').slice(0, 3).join(' '))
  }
  t.same(await after({ symbols: ['BBB'], timespans: ['day'], range: { start: isoDate('2025-01-07'), end: isoDate('2025-01-07') } }), ['day 2 01-07'])
  t.same(await after({ timespans: ['week'] }), ['week 2 01-05'])
  t.same(await after({ range: { start: isoDate('2025-01-08'), end: isoDate('2025-01-20') } }), ['day 1 01-08', 'day 2 01-08', 'week 2 01-05'])
  t.same(await after({ job: 'first' }), ['day 1 01-06', 'day 1 01-07', 'day 1 01-08'])
  t.same(await after({ provider: 'other' }), [])
})

await t.test('an answer that is gone or damaged is told, its bars stay, and the others go on', async (t) => {
  const { raw, keep, replay } = await begin(t)
  await keep({ start: '2025-01-06', rows: ['2025-01-06 10'] })
  await keep({ start: '2025-01-07', rows: ['2025-01-07 11'] })
  await keep({ start: '2025-01-06', symbol: 'BBB', rows: ['2025-01-06 20'] })
  await replay()
  const before = await stored()
  const folder = path.join(raw, 'massive/2025/02')
  const { rows: [one, two] } = await pool.query<{ page: string }>('select pages[1] as page from fetches order by fetch_id')
  rmSync(path.join(folder, `${one!.page}.json.gz`))
  writeFileSync(path.join(folder, `${two!.page}.json.gz`), 'x')
  await pool.query(`update ohlcv_daily set close = 99 where symbol_id = 2`)
  const { timespans, failures } = await replay()
  t.match(timespans, [{ answers: 1, failed: 2, left: 2, updated: 1, removed: 0 }])
  t.match(failures, [{ fetchId: 1, code: 'ANSWER_GONE', symbol: 'AAA' }, { fetchId: 2, code: 'ANSWER_DAMAGED' }])
  t.same(await stored(), before)
})

await t.test('bars of answers that are no longer kept are left alone, also by an older one that is', async (t) => {
  const { raw, keep, replay } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS })
  await keep({ start: '2025-01-07', rows: ['2025-01-07 21'] })
  await replay()
  const before = await stored()
  await pool.query('update fetches set pruned_at = now() where fetch_id = 2')
  t.match((await replay()).timespans, [{ answers: 1, pruned: 1, left: 1, bars: 2, unchanged: 2, inserted: 0, updated: 0, removed: 0, failed: 0 }])
  t.same(await stored(), before)
  await pool.query('update fetches set pruned_at = now()')
  for (const name of readdirSync(path.join(raw, 'massive/2025/02'))) rmSync(path.join(raw, 'massive/2025/02', name))
  t.match((await replay()).timespans, [{ answers: 0, pruned: 2, left: 3, removed: 0 }])
  t.same(await stored(), before)
})

await t.test('one that is stopped in the middle of an answer leaves the bars of that symbol as they were, and those done before', async (t) => {
  const { raw, keep, replay } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS })
  await keep({ ...WHOLE, symbol: 'BBB', rows: DAYS })
  await keep({ ...WHOLE, symbol: 'BBB', rows: DAYS.slice(1) })
  const stop = new AbortController()
  const kept = openAnswers(raw, {})
  let read = 0
  const stopping = { ...kept, get: (provider: string, at: Date, sha256: string) => {
    if (++read === 2) stop.abort(new Error('stopped'))
    return kept.get(provider, at, sha256)
  } }
  const request = { job: null, provider: null, symbols: null, grouped: false, timespans: null, range: null, dry_run: false }
  await t.rejects(replayAnswers(runtimeOf(pool, { signal: stop.signal }), stopping, request), { message: 'stopped' })
  t.same(await stored(), AS_ANSWERED)
  await replay()
  t.equal((await stored()).length, 6)
})

await t.test('a day file that was loaded since keeps its date, and a bar follows the symbol that has come to name its security', async (t) => {
  const { keep, replay } = await begin(t)
  const files = t.testdir({ files: {} })
  await registerSymbols(pool, manyBars(3).map((bar) => bar.split(',')[0]!))
  await keep({ ...WHOLE, rows: DAYS })
  await replay()
  putDayFile(files, '2025-01-07', manyBars(3))
  await loadDates(pool, directorySource(files), '2025-01-07')
  const rest = AS_ANSWERED.filter((line) => !line.includes('01-07'))
  t.same(await stored(), rest)
  t.match((await replay()).timespans, [{ unchanged: 2, heldBack: 1, inserted: 0, removed: 0 }])
  t.same(await stored(), rest)
  await renameSymbol(runtimeOf(pool), { oldSymbol: 'AAA', newSymbol: 'NEW', on: isoDate('2025-01-08'), reused: false, ...ACCEPTED })
  const moved = await stored()
  t.match((await replay()).timespans, [{ inserted: 0, updated: 0, removed: 0 }])
  t.same(await stored(), moved, 'an identity change has moved the bars as a replay would')
})

await t.test('what a job filled is taken back, and the older answer stands again', async (t) => {
  const { keep, replay, remove } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS, job: 'old' })
  await keep({ ...WHOLE, rows: ['2025-01-06 30', '2025-01-07 11', '2025-01-08 32'], job: 'bad' })
  await keep({ ...WHOLE, timespan: 'week', rows: ['2025-01-05 30'], job: 'bad' })
  await keep({ symbol: null, start: '2025-01-10', rows: ['AAA 33', 'BBB 33'], job: 'bad' })
  await replay()
  const bad = await stored()
  t.match(await remove({ job: 'bad', dryRun: true }), { fetches: 2, fills: 5, beyond: 0 })
  t.same(await stored(), bad)
  const { replayed, ...removed } = await remove({ job: 'bad' })
  t.same(removed, { fetches: 2, fills: 5, beyond: 0 })
  t.match(replayed.timespans, [{ removed: 5, inserted: 3 }])
  t.same(await stored(), [...AS_ANSWERED, 'week 1 01-05 30 3'], 'bars of weeks are no fills')
  t.match((await replay()).timespans[0], { inserted: 0, updated: 0, removed: 0 }, 'nor does a replay bring them back')
  t.match(await remove({ job: 'bad' }), { fetches: 0, fills: 0 })
  await remove({ provider: 'massive' })
  t.same(await stored(), ['week 1 01-05 30 3'])
})

await t.test('an equal answer of another request holds a bar that is taken back from the first', async (t) => {
  const { keep, replay, remove } = await begin(t)
  await keep({ symbol: null, start: '2025-01-06', rows: ['AAA 10', 'BBB 20'], job: 'all' })
  await replay()
  await keep({ start: '2025-01-06', rows: ['2025-01-06 10'], job: 'one' })
  await replay()
  t.same(await stored(), ['day 1 01-06 10 massive 1', 'day 2 01-06 20 massive 1'])
  await remove({ job: 'all' })
  t.same(await stored(), ['day 1 01-06 10 massive 2'])
})

await t.test('only whole requests are taken back: one that reaches beyond the dates is left and told', async (t) => {
  const { keep, replay, remove } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS })
  await keep({ symbol: 'BBB', start: '2025-01-07', rows: ['2025-01-07 20'] })
  await replay()
  t.match(await remove({ provider: 'massive', start: '2025-01-07', end: '2025-01-07' }), { fetches: 1, fills: 1, beyond: 1 })
  t.same(await stored(), AS_ANSWERED)
})

await t.test('a removal that was killed after it was written down is ended by the next one', async (t) => {
  const { keep, replay, remove } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS, job: 'bad' })
  await replay()
  await t.rejects(remove({ job: 'bad' }, { failpoint: () => Promise.reject(new Error('killed')) }), { message: 'killed' })
  t.same(await stored(), AS_ANSWERED)
  t.match(await remove({ job: 'bad' }), { fetches: 0, fills: 3, replayed: { timespans: [{ removed: 3 }] } })
  t.same(await stored(), [])
})

await t.test('what is held beside is made of the kept answers too, whatever was done to it', async (t) => {
  const { keep, replay, remove } = await begin(t)
  await keep({ ...WHOLE, rows: DAYS })
  await keep({ ...WHOLE, timespan: 'week', rows: ['2025-01-05 10'], job: 'second' })
  await keep({ symbol: null, start: '2025-01-08', rows: ['AAA 12', 'BBB 20'], job: 'second' })
  const beside = async () => (await pool.query<{ bar: string }>(`
    select concat_ws(' ', timespan, symbol_id, to_char(time, 'MM-DD'), provider, basis, close, fetch_id) as bar from provider_bars order by timespan, symbol_id, time`)).rows.map(({ bar }) => bar)
  t.match(await replay(), { timespans: [{ timespan: 'week', inserted: 1, beside: 1 }, { timespan: 'day', inserted: 4, beside: 4 }].toReversed() })
  const before = ['day 1 01-06 massive none 10 1', 'day 1 01-07 massive none 11 1', 'day 1 01-08 massive none 12 1', 'day 2 01-08 massive none 20 3', 'week 1 01-05 massive none 10 2']
  t.same(await beside(), before)
  for (const damage of [
    'truncate provider_bars', 'update provider_bars set close = 9, low = 9', 'update provider_bars set fetch_id = 1000, volume = 7', `update provider_bars set basis = 'split'`,
    `delete from provider_bars where time = '2025-01-08'; update provider_bars set time = '2025-01-08' where time = '2025-01-06'`,
  ]) {
    await pool.query(damage)
    t.same((await replay({ dry_run: true })).timespans.map(({ inserted, updated, removed }) => inserted + updated + removed), [0, 0], 'the tables of bars are as they were')
    await replay()
    t.same(await beside(), before, damage)
    t.same((await replay()).timespans.map(({ beside }) => beside), [0, 0])
  }
  await remove({ job: 'second' })
  t.same(await beside(), before.filter((bar) => !bar.startsWith('day 2')), 'what is taken back is held no longer; weeks fill nothing, and are not')
  await pool.query(`update fetches set pruned_at = now() where fetch_id = 1; update provider_bars set close = 9, low = 9 where timespan = 'day'`)
  await replay()
  t.match((await beside())[0], 'day 1 01-06 massive none 9 1', 'what is no longer kept is left as it is')
})
