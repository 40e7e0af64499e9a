import t from 'tap'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { ALERT_RULES } from '../../../lib/features/alerts/rules.js'
import type { Situation } from '../../../lib/features/alerts/situation.js'
import { situationOf, type SituationOptions } from '../../../lib/routines/monitor/situation.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { storeFetched } from '../../helpers/fetched.js'
import { dayFilePath, directorySource, loadDates, putDayFile, registerSymbols } from '../../helpers/load.js'
import { CALENDAR, PUBLICATION } from '../../helpers/situation.js'
import { insertRun } from '../../helpers/stored-days.js'

// November 2025: the file of a session is due on the next day at eleven in New York, 16:00 UTC; Thursday 27 is Thanksgiving, and Friday 28 closes at 13:00.

const { pool } = await freshDatabase(t)
const root = t.testdir({})

function seen(now: string, otherwise: Partial<SituationOptions> = {}): Promise<Situation> {
  return situationOf(pool, {
    calendar: CALENDAR, publication: PUBLICATION, now: new Date(now), thresholds: { staleAfter: 60, staleAfterOf: undefined, minQuality: 0.6, minDiskFree: 10 }, watch: ['SPY', 'AAPL'], limits: [], disks: [], ...otherwise,
  })
}

/** What is found, with its dates or symbols; the calendar's news is for another test. */
async function told(now: string, otherwise: Partial<SituationOptions> = {}): Promise<string[]> {
  const situation = await seen(now, otherwise)
  return ALERT_RULES.flatMap((rule) => rule(situation)).filter(({ topic }) => topic !== 'schedule').map(({ kind, topic, parts }) => `${kind}: ${topic} ${parts.join(',')}`.trim())
}

const BARS = ['SPY,10,12,9,11,1000,5', 'AAPL,20,22,19,21,1000,5']

/** Loads dates, all sessions from the first to the last, each from a file of it, at an instant. */
async function load(dates: readonly string[], at: string, bars: readonly string[] = BARS): Promise<void> {
  for (const date of dates) putDayFile(root, date, bars)
  await loadDates(pool, directorySource(root), dates[0]!, dates.at(-1), { now: new Date(at) })
}

await t.test('an empty database is in order on any day', async (t) => {
  for (const now of ['2025-11-21T17:30:00Z', '2025-11-23T17:30:00Z', '2025-11-28T17:30:00Z']) t.same(await told(now), [], now)
})

await t.test('years that are loaded for the first time are late for nobody, whatever is still to come', async (t) => {
  await registerSymbols(pool, ['SPY', 'AAPL'])
  for (const date of ['2025-09-02', '2025-10-01']) await load([date], '2025-11-21T10:00:00Z')
  t.same(await told('2025-11-21T17:30:00Z'), [])
})

await t.test('once a session was loaded soon after it the latest ten are owed, and a hole before them is a known one', async (t) => {
  await load(['2025-11-04'], '2025-11-20T10:00:00Z')
  await load(['2025-11-06', '2025-11-07', '2025-11-10', '2025-11-11', '2025-11-12', '2025-11-13', '2025-11-14', '2025-11-17', '2025-11-18', '2025-11-19'], '2025-11-20T10:00:00Z')
  t.same(await told('2025-11-20T16:59:00Z'), [], 'that of the 5th is not told')
  t.equal((await seen('2025-11-20T16:59:00Z')).datasets[0]?.horizonStart, '2025-11-06')
  await load(['2025-11-20'], '2025-11-21T10:00:00Z')
})

await t.test('a file is late 61 minutes after it was due, on a Saturday; whoever waits for it is named', async (t) => {
  for (const now of ['2025-11-21T22:00:00Z', '2025-11-22T15:59:00Z', '2025-11-22T16:59:00Z', '2025-11-22T17:00:00Z']) t.same(await told(now), [], now)
  t.same(await told('2025-11-22T17:01:00Z'), ['stale: dates day_aggs 2025-11-21'])
  const { assets, datasets } = await seen('2025-11-22T17:01:00Z')
  t.same(assets.map(({ symbol, timespan, dataset, lagMinutes, owed }) => [symbol, timespan, dataset, lagMinutes, ...owed.map(({ date }) => date)].join(' ')), ['SPY day day_aggs 61 2025-11-21', 'AAPL day day_aggs 61 2025-11-21'])
  t.same(datasets.map(({ dataset, owed }) => [dataset, owed.length].join(' ')), ['day_aggs 1', 'minute_aggs 0'])
})

