import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import type { DocumentOf } from '../../lib/documents/document.js'
import type { SERVICE_FAILURES } from '../../lib/documents/service/failures.js'
import type { SERVICE_RUN } from '../../lib/documents/service/run.js'
import { withRun } from '../../lib/features/runs/with-run.js'
import { ask } from '../helpers/contract.js'
import { freshDatabase } from '../helpers/database.js'
import { storeFetched } from '../helpers/fetched.js'
import { dayFilePath, directorySource, loadDates, manyBars, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { startService } from '../helpers/service.js'

const NOW = new Date('2025-01-20T12:00:00Z')
const { pool } = await freshDatabase(t)
const { url } = await startService(t, { pool, now: () => NOW })
const root = t.testdir({})
await registerSymbols(pool, [...manyBars(50).map((bar) => bar.slice(0, 4)), 'SPLIT', '=CMD'])
const { rows: [named] } = await pool.query<{ id: number }>(`select symbol_id as id from ticker_symbols where symbol = 'SPLIT'`)
const split = named!.id

// The security splits two for one on the 8th. The file of the 7th is restated later; that of the 8th has a row of a formula for a symbol and a bad bar.
const bars = (price: string) => [...manyBars(50), `SPLIT,${price},${price},${price},${price},100,1`]
const publish = (date: string, ...rows: string[]) => putDayFile(root, date, rows)
const load = (date: string) => loadDates(pool, directorySource(root), date, date, { now: NOW })
publish('2025-01-06', ...bars('100'))
publish('2025-01-07', ...bars('102'))
publish('2025-01-08', ...bars('51.5'), '=CMD,1,1,2,1,1,1')
await load('2025-01-06')
await load('2025-01-07')
await load('2025-01-08')
publish('2025-01-07', ...bars('104'))
await load('2025-01-07')
publish('2025-01-13', ...bars('52'))
putDayFile(root, '2025-01-10', ['NONE,1,1,1,1,1,1'])
await load('2025-01-10')
await load('2025-01-13')
await pool.query(`
  insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at) values ($1, '2025-01-08', 'massive', 1, 2, true, '2025-01-08', 'SPLIT', '', now())`, [split])
await storeFetched(pool, { timespan: 'hour', provider: 'other', requests: [{ symbol: 'SPLIT', start: '2025-01-06', bars: [`${split},2025-01-06T15:00:00Z,100`, `${split},2025-01-06T16:00:00Z,101`] }] })

const get = async <T = Record<string, never>>(path: string) => (await ask(t, url, path)).json as T
const csv = async (path: string) => (await fetch(`${url}/api/v1${path}`)).text()
/** A problem's status and code. */
const refused = async (path: string) => {
  const { status, code } = await get<{ status: number; code: string }>(path)
  return `${status} ${code}`
}

await t.test('bars are told by page, of any length, as traded or adjusted', async (t) => {
  type Bars = { bars: { time: string; close: string; volume: string; load_id: number | null; fetch_id: number | null }[]; next_cursor: string | null }
  const closes = ({ bars: told }: Bars) => told.map(({ time, close, volume }) => `${time} ${close} ${volume}`)
  const first = await get<Bars>('/bars?asset=SPLIT&limit=2')
  t.same(closes(first), ['2025-01-06 100 100', '2025-01-07 104 100'])
  const second = await get<Bars>(`/bars?asset=SPLIT&limit=2&cursor=${first.next_cursor}`)
  t.same([closes(second), second.next_cursor], [['2025-01-08 51.5 100', '2025-01-13 52 100'], null])
  const table = await fetch(`${url}/api/v1/bars?asset=SPLIT&limit=2&format=csv`)
  const next = new URL(/^<(.*)>; rel="next"$/.exec(table.headers.get('link')!)![1]!, table.url)
  t.equal(next.searchParams.get('cursor'), first.next_cursor)
  const last = await fetch(next)
  t.match([await last.text(), last.headers.get('link')], [/^time,.*\n2025-01-08,.*\n2025-01-13,.*\n$/, null], 'CSV has its next page in the header')
  t.same(closes(await get<Bars>('/bars?asset=SPLIT&order=desc&limit=1')), ['2025-01-13 52 100'])
  t.same(closes(await get<Bars>('/bars?asset=SPLIT&adjusted=split&end=2025-01-08')), ['2025-01-06 50 200', '2025-01-07 52 200', '2025-01-08 51.5 100'], 'half of what was traded, of twice as many')
  t.same(closes(await get<Bars>('/bars?asset=SPLIT&adjusted=split&as_of=2025-01-07')), ['2025-01-06 100 100', '2025-01-07 104 100'], 'nothing was known of it, and no later bars')
  const hours = await get<Bars>('/bars?asset=SPLIT&interval=hour&limit=1')
  t.match(hours, { interval: 'hour', bars: [{ time: '2025-01-06T15:00:00.000Z', close: '100', load_id: null, fetch_id: 1 }] })
  t.same(closes(await get<Bars>(`/bars?asset=SPLIT&interval=hour&cursor=${hours.next_cursor}`)), ['2025-01-06T16:00:00.000Z 101 100'])
  t.same(closes(await get<Bars>('/bars?asset=SPLIT&start=2024-01-01&end=2024-12-31')), [])
  t.equal((await csv('/bars?asset=SPLIT&end=2025-01-06&format=csv')).split('\n')[1]!.split(',').slice(0, 8).join(','), '2025-01-06,SPLIT,100,100,100,100,100,1')
})

await t.test('questions that cannot be answered are refused in words', async (t) => {
  const refusals: [string, string][] = [
    ['/bars?asset=NOPE', '404 SYMBOL_UNKNOWN'], ['/bars', '400 REQUEST_INVALID'], ['/bars?asset=SPLIT&interval=hour&adjusted=split', '400 ADJUSTED_DAYS_ONLY'], ['/bars?asset=SPLIT&as_of=2025-01-01', '400 AS_OF_UNADJUSTED'],
    ['/bars?asset=SPLIT&start=2025-02-01&end=2025-01-01', '400 DATES_BACKWARDS'], ['/bars?asset=SPLIT&limit=1001', '400 REQUEST_INVALID'], ['/bars?asset=SPLIT&cursor=W10', '400 CURSOR_INVALID'],
    ['/bars?asset=SPLIT&cursor=%2B', '400 CURSOR_INVALID'], ['/revisions?asset=NOPE', '404 SYMBOL_UNKNOWN'], ['/revisions?cursor=WyJhIl0', '400 CURSOR_INVALID'], ['/revisions?interval=week', '400 REQUEST_INVALID'],
    ['/rejects?start=2025-02-30', '400 DATE_INVALID'], ['/rejects?reason=odd', '400 REQUEST_INVALID'], ['/quality?asset=NOPE', '404 SYMBOL_UNKNOWN'], ['/quality/findings?rule=odd', '400 REQUEST_INVALID'],
    ['/ingestion/runs?status=odd', '400 REQUEST_INVALID'], ['/ingestion/runs/999999', '404 RUN_UNKNOWN'], ['/ingestion/runs/x', '400 REQUEST_INVALID'], ['/ingestion/failures?days=0', '400 REQUEST_INVALID'],
    ['/status/remediation?kind=odd', '400 REQUEST_INVALID'], ['/status/remediation?asset=NOPE', '404 SYMBOL_UNKNOWN'],
  ]
  for (const [question, answer] of refusals) t.equal(await refused(question), answer, question)
})

await t.test('revisions tell what a bar was and is, without the key of the file that said so', async (t) => {
  const told = await get<{ revisions: { asset: string; load_id: number }[] }>('/revisions')
  t.match(told, { revisions: [{ date: '2025-01-07', asset: 'SPLIT', cause: 'vendor', kind: 'changed', changed: ['open', 'high', 'low', 'close'], old: { close: '102' }, new: { close: '104' }, load_id: 4 }], next_cursor: null })
  t.same(await get('/revisions?asset=SPLIT&cause=vendor&start=2025-01-07&end=2025-01-07'), told)
  for (const none of ['/revisions?cause=repair', '/revisions?interval=minute', '/revisions?asset=A000', '/revisions?start=2025-01-08']) t.match(await get(none), { revisions: { length: 0 } }, none)
})

await t.test('rejects tell rows by line and reason, and not what the rows say; a table calculates nothing of them', async (t) => {
  const told = await get<{ rejects: object[] }>('/rejects')
  // The header is line 1, 51 bars follow.
  t.same(told.rejects, [{ date: '2025-01-08', line: 53, reason: 'low_above_open', field: 'low', asset: '=CMD', load_id: 3 }])
  t.equal((await csv('/rejects?format=csv')).split('\n')[1], `2025-01-08,53,low_above_open,low,'=CMD,3`)
  t.same((await get<typeof told>('/rejects?asset=%3DCMD&reason=low_above_open&start=2025-01-08&end=2025-01-08')).rejects, told.rejects)
  for (const none of ['/rejects?asset=A000', '/rejects?reason=duplicate', '/rejects?interval=minute', '/rejects?end=2025-01-07']) t.match(await get(none), { rejects: { length: 0 } }, none)
})

await t.test('a run is told with its dates, counts of rows and checksums of what stands there since; a date that moved on has none', async (t) => {
  type Run = DocumentOf<typeof SERVICE_RUN>
  const { dates: [restated] } = await get<Run>('/ingestion/runs/4')
  const { rows: [day] } = await pool.query<{ checksum: string }>(`select checksum from ohlcv_daily_checksum('2025-01-07')`)
  t.match(restated, {
    dataset: 'day_aggs', date: '2025-01-07', outcome: 'loaded', code: null, load_id: 4, provider: 'massive', row_count: 51, checksum: day!.checksum,
    sha256: createHash('sha256').update(readFileSync(path.join(root, dayFilePath(DAY_AGGS, '2025-01-07')))).digest('hex'),
    rows: { read: 51, staged: 51, inserted: 0, updated: 1, unchanged: 50, removed: 0, rejected: 0, unknown: 0, not_selected: 0, duplicates: 0 },
  })
  t.match((await get<Run>('/ingestion/runs/2')).dates, [{ date: '2025-01-07', outcome: 'loaded', load_id: 2, sha256: null, row_count: null, checksum: null, rows: { inserted: 51 } }])
  t.match(await get<Run>('/ingestion/runs/5'), { run: { run_id: 5, command: 'load', progress: null }, dates: [{ date: '2025-01-10', outcome: 'source_failed', code: 'SOURCE_NO_KNOWN_ROW', checksum: null }], units: { length: 0 }, next_cursor: null })
})

await t.test('a run that is alive says how far it has come, and what providers were asked for it', async (t) => {
  const parameters = { start: '2025-01-06', end: '2025-01-10', only: null }
  const runId = await withRun(runtimeOf(pool), { command: 'load', parameters, version: '1', exitCodeOfError: () => 1 }, async (id) => {
    t.match(await get(`/ingestion/runs/${id}`), { run: { status: 'running', progress: { done: 0, planned: 5 }, finished_at: null, exit_code: null } })
    return { result: id, end: { status: 'succeeded', exitCode: 0, totals: null, message: 'secret' } }
  })
  await pool.query(`update jobs set run_id = $1 where job_id = 'test'`, [runId])
  await pool.query(`
    insert into ingestion_audit (job_id, symbol, timespan, provider, status, code, message, tries, expected, counted, bars, inserted, filled, raw_hash, started_at, finished_at)
    select 'test', symbol, 'day', 'other', 'stored', null, 'secret', '[{"code": "secret"}, {}]', 5, 4, 4, 3, 3, 'ab', now(), now() from unnest('{A000,SPLIT}'::text[]) symbol`)
  const first = await get<{ next_cursor: string }>(`/ingestion/runs/${runId}?limit=1`)
  t.match(first, { run: { progress: null }, dates: { length: 0 }, units: [{ asset: 'A000', interval: 'day', provider: 'other', tries: 2, expected: 5, counted: 4, inserted: 3, filled: 3, sha256: 'ab' }] })
  t.match(await get(`/ingestion/runs/${runId}?limit=1&cursor=${first.next_cursor}`), { units: [{ asset: 'SPLIT' }], next_cursor: null })
  t.notMatch(JSON.stringify(first), 'secret')
})

await t.test('runs can be chosen by command, status and action, and are paged', async (t) => {
  const ids = async (query: string) => (await get<{ runs: { run_id: number }[] }>(`/ingestion/runs?${query}`)).runs.map(({ run_id: id }) => id)
  const all = await ids('')
  t.same(all, [7, 6, 5, 4, 3, 2, 1])
  const first = await get<{ next_cursor: string }>('/ingestion/runs?limit=4')
  t.same(await ids(`cursor=${first.next_cursor}`), [3, 2, 1])
  t.same([await ids('command=load&limit=1'), await ids('command=fetch'), await ids('status=failed'), await ids('action=1')], [[7], [], [], []])
  t.match(await csv('/ingestion/runs?format=csv&limit=1'), /^run_id,command,status.*\n7,load,succeeded,0,,/)
})

await t.test('failures of the last days are told until they are right, and requests that had to be sent again', async (t) => {
  type Failures = DocumentOf<typeof SERVICE_FAILURES>
  await pool.query(`update attempts set started_at = '2025-01-14T12:00:00Z', finished_at = '2025-01-14T12:00:01Z' where run_id = 5`)
  await pool.query(`update ingestion_runs set finished_at = '2025-01-14T12:00:02Z' where run_id = 5`)
  await pool.query(`
    insert into fetches (job_id, provider, symbol, timespan, start_date, end_date, status, code, message, tries, rules_version, identity_seq, pulled_at, duration_ms) values
      ('test', 'other', 'SPLIT', 'day', '2025-01-06', '2025-01-07', 'failed', 'RATE_LIMITED', 'http://secret.example said no', 5, 1, 0, '2025-01-15T12:00:00.000001Z', 1),
      ('test', 'other', 'SPLIT', 'day', '2025-01-06', '2025-01-07', 'empty', null, null, 2, 1, 0, '2025-01-15T12:00:00.000002Z', 1),
      ('test', 'other', 'SPLIT', 'day', '2025-01-06', '2025-01-07', 'empty', null, null, 1, 1, 0, '2025-01-15T12:00:00Z', 1),
      ('test', 'other', 'SPLIT', 'day', '2024-01-06', '2024-01-07', 'failed', 'RATE_LIMITED', null, 5, 1, 0, '2024-12-15T12:00:00Z', 1)`)
  await pool.query(`
    insert into ingestion_runs (command, parameters, version, status, message, started_at, finished_at) values
      ('sync', '{}', '1', 'failed', '/secret/path', '2025-01-16T12:00:00Z', '2025-01-16T13:00:00Z'), ('sync', '{}', '1', 'failed', null, '2024-12-01T12:00:00Z', '2024-12-01T13:00:00Z')`)
  await pool.query(`
    insert into remediation_log (kind, timespan, provider, action, state, occurrences, message, began_at, ended_at)
    values ('rate_limited', 'day', 'other', 'waited', 'failed', 7, 'http://secret.example', '2025-01-17T12:00:00Z', '2025-01-17T12:00:00Z')`)
  const told = await get<Failures>('/ingestion/failures')
  t.match(told.success, { goal: 99, met: false })
  const short = ({ failures }: Failures) => failures.map(({ kind, state, code, retries, resolved }) => `${kind} ${state} ${code} ${retries} ${resolved}`)
  t.same(short(told), [
    'provider rate_limited null 7 false', 'run failed null 0 null', 'request empty null 1 true', 'request failed RATE_LIMITED 4 false', 'date source_failed SOURCE_NO_KNOWN_ROW 0 false',
  ])
  t.same(told.counts, [
    { kind: 'date', failures: 1, unresolved: 1, retries: 0 }, { kind: 'provider', failures: 1, unresolved: 1, retries: 7 }, { kind: 'request', failures: 2, unresolved: 1, retries: 5 }, { kind: 'run', failures: 1, unresolved: 0, retries: 0 },
  ])
  const pages: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Failures = await get<Failures>(`/ingestion/failures?limit=1${cursor && `&cursor=${cursor}`}`)
    pages.push(...short(page))
    cursor = page.next_cursor
  }
  t.same(pages, short(told), 'instants are told apart to the microsecond')
  t.same(short(await get<Failures>('/ingestion/failures?days=50&kind=run')), ['run failed null 0 null', 'run failed null 0 null'])
  t.notMatch(JSON.stringify(told) + await csv('/ingestion/failures?format=csv'), 'secret')
  publish('2025-01-10', ...bars('51'))
  await load('2025-01-10')
  t.equal(short(await get<Failures>('/ingestion/failures?kind=date'))[0], 'date source_failed SOURCE_NO_KNOWN_ROW 0 true')
})

