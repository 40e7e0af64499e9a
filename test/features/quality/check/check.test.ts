import t from 'tap'
import { isoDate } from '../../../../lib/domain/dates.js'
import { readSettings } from '../../../../lib/cli/framework/settings.js'
import { thresholdsOf } from '../../../../lib/cli/framework/thresholds.js'
import { explainFindings } from '../../../../lib/features/quality/explain.js'
import { readExplanationRequest } from '../../../../lib/features/quality/request.js'
import type { Rule } from '../../../../lib/features/quality/rules/rule.js'
import { RULES } from '../../../../lib/features/quality/rules/rules.js'
import { empty, freshDatabase } from '../../../helpers/database.js'
import { runtimeOf } from '../../../helpers/load.js'
import { check, PLAIN_RULES, qualityState } from '../../../helpers/quality.js'
import { insertDay, insertReject, insertRun, insertSymbols, type TestBar } from '../../../helpers/stored-days.js'

/** Sessions of November and December 2016: the 24th is Thanksgiving. */
const DAYS = ['2016-11-21', '2016-11-22', '2016-11-23', '2016-11-25', '2016-11-28', '2016-11-29', '2016-11-30', '2016-12-01', '2016-12-02', '2016-12-05', '2016-12-06', '2016-12-07', '2016-12-08', '2016-12-09']

const bar = (symbolId: number, close = 10, volume = 1000): TestBar => [symbolId, ...Array<string>(4).fill(String(close)), String(volume)] as unknown as TestBar

const { pool } = await freshDatabase(t)
const THRESHOLDS = thresholdsOf(readSettings({}, {}))
await pool.query(`select ohlcv_daily_ensure_partitions('2016-11-01', '2016-12-31')`)
let runId = 0

/** Closes of AAA are 10; those of BBB as given, else 10 too; null: no bar. */
async function load(date: string, close: number | null = 10): Promise<void> {
  await pool.query('delete from ohlcv_daily where time = $1', [date])
  await insertDay(pool, date, { runId, bars: [bar(1), ...(close === null ? [] : [bar(2, close)])] })
}

const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await pool.query<Record<string, unknown>>(sql)).rows

t.beforeEach(async () => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB']])
  runId = await insertRun(pool)
  // As insertDay writes them, all at once.
  await pool.query(`
    with loads as (
      insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated, unchanged, removed, rejected, unknown,
        not_selected, duplicates, rules_version, identity_seq, authoritative)
      select 'day_aggs', date, $2, 'massive', 'key', 'etag', 1, repeat('ab', 32), now(), 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, true from unnest($1::date[]) d (date)
      returning load_id, date
    ), bars as (
      insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id) select symbol_id, date, 10, 10, 10, 10, 1000, load_id from loads cross join (values (1), (2)) s (symbol_id)
    )
    insert into days (dataset, date, load_id, row_count, largest) select 'day_aggs', date, load_id, 2, 2 from loads`, [DAYS, runId])
})

await t.test('what costs a bar its score is in the log, an absent one has none left, and a date has lost the sum', async (t) => {
  await load('2016-12-06', -10)
  await load('2016-12-08', null)
  t.match(await check(pool), { dates: 14, bars: 27, found: 1, explained: 0, resolved: 0, interrupted: false })
  const { log, findings, marks } = await qualityState(pool)
  t.same(log, ['2016-12-06 BBB 2 0.7 {negative}', '2016-12-08 BBB 2 0 {absent}'])
  t.same(findings, ['negative BBB 2016-12-06 2016-12-06 open {"close": "-10"} | 10 -10 -10 -10 -10 1000'])
  t.same(marks!.filter((mark) => !mark.endsWith('judged 2 2 0')), ['2016-12-06 judged 2 2 0.3', '2016-12-08 judged 1 2 1'])
})

await t.test('where everything is as it was no run is opened and nothing written; a date that changed is judged with the five sessions before it and those after', async (t) => {
  await check(pool)
  const before = await rows('select * from quality_marks order by date')
  t.match(await check(pool), { runId: null, dates: 0, bars: 0 })
  t.same(await rows('select * from quality_marks order by date'), before)
  await load('2016-12-02', -10)
  t.match(await check(pool), { dates: 11, found: 1 }, 'from 25 November on, the fifth session before 2 December')
  t.equal((await rows('select from quality_marks where checked_at > (select max(finished_at) from ingestion_runs where run_id = 2)')).length, 11)
})