await t.test('neither a newer date nor an old one hides it; that it is loaded does', async (t) => {
  await load(['2025-11-24'], '2025-11-25T16:30:00Z')
  t.same(await told('2025-11-25T17:30:00Z'), ['missing: dates day_aggs 2025-11-21'])
  await load(['2025-10-02', '2025-10-03'], '2025-11-25T17:40:00Z')
  t.same(await told('2025-11-25T17:45:00Z'), ['missing: dates day_aggs 2025-11-21'])
  await load(['2025-11-21'], '2025-11-25T17:50:00Z')
  t.same(await told('2025-11-25T17:55:00Z'), [])
})

await t.test('a holiday, a weekend and a half day owe what the calendar says', async (t) => {
  await load(['2025-11-25', '2025-11-26'], '2025-11-27T17:00:00Z')
  for (const now of ['2025-11-27T18:00:00Z', '2025-11-28T18:00:00Z', '2025-11-29T16:30:00Z']) t.same(await told(now), [], now)
  t.same(await told('2025-11-29T17:01:00Z'), ['stale: dates day_aggs 2025-11-28'], 'the half day')
  await load(['2025-11-28'], '2025-11-29T17:30:00Z')
  for (const now of ['2025-11-30T18:00:00Z', '2025-12-01T18:00:00Z', '2025-12-02T16:30:00Z']) t.same(await told(now), [], now)
})

await t.test('a damaged file is told at once and a file that the source lacks once it is past its grace, with its code, until either is loaded', async (t) => {
  const file = path.join(root, dayFilePath(DAY_AGGS, '2025-12-01'))
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, 'no file of bars')
  await loadDates(pool, directorySource(root), '2025-12-01', '2025-12-01', { now: new Date('2025-12-02T11:00:00Z') })
  t.same(await told('2025-12-02T11:05:00Z'), ['failed: dates day_aggs 2025-12-01'])
  const [failed] = (await seen('2025-12-02T11:05:00Z')).datasets[0]!.owed
  t.match(failed, { state: 'failed', code: /^[A-Z_]+$/ })
  await load(['2025-12-01'], '2025-12-02T11:10:00Z')
  t.same(await told('2025-12-02T17:30:00Z'), [])
  await loadDates(pool, directorySource(root), '2025-12-02', '2025-12-02', { now: new Date('2025-12-04T17:00:00Z') })
  t.match((await seen('2025-12-04T17:05:00Z')).datasets[0]!.owed, [{ date: '2025-12-02', state: 'missing' }, { date: '2025-12-03', state: 'not_loaded' }])
  await load(['2025-12-02', '2025-12-03'], '2025-12-04T17:10:00Z')
})

const ALL_LOADED = '2025-12-04T17:30:00Z'

await t.test('rows that somebody took out behind the loader\'s back are noticed', async (t) => {
  t.same(await told(ALL_LOADED), [])
  await pool.query(`create table taken as select * from ohlcv_daily where time = '2025-12-02' and symbol_id = (select symbol_id from tickers where symbol = 'SPY')`)
  await pool.query(`delete from ohlcv_daily where time = '2025-12-02' and symbol_id in (select symbol_id from taken)`)
  t.same(await told(ALL_LOADED), ['checksum: checksums day_aggs 2025-12-02'])
  await pool.query('insert into ohlcv_daily select * from taken')
  t.same(await told(ALL_LOADED), [])
})

await t.test('a date that no repair could mend is told until one does', async (t) => {
  const mended = (state: string) => pool.query(`
    insert into remediation_log (kind, timespan, start_date, end_date, action, state, ended_at) values ('checksum_mismatch', 'day', '2025-10-01', '2025-10-01', 'reload', $1, '2025-12-04T12:00:00Z')`, [state])
  await mended('failed')
  t.same(await told(ALL_LOADED), ['checksum: checksums day_aggs 2025-10-01'])
  await mended('resolved')
  t.same(await told(ALL_LOADED), [])
})