await t.test('mendings are told by asset, interval, kind, state and dates, without messages; a table calculates nothing of them', async (t) => {
  await pool.query(`
    insert into remediation_log (kind, timespan, symbol_id, symbol, start_date, end_date, action, state, before, after, message, began_at, ended_at) values
      ('gap', 'day', $1, 'SPLIT', '2025-01-10', '2025-01-10', 'fetch', 'closed', '{"lacking": 1}', null, 's3://secret/bucket', now(), now()),
      ('anomaly', 'day', $1, '=CMD', '2025-01-08', '2025-01-08', 'explained', 'resolved', '{"state": "open"}', '{"state": "explained", "reason": "secret", "explained_by": "secret"}', 'secret: secret', now(), now())`, [split])
  const told = await get<{ remediations: { kind: string }[]; summary: object[] }>('/status/remediation?asset=SPLIT')
  t.match(told, { remediations: [{ kind: 'anomaly', change: 'state open -> explained', ending: 'it is right now' }, { kind: 'gap', interval: 'day', asset: 'SPLIT', start: '2025-01-10', end: '2025-01-10', what: 'bars were absent', ending: 'no source has it' }], next_cursor: null })
  t.same(told.summary, [{ kind: 'anomaly', state: 'resolved', entries: 1 }, { kind: 'gap', state: 'closed', entries: 1 }])
  const kinds = async (query: string) => (await get<typeof told>(`/status/remediation?${query}`)).remediations.map(({ kind }) => kind)
  t.same([await kinds('kind=gap'), await kinds('state=closed&interval=day'), await kinds('interval=minute'), await kinds('start=2025-01-09&end=2025-01-31'), await kinds('asset=A000')], [['gap'], ['gap'], [], ['gap'], []])
  const table = await csv('/status/remediation?format=csv')
  t.match(table, `,anomaly,day,'=CMD,`)
  t.notMatch(table + JSON.stringify(told), 'secret')
})