await t.test('a security is absent that had a bar on nine of ten sessions before, if it trades again within five, or nobody can tell yet', async (t) => {
  const absent = async (without: string[]) => {
    for (const date of DAYS) await load(date, without.includes(date) ? null : 10)
    await check(pool)
    return (await rows(`select date from data_quality_log where failed = '{absent}' order by date`)).map(({ date }) => date)
  }
  t.same(await absent(['2016-12-05']), [], 'nine sessions before are too few to expect anything')
  t.same(await absent(['2016-12-06']), ['2016-12-06'], 'after ten of them, and it is back on the next')
  t.same(await absent(['2016-11-22', '2016-11-23', '2016-12-06']), [], 'eight of ten are not enough')
  t.same(await absent(['2016-12-06', '2016-12-07', '2016-12-08', '2016-12-09']), ['2016-12-06', '2016-12-07'], 'then it has had one on 10 of 12 only')
  for (const date of ['2016-12-12', '2016-12-13', '2016-12-14', '2016-12-15', '2016-12-16']) await load(date, null)
  await check(pool)
  t.same(await rows(`select * from data_quality_log`), [], 'five sessions later it has not come back: it is gone')
  await pool.query(`delete from ohlcv_daily where time = '2016-12-12'`)
  await pool.query(`delete from days where date = '2016-12-12'`)
  await check(pool)
  t.same(await rows(`select * from data_quality_log`), [], 'one of them that is not loaded makes nobody absent')
})

await t.test('a row that was rejected is absent, and the log says by which rule', async (t) => {
  await load('2016-12-06', null)
  await insertReject(pool, '2016-12-06', 3, 'low_above_open', 'BBB', 'BBB,1')
  await insertReject(pool, '2016-12-07', 3, 'null_value', 'BBB', 'BBB,1')
  await insertReject(pool, '2016-12-06', 4, 'null_value', 'NOBODY', 'NOBODY,1')
  await check(pool, { rules: [...PLAIN_RULES, { ...PLAIN_RULES[0]!, name: 'ohlc_order' }] })
  const { log, findings } = await qualityState(pool)
  t.same(log, ['2016-12-06 BBB 2 0 {absent,ohlc_order}'], 'not where a bar stands in its place, and not of a symbol that names nothing')
  t.same(findings, ['ohlc_order BBB 2016-12-06 2016-12-06 open {"rejected": "low_above_open"} | rejected low_above_open'])
})

await t.test('what a person explained stays so while the values stand, and comes back with others', async (t) => {
  await load('2016-12-06', -10)
  await check(pool)
  await pool.query(`update findings set state = 'explained', cause = 'person', reason = 'so it was', explained_by = 'me'`)
  t.match(await check(pool, { again: true }), { dates: 14, found: 0, explained: 0, resolved: 0 })
  t.match(await rows('select state, reason from findings'), [{ state: 'explained', reason: 'so it was' }])
  t.same(await rows('select * from data_quality_log'), [], 'it costs nothing any more')
  await load('2016-12-06', -11)
  await check(pool)
  t.match(await rows('select state, cause, reason, explained_by from findings'), [{ state: 'open', cause: null, reason: null, explained_by: null }])
})

await t.test('what is not found any more is resolved, and that the data changed is written down; what is found again is open again', async (t) => {
  await load('2016-12-06', -10)
  await check(pool)
  await load('2016-12-06', 12)
  t.match(await check(pool), { resolved: 1 })
  t.match(await rows('select state from findings'), [{ state: 'resolved' }])
  t.match(await rows('select kind, symbol, start_date, action, state, before, after from remediation_log'), [{
    kind: 'anomaly', symbol: 'BBB', start_date: '2016-12-06', action: 'restated', state: 'resolved', before: { rule: 'negative', values: '10 -10 -10 -10 -10 1000' }, after: { values: '10 12 12 12 12 1000' },
  }])
  await load('2016-12-06', -10)
  t.match(await check(pool), { found: 1 })
  t.match(await rows('select state from findings'), [{ state: 'open' }], 'the same one')
  await check(pool, { rules: PLAIN_RULES.filter(({ name }) => name !== 'negative') })
  t.equal((await rows('select from remediation_log')).length, 1, 'a rule that is not there any more is no change of data')
})