await t.test('weeks that were fetched once are nobody\'s; fetched again and again they are owed, each once its last session is', async (t) => {
  const { rows: [spy] } = await pool.query<{ id: number }>(`select symbol_id as id from tickers where symbol = 'SPY'`)
  const week = (date: string, pulled: string) => storeFetched(pool, { timespan: 'week', provider: 'massive', requests: [{ symbol: 'SPY', start: date, bars: [`${spy!.id},${date},10`] }] })
    .then(({ fetchIds }) => pool.query('update fetches set pulled_at = $2 where fetch_id = any ($1)', [fetchIds, pulled]))
  await week('2025-11-16', '2025-11-22T20:00:00Z')
  t.same(await told(ALL_LOADED), [], 'the week that ended with the half day is lacking, and nobody fetches weeks')
  await week('2025-11-09', '2025-11-23T20:00:00Z')
  // The week of Sunday 23 ends with Friday 28, and is due with its file.
  t.same(await told('2025-11-29T17:00:00Z'), [])
  t.same(await told('2025-11-29T17:01:00Z', { watch: ['SPY'] }), ['stale: bars week 2025-11-23'])
  t.same(await told('2025-11-29T17:01:00Z', { watch: ['AAPL'] }), [])
  await week('2025-11-23', '2025-11-29T20:00:00Z')
  t.same(await told(ALL_LOADED), [])
  t.same(await told('2025-12-06T17:01:00Z', { watch: ['SPY'] }), ['missing: dates day_aggs 2025-12-04,2025-12-05', 'stale: bars week 2025-11-30'])
  await pool.query(`update fetches set pulled_at = '2025-08-01'`)
})

await t.test('a security that is gone from the universe owes nothing any more', async (t) => {
  await registerSymbols(pool, ['GONE'])
  await load(['2025-12-04'], '2025-12-05T12:00:00Z', [...BARS, 'GONE,5,5,5,5,1,1'])
  await pool.query(`update ticker_symbols set valid = daterange(null, '2025-12-05') where symbol = 'GONE'`)
  const { assets } = await seen('2025-12-06T17:30:00Z', { watch: ['SPY', 'GONE', 'NEVER'] })
  t.same(assets.map(({ symbol, owed }) => [symbol, ...owed.map(({ date }) => date)].join(' ')), ['SPY 2025-12-05', 'GONE'])
  await load(['2025-12-05'], '2025-12-06T17:40:00Z')
})

await t.test('scores, and bars that were expected of more than one session in a row: not those that no source has, but of watched securities', async (t) => {
  const dates = ['2025-12-02', '2025-12-03', '2025-12-04', '2025-12-05']
  await pool.query(`insert into quality_marks (date, seen, judged, identity_seq, bars, expected, lost) select date, '', true, 0, 2, 4, case date when '2025-12-03' then 2 else 1 end from unnest($1::date[]) date`, [dates])
  await pool.query(`insert into data_quality_log (symbol, date, symbol_id, score, failed) values
    ('SPY', '2025-12-02', 1, 0, '{absent}'), ('SPY', '2025-12-03', 1, 0, '{absent}'), ('ONCE', '2025-12-03', 8, 0, '{absent}'), ('LEFT', '2025-12-04', 9, 0, '{absent}'), ('LEFT', '2025-12-05', 9, 0, '{absent}'),
    ('HALTED', '2025-12-02', 10, 0, '{absent}'), ('HALTED', '2025-12-03', 10, 0, '{absent}'), ('OFF', '2025-12-02', 11, 0, '{absent}'), ('OFF', '2025-12-04', 11, 0, '{absent}')`)
  await pool.query(`insert into gap_tries (symbol_id, date, tries, code) select id, date, 1, 'NO_DAILY_DATA' from unnest('{1,10}'::integer[]) id, unnest('{2025-12-02,2025-12-03}'::date[]) date`)
  const { gaps, qualityDates } = await seen('2025-12-07T12:00:00Z')
  t.same(gaps.map(({ symbol, dates, isOver, isWatched }) => [symbol, ...dates, isOver, isWatched].join(' ')), ['LEFT 2025-12-04 2025-12-05 false false', 'SPY 2025-12-02 2025-12-03 true true'])
  t.same(qualityDates, dates.map((date) => ({ date, score: date === '2025-12-03' ? 0.5 : 0.75 })))
  t.same(await told('2025-12-07T12:00:00Z'), ['gap: gaps day_aggs SPY', 'gap: gaps day_aggs LEFT', 'quality: quality day_aggs 2025-12-03'])
  await pool.query('truncate quality_marks, data_quality_log, gap_tries')
})