await t.test('quality is told of dates, and of a security by what it lacks; findings by rule and state, without who explained them', async (t) => {
  t.match(await get('/quality?limit=50'), { asset: null, score: null, bars: 0, scores: { length: 0 } }, 'nothing was checked')
  t.match(await get('/quality/findings?limit=50'), { counts: { length: 0 }, findings: { length: 0 } })
  await pool.query(`
    insert into quality_marks (date, seen, judged, identity_seq, bars, expected, lost) values
      ('2025-01-06', '', true, 0, 51, 51, 0), ('2025-01-07', '', true, 0, 51, 52, 1.4), ('2025-01-08', '', false, 0, 51, 51, 0)`)
  await pool.query(`
    insert into data_quality_log (symbol, date, symbol_id, score, failed) values ('SPLIT', '2025-01-07', $1, 0.6, '{spike}'), ('A049', '2025-01-07', 49, 0, '{absent}'), ('SPLIT', '2025-01-08', $1, 0.1, '{spike}')`, [split])
  const market = await get<{ scores: object[] }>('/quality')
  // (51 + 52 - 1.4) / 103 and (52 - 1.4) / 52, cut after six digits.
  t.match(market, { score: '0.986407', bars: 102, expected: 103, lost: '1.4', scores: [{ date: '2025-01-07', score: '0.973076', failed: { spike: 1, absent: 1 } }, { date: '2025-01-06', score: '1', failed: {} }] })
  t.match(await get('/quality?asset=SPLIT'), { asset: 'SPLIT', score: '0.8', bars: 2, expected: 2, lost: '0.4', scores: [{ date: '2025-01-07', score: '0.6', failed: { spike: 1 } }] }, 'of the two dates that were judged')
  const first = await get<{ next_cursor: string }>('/quality?limit=1')
  t.match(await get(`/quality?cursor=${first.next_cursor}`), { scores: [{ date: '2025-01-06' }], next_cursor: null })

  await pool.query(`
    insert into findings (rule, symbol_id, symbol, date, last_date, state, cause, details, seen, reason, explained_by) values
      ('spike', $1, 'SPLIT', '2025-01-07', '2025-01-07', 'open', null, '{"close": "104"}', '', null, null), ('split_ratio', $1, 'SPLIT', '2025-01-08', '2025-01-08', 'explained', 'split', '{}', '', '=1+1', 'somebody')`, [split])
  const open = await get<{ findings: object[] }>('/quality/findings?asset=SPLIT')
  t.match(open, { counts: [{ rule: 'spike', state: 'open', findings: 1 }], findings: [{ rule: 'spike', asset: 'SPLIT', start: '2025-01-07', end: '2025-01-07', details: { close: '104' } }] })
  t.equal(open.findings.length, 1)
  const all = await ask(t, url, '/quality/findings?state=all&rule=split_ratio&start=2025-01-08')
  t.match(all.json, { findings: [{ rule: 'split_ratio', state: 'explained', cause: 'split', reason: '=1+1' }] })
  const table = await csv('/quality/findings?state=all&format=csv')
  t.match(table, `,'=1+1,`)
  t.notMatch(all.text + table, 'somebody')
})