await t.test('a split explains the move of its ex-date when it is told, and takes that back when it is not true; the score follows', async (t) => {
  for (const date of DAYS.slice(10)) await load(date, 5)
  t.match(await check(pool), { found: 1 })
  t.same((await qualityState(pool)).log, ['2016-12-06 BBB 2 0.8 {continuity}'])
  const split = (to: number) => pool.query(`
    insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at)
    values (2, '2016-12-06', 'yahoo', 1, $1, true, '2016-12-06', 'BBB', 'x', now()) on conflict (symbol_id, ex_date, source) do update set split_to = excluded.split_to`, [to])
  await split(2)
  t.match(await check(pool), { dates: 0, found: 0, explained: 1 })
  t.match(await rows('select state, cause, reason, explained_by from findings'), [{ state: 'explained', cause: 'split', reason: 'split 2:1', explained_by: 'splits_applied' }])
  t.same((await qualityState(pool)).log, [])
  t.match(await rows(`select lost from quality_marks where date = '2016-12-06'`), [{ lost: '0' }])
  await split(10)
  await check(pool)
  t.match(await rows('select state, cause, reason, explained_by from findings'), [{ state: 'open', cause: null, reason: null, explained_by: null }], 'ten for one leaves a larger move than there was')
  t.match(await rows(`select lost from quality_marks where date = '2016-12-06'`), [{ lost: '0.2' }])
})

await t.test('a dividend explains the part of a move that it is', async (t) => {
  for (const date of DAYS.slice(10)) await load(date, 5)
  const dividend = (amount: number) => pool.query(`
    insert into dividends (symbol_id, ex_date, source, kind, amount, known_since, symbol, answer, pulled_at)
    values (2, '2016-12-06', 'yahoo', 'regular', $1, '2016-12-06', 'BBB', 'x', now()) on conflict (symbol_id, ex_date, source, kind) do update set amount = excluded.amount`, [amount])
  await dividend(0.1)
  await check(pool)
  t.match(await rows('select state from findings'), [{ state: 'open' }], 'ten cents are no reason to fall from 10 to 5')
  await dividend(5)
  t.match(await check(pool), { explained: 1 })
  t.match(await rows('select cause, reason from findings'), [{ cause: 'dividend', reason: 'dividend of 5' }])
})

await t.test('a date whose bars went has no mark and no score, and what was found on it is resolved', async (t) => {
  await load('2016-12-06', -10)
  await check(pool)
  await pool.query(`delete from days where date = '2016-12-06'`)
  await pool.query(`delete from ohlcv_daily where time = '2016-12-06'`)
  t.match(await check(pool), { dates: 8, resolved: 1 }, 'five sessions before it and three after')
  t.same(await rows(`select from quality_marks where date = '2016-12-06'`), [])
  t.same(await rows('select * from data_quality_log'), [])
})

await t.test('bars after years without any are judged by themselves', async (t) => {
  await load('2020-03-16', 100)
  await load('2020-03-17', null)
  t.match(await check(pool), { dates: 16, found: 0 })
  t.same(await rows('select * from data_quality_log'), [], 'neither a move since 2016 nor absent after one session')
})

await t.test('the last sessions before years without any are judged by those before them, wherever a lot of dates ends', async (t) => {
  // Twenty are written at once: the last two of these are judged when the bars of years later have been read.
  const MORE = ['2016-12-12', '2016-12-13', '2016-12-14', '2016-12-15', '2016-12-16', '2016-12-19', '2016-12-20', '2016-12-21']
  for (const date of MORE) await load(date, date === '2016-12-20' ? null : 10)
  await load('2016-12-21', -10)
  for (const date of ['2020-03-16', '2020-03-17']) await load(date)
  t.match(await check(pool), { dates: 24 })
  t.same((await qualityState(pool)).log, ['2016-12-20 BBB 2 0 {absent}', '2016-12-21 BBB 2 0.7 {negative}'])
})

await t.test('a threshold that changed has everything judged anew; one that is missing is refused', async (t) => {
  const rules = [{ ...PLAIN_RULES[2]!, thresholds: ['most'] }]
  t.match(await check(pool, { rules, thresholds: { most: 1 } }), { dates: 14 })
  t.match(await check(pool, { rules, thresholds: { most: 1 } }), { dates: 0 })
  t.match(await check(pool, { rules, thresholds: { most: 2 }, start: '2016-12-08' }), { dates: 2 }, 'of those that are asked for')
  t.match(await check(pool, { rules, thresholds: { most: 2 } }), { dates: 12 }, 'and the others when they are')
  await t.rejects(check(pool, { rules }), { code: 'REQUEST_INVALID', message: /thresholds.most is missing/ })
})