await t.test('a symbol that files have for the first time is news, not one that they always had, nor where the universe is a choice', async (t) => {
  const now = '2025-12-09T12:00:00Z'
  const others = Array.from({ length: 8 }, (_, n) => `OTHER${n},5,5,5,5,1,1`)
  await registerSymbols(pool, others.map((bar) => bar.split(',')[0]!))
  await load(['2025-10-06'], now, [...BARS, 'OLD,5,5,5,5,1,1'])
  await load(['2025-12-08'], now, [...BARS, ...others, 'OLD,5,5,5,5,1,1', 'NEW,5,5,5,5,1,1'])
  t.same((await seen(now)).newSymbols, [], 'of eight dates before nobody can tell what is new')
  await load(['2025-10-07', '2025-10-08', '2025-10-09', '2025-10-10', '2025-10-13', '2025-10-14', '2025-10-15', '2025-10-16', '2025-10-17', '2025-10-20', '2025-10-21', '2025-10-22', '2025-10-23', '2025-10-24'], now)
  t.same((await seen(now)).newSymbols, [{ symbol: 'NEW', dataset: 'day_aggs', firstSeen: '2025-12-08' }])
  await load(['2025-12-09'], '2025-12-10T12:00:00Z', [...BARS, 'OLD,5,5,5,5,1,1', 'NEWER,5,5,5,5,1,1'])
  t.same((await seen('2025-12-10T12:00:00Z')).newSymbols.map(({ symbol }) => symbol), ['NEW'], 'half of the rows of the next date are unknown')
})

await t.test('changes of the calendar, renames, limits, vendors and what is waiting to be sent', async (t) => {
  const now = '2025-12-09T12:00:00Z'
  await pool.query(`insert into calendar_overrides (exchange, date, kind, closes, reason, created_at) values
    ('XNYS', '2025-12-18', 'early', '13:00', 'storm', '2025-12-08'), ('XNYS', '2025-12-19', 'closed', null, 'mourning', '2025-11-08'), ('XNYS', '2025-12-01', 'closed', null, 'late', '2025-12-08')`)
  await pool.query(`insert into identity_facts (kind, symbol, valid_from, valid_to, new_symbol, cause, told_at) values
    ('renamed', 'OLDCO', '2025-12-05', '2025-12-05', 'NEWCO', 'test', '2025-12-08'), ('renamed', 'LONGAGO', '2019-01-02', '2019-01-02', 'SINCE', 'test', '2025-12-08'), ('renamed', 'WRONG', '2025-12-05', '2025-12-05', 'RIGHT', 'test', '2025-12-08')`)
  await pool.query(`insert into identity_facts (kind, retracts, cause) select 'retracted', fact_id, 'test' from identity_facts where symbol = 'WRONG'`)
  await pool.query(`insert into provider_quota values ('alpha_vantage', 'day', '2025-12-09', 25), ('alpha_vantage', 'day', '2025-12-08', 20), ('alpha_vantage', 'month', '2025-12-01', 45)`)
  await pool.query(`insert into vendor_status values ('yahoo', 'unavailable', 'probe', 'HTTP_503', 9, '2025-12-09T11:00:00Z', '2025-12-09T11:50:00Z', '2025-12-09T12:05:00Z')`)
  await pool.query(`insert into notices (event, document, created_at) values ('test', '{}', '2025-12-09T10:00:00Z'), ('test', '{}', '2025-12-09T11:30:00Z')`)
  await pool.query(`insert into deliveries (notice_id, channel, tries, sent_at, code) values (1, 'mail', 3, null, 'CHANNEL_UNREACHABLE'), (2, 'mail', 1, null, 'CHANNEL_UNREACHABLE'), (1, 'slack', 1, '2025-12-09T10:00:01Z', null), (1, 'webhook', 0, null, null)`)
  const found = await seen(now, { limits: [{ name: 'alpha_vantage', priority: 2, tier: 'secondary', enabled: true, perSecond: null, perMinute: 5, perDay: 25, perMonth: null }], disks: [{ name: 'database', folder: root }, { name: 'answers', folder: root }, { name: 'nowhere', folder: path.join(root, 'none') }] })
  t.same(found.calendarChanges, [{ id: '2025-12-18 early 13:00', date: '2025-12-18', what: 'closes at 13:00 (storm)' }])
  t.same(found.symbolChanges.map(({ from, to, date }) => [from, to, date]), [['OLDCO', 'NEWCO', '2025-12-05']])
  t.same(found.providers.find(({ provider }) => provider === 'alpha_vantage')?.quotas, [{ period: 'day', used: 25, limit: 25, renewed: new Date('2025-12-10T00:00:00Z') }])
  t.match(found.providers.find(({ provider }) => provider === 'yahoo'), { state: 'unavailable', since: new Date('2025-12-09T11:00:00Z'), code: 'HTTP_503' })
  t.same(found.undeliverable, [{ channel: 'mail', notices: 1, since: new Date('2025-12-09T10:00:00Z'), code: 'CHANNEL_UNREACHABLE' }])
  t.match(found.disks, [{ name: 'database' }])
  t.ok(found.disks[0]!.freeBytes > 0 && found.disks[0]!.freeBytes <= found.disks[0]!.totalBytes)
})