await t.test('a check that is stopped has what it has judged, says so, and the next goes on', async (t) => {
  const stop = new AbortController()
  const failpoint = (reached: string): void => {
    if (reached === 'quality-marked') stop.abort(new Error('stopped'))
  }
  t.match(await check(pool, { failpoint, signal: stop.signal }), { dates: 0, interrupted: true })
  t.match(await rows('select status from ingestion_runs order by run_id desc limit 1'), [{ status: 'interrupted' }])
  t.equal((await rows('select from quality_marks where not judged')).length, 14)
  t.match(await check(pool), { dates: 14, interrupted: false })
})

await t.test('two checks at once do the work once', async (t) => {
  const results = await Promise.all([check(pool), check(pool)])
  t.same(results.map(({ dates }) => dates).sort((a, b) => a - b), [0, 14])
})

await t.test('findings of a date that several people explain at once cost it nothing any more', async (t) => {
  const ids = [3, 4, 5, 6]
  await insertSymbols(pool, ids.map((id): [number, string] => [id, `S${id}`]))
  await pool.query(`delete from ohlcv_daily where time = '2016-12-06'`)
  await insertDay(pool, '2016-12-06', { runId, bars: [bar(1), bar(2), ...ids.map((id) => bar(id, -10))] })
  await check(pool, { rules: RULES, thresholds: THRESHOLDS })
  t.same((await qualityState(pool)).log, ids.map((id) => `2016-12-06 S${id} ${id} 0.9 {negative}`))
  const findings = await rows(`select finding_id as id from findings where rule = 'negative' order by 1`)
  await Promise.all(findings.map(({ id }) => explainFindings(runtimeOf(pool), readExplanationRequest({ ids: [id as number], reason: 'seen', by: 'me' }), () => 1)))
  t.same((await qualityState(pool)).log, [])
  t.match(await rows(`select lost from quality_marks where date = '2016-12-06'`), [{ lost: '0' }])
})

await t.test('cells that are no number fail, and do harm to nothing else', async (t) => {
  const spoilt = ['2016-12-05', '2016-12-06', '2016-12-07', '2016-12-08']
  await check(pool, { rules: RULES, thresholds: THRESHOLDS })
  for (const [at, cell] of ['open', 'high', 'close', 'volume'].entries()) {
    await pool.query(`update ohlcv_daily set ${cell} = $1 where symbol_id = 2 and time = $2`, [at % 2 === 0 ? 'NaN' : 'Infinity', spoilt[at]])
  }
  await check(pool, { rules: RULES, thresholds: THRESHOLDS, again: true })
  const { findings } = await qualityState(pool)
  t.same(findings!.map((finding) => finding.split(' ').slice(0, 3).join(' ')).filter((finding) => !finding.startsWith('date')), spoilt.map((date) => `cells BBB ${date}`))
})

await t.test('what is loaded while bars are judged is judged by the next check', async (t) => {
  let isChanged = false
  const failpoint = async (reached: string): Promise<void> => {
    if (reached !== 'quality-marked' || isChanged) return
    isChanged = true
    await load('2016-12-06', -10)
  }
  await check(pool, { failpoint })
  t.match(await check(pool), { dates: 9 }, 'five sessions before the one that changed and three after')
  t.same((await qualityState(pool)).log, ['2016-12-06 BBB 2 0.7 {negative}'])
})

await t.test('what a statement finds is resolved when it finds it no more, where it was asked; of what it finds twice one is kept', async (t) => {
  const found = (date: string) => ({ symbolId: 2, date: isoDate(date), lastDate: isoDate(date), provider: null, cause: null, details: {}, seen: 'x' })
  const rule = (dates: string[]): Rule => ({ ...PLAIN_RULES[0]!, name: 'asked', kind: 'query', timespan: 'week', find: () => Promise.resolve(dates.map(found)) })
  t.match(await check(pool, { rules: [rule(['2016-11-06', '2016-11-06', '2016-11-20', '2016-12-30'])] }), { found: 2 }, 'the last is in none of the ranges')
  t.match(await check(pool, { rules: [rule(['2016-11-20'])], again: true }), { found: 0, resolved: 1 })
  t.match(await rows('select date, state, symbol from findings order by date'), [{ date: '2016-11-06', state: 'resolved', symbol: 'BBB' }, { date: '2016-11-20', state: 'open', symbol: 'BBB' }])
  t.match(await rows('select timespan, start_date from remediation_log'), [{ timespan: 'week', start_date: '2016-11-06' }])
})