await t.test('runs', async (t) => {
  await empty(pool)
  const NOW = '2016-11-29T18:00:00Z'
  const run = (status: string, command = 'load', totals: object | null = null) => insertRun(pool, status).then(async (runId) => {
    await pool.query('update ingestion_runs set command = $2, totals = $3 where run_id = $1', [runId, command, totals])
    return runId
  })
  const attempt = (runId: number, date: string, outcome: string, code: string | null = null) =>
    pool.query(`insert into attempts (run_id, dataset, date, outcome, code, started_at, finished_at) values ($1, 'day_aggs', $2, $3, $4, '2016-11-29T17:00:00Z', '2016-11-29T17:00:01Z')`, [runId, date, outcome, code])
  const failed = async (now = NOW) => (await seen(now)).failedRuns.map(({ runId, command, status, what, onlyDates }) => [runId, command, status, what, onlyDates].join(' | '))

  await t.test('one that died is told, one that was stopped is not, and a good one ends it; as does time', async (t) => {
    const died = await run('running')
    await run('interrupted')
    t.same(await failed(), [`${died} | load | died |  | false`])
    t.same(await failed('2016-12-04T17:00:00Z'), [])
    t.equal((await seen(NOW)).lastRun, null, 'and nothing is expected to run where nobody keeps up with anything')
    await attempt(died + 1, '2016-11-28', 'unchanged')
    t.same((await seen(NOW)).lastRun, { runId: died + 1, at: new Date('2016-11-29T17:00:00Z') })
    await run('succeeded', 'sync')
    t.same((await failed()).length, 1, 'a good one of another command does not')
    await run('succeeded')
    t.same(await failed(), [])
  })

  await t.test('dates that failed are named, until they are loaded', async (t) => {
    const runId = await run('failed')
    await attempt(runId, '2012-05-01', 'source_failed', 'GZIP_DAMAGED')
    await attempt(runId, '2012-05-02', 'loaded')
    await attempt(runId, '2012-05-03', 'locked', 'DATE_LOCKED')
    await pool.query(`update ingestion_runs set message = 'postgres://user:secret@host refuses' where run_id = $1`, [runId])
    t.same(await failed(), [`${runId} | load | failed | 2012-05-01 GZIP_DAMAGED | false`], 'and not in the words of errors')
    await pool.query('update ingestion_runs set message = null where run_id = $1', [runId])
    t.same(await failed(), [`${runId} | load | failed | 2012-05-01 GZIP_DAMAGED | false`])
    await attempt(await run('interrupted'), '2012-05-01', 'loaded')
    t.same(await failed(), [`${runId} | load | failed |  | true`])
  })

  await t.test('of a sync the steps that failed and the sessions that nobody gave', async (t) => {
    const session = (date: string, counts_as: string) => ({ date, counts_as, outcome: counts_as, code: null })
    const runId = await run('failed', 'sync', { steps: { day_files: { state: 'failed', code: 'SOURCE_UNREACHABLE' }, quality: { state: 'done', code: null } }, sessions: [session('2012-05-03', 'forbidden'), session('2012-05-04', 'loaded')] })
    t.same((await failed())[0], `${runId} | sync | failed | the step day_files (SOURCE_UNREACHABLE) failed; 2012-05-03 forbidden | false`)
  })
})
