import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { json } from 'node:stream/consumers'
import path from 'node:path'
import t from 'tap'
import { metrics as command } from '../../lib/cli/commands/metrics.js'
import { FAMILIES } from '../../lib/features/metrics/families.js'
import { tokensOf } from '../../lib/http/framework/access.js'
import { callProgram } from '../helpers/call-program.js'
import { freshDatabase } from '../helpers/database.js'
import { HAS_PROMTOOL, promtool, readExposition } from '../helpers/prometheus.js'
import { runCommand } from '../helpers/run-command.js'
import { READER_TOKEN, startService } from '../helpers/service.js'
import { insertAttempt, insertDay, insertRun, insertSymbols } from '../helpers/stored-days.js'

const NOW = '2025-01-08T17:01:00Z'
const { pool, url } = await freshDatabase(t)

/** What `ohlcv metrics` prints. */
const printed = async (): Promise<string> => `${(await runCommand(command, ['metrics'], { pool, now: NOW })).text}\n`

const at = (instant: string): number => Date.parse(instant) / 1000

await t.test('an empty database has metrics, and none that says more than it knows', async (t) => {
  const { values } = readExposition(await printed())
  t.equal(values.get('ohlcv_alerts_open{kind="stale",severity="critical"}'), 0, 'a rule hears of it before there ever was one')
  t.notOk([...values.keys()].some((key) => /^ohlcv_(freshness_lag|coverage|run_success|quality_ratio|alert_evaluation)/.test(key)), 'nothing was loaded, run, judged or looked at')
})

/** The sessions of 2 and 3 January are loaded. The file of Monday 6 was due on Tuesday at 11:00 in New York, 16:00 UTC, and failed; that of Tuesday 7 was due an hour ago, and does not count as missing yet. */
async function fill(): Promise<void> {
  const runId = await insertRun(pool)
  await insertSymbols(pool, [[1, 'AAPL'], [2, 'MSFT'], [3, 'SPY']])
  await insertDay(pool, '2025-01-02', { bars: 3, runId, rejected: 1, unknown: ['ZZZ'] })
  await insertDay(pool, '2025-01-03', { bars: 2, runId })
  await insertAttempt(pool, runId, '2025-01-03', 'loaded')
  const { rows: [{ run_id: failedRun } = { run_id: 0 }] } = await pool.query<{ run_id: number }>(`
    with runs as (
      insert into ingestion_runs (command, parameters, version, status, started_at, finished_at) values
        ('sync', '{}', '0.1.0', 'succeeded', '2024-12-09T16:00:00Z', '2024-12-09T17:00:59Z'),
        ('sync', '{}', '0.1.0', 'succeeded', '2025-01-06T01:00:00Z', '2025-01-06T01:10:00Z'),
        ('sync', '{}', '0.1.0', 'failed', '2025-01-07T01:00:00Z', '2025-01-07T01:20:00Z'),
        ('sync', '{}', '0.1.0', 'interrupted', '2025-01-07T05:00:00Z', '2025-01-07T05:01:00Z'),
        ('load', '{}', '0.1.0', 'running', '2025-01-08T01:00:00Z', null)
      returning run_id, status)
    select run_id from runs where status = 'failed'`)
  await pool.query(`insert into attempts (run_id, dataset, date, outcome, code, started_at, finished_at) values ($1, 'day_aggs', '2025-01-06', 'source_failed', 'GZIP_DAMAGED', '2025-01-07T01:05:00Z', '2025-01-07T01:06:00Z')`, [failedRun])
  await pool.query(`
    insert into quality_marks (date, seen, judged, identity_seq, bars, expected, lost) values ('2025-01-02', 's', true, 0, 3, 4, 1), ('2025-01-03', 's', true, 0, 2, 4, 3), ('2024-12-31', 's', false, 0, null, null, null);
    insert into findings (rule, symbol_id, symbol, date, last_date, state, cause, details, seen) values
      ('spike', 1, 'AAPL', '2025-01-02', '2025-01-02', 'open', null, '{}', 's'), ('spike', 2, 'MSFT', '2025-01-02', '2025-01-02', 'open', null, '{}', 's'), ('spike', 3, 'SPY', '2025-01-02', '2025-01-02', 'explained', 'news', '{}', 's');
    insert into vendor_status (provider, state, shown_by, changed_at, checked_at, valid_until) values ('massive', 'unavailable', 'probe', '2025-01-08T16:00:00Z', '2025-01-08T17:00:00Z', '2025-01-08T17:15:00Z');
    insert into provider_quota (provider, period, starts, used) values ('massive', 'month', date_trunc('month', clock_timestamp() at time zone 'UTC')::date, 49990);
    insert into provider_metrics (provider_name, date, requests, succeeded, failed, rate_limited, bars, bytes, latency_ms, expected, counted) values
      ('massive', (clock_timestamp() at time zone 'UTC')::date, 10, 7, 3, 2, 1000, 5000, 2500, 100, 99), ('massive', (clock_timestamp() at time zone 'UTC')::date - 30, 1, 1, 0, 0, 1, 1, 1, 1, 1);
    insert into jobs (job_id, kind, request, state) values ('a', 'fetch', '{}', 'queued'), ('b', 'poll', '{}', 'running'), ('c', 'fetch', '{}', 'completed');
    insert into alerts (cause, topic, kind, severity, summary, opened_at, seen_at, cleared_at) values
      ('dates day_aggs 2025-01-06', 'dates day_aggs', 'stale', 'warning', 'late', '2025-01-07T17:00:00Z', '2025-01-08T17:00:00Z', null),
      ('runs sync', 'runs sync', 'run_failed', 'critical', 'failed', '2025-01-07T01:30:00Z', '2025-01-07T02:00:00Z', '2025-01-07T03:00:00Z'),
      ('quota massive', 'quota massive', 'quota', 'warning', 'used up', '2024-12-01T00:00:00Z', '2024-12-01T01:00:00Z', '2024-12-01T02:00:00Z');
    insert into notices (alert_id, event, document, created_at) values (1, 'opened', '{}', '2025-01-08T16:01:00Z'), (2, 'opened', '{}', '2025-01-07T01:30:00Z'), (2, 'cleared', '{}', '2025-01-07T03:00:00Z'), (3, 'opened', '{}', '2024-12-01T00:00:00Z');
    insert into deliveries (notice_id, channel, sent_at, given_up_at) values (1, 'mail', '2025-01-08T16:02:00Z', null), (1, 'slack', null, null), (2, 'mail', '2025-01-07T01:31:00Z', null), (3, 'mail', '2025-01-07T03:01:00Z', null),
      (2, 'slack', null, '2025-01-08T01:30:00Z'), (4, 'mail', '2024-12-01T00:01:00Z', null);
    insert into alert_check values (true, '2025-01-08T17:00:00Z', 42, 1)`)
}

/** All values but those of the program and the zeros of what is not. */
const EXPECTED: Readonly<Record<string, number>> = {
  'ohlcv_metrics_timestamp_seconds': at(NOW),
  // 16:00 on the 7th to 17:01 on the 8th are 1,501 minutes.
  'ohlcv_freshness_lag_seconds{dataset="day_aggs"}': 1501 * 60,
  // None of the three that are watched has a bar of the 6th and 7th; days are told of each, other lengths of none.
  'ohlcv_watched_lag_seconds{interval="day"}': 1501 * 60, 'ohlcv_watched_lacking{interval="day"}': 3,
  // The session of the 8th; the exchange is closed on the 9th, and the file is there all the same.
  'ohlcv_next_due_timestamp_seconds{dataset="day_aggs"}': at('2025-01-09T16:00:00Z'),
  'ohlcv_sessions_owed{dataset="day_aggs"}': 4, 'ohlcv_sessions_loaded{dataset="day_aggs"}': 2, 'ohlcv_coverage_ratio{dataset="day_aggs"}': 0.5,
  'ohlcv_dates_30d{dataset="day_aggs",state="loaded"}': 2, 'ohlcv_dates_30d{dataset="day_aggs",state="failed"}': 1, 'ohlcv_dates_30d{dataset="day_aggs",state="not_loaded"}': 1, 'ohlcv_dates_30d{dataset="day_aggs",state="not_published"}': 1,
  'ohlcv_loads_total{dataset="day_aggs",provider="massive"}': 2, 'ohlcv_file_bytes_total{dataset="day_aggs",provider="massive"}': 2 * 345_678,
  'ohlcv_file_rows_total{dataset="day_aggs",provider="massive",result="inserted"}': 5, 'ohlcv_file_rows_total{dataset="day_aggs",provider="massive",result="rejected"}': 1,
  'ohlcv_file_rows_total{dataset="day_aggs",provider="massive",result="unknown"}': 1,
  'ohlcv_last_load_timestamp_seconds{dataset="day_aggs",provider="massive"}': at('2016-11-29T17:00:01Z'), 'ohlcv_file_bars{dataset="day_aggs"}': 5,
  'ohlcv_runs_30d{command="load",status="died"}': 1, 'ohlcv_runs_30d{command="sync",status="failed"}': 1, 'ohlcv_runs_30d{command="sync",status="interrupted"}': 1, 'ohlcv_runs_30d{command="sync",status="succeeded"}': 1,
  'ohlcv_run_success_30d_ratio': 1 / 3,
  'ohlcv_last_run_timestamp_seconds{command="load"}': at('2016-11-29T17:02:05Z'), 'ohlcv_last_run_timestamp_seconds{command="sync"}': at('2025-01-07T05:01:00Z'),
  'ohlcv_last_success_timestamp_seconds{command="load"}': at('2016-11-29T17:02:05Z'), 'ohlcv_last_success_timestamp_seconds{command="sync"}': at('2025-01-06T01:10:00Z'),
  'ohlcv_last_run_duration_seconds{command="load"}': 125, 'ohlcv_last_run_duration_seconds{command="sync"}': 60, 'ohlcv_longest_run_30d_duration_seconds{command="sync"}': 1200,
  'ohlcv_outcomes_30d{dataset="day_aggs",outcome="source_failed"}': 1,
  'ohlcv_failures_30d{kind="date"}': 1, 'ohlcv_failures_unresolved_30d{kind="date"}': 1, 'ohlcv_failures_30d{kind="run"}': 3,
  'ohlcv_jobs{kind="fetch",state="queued"}': 1, 'ohlcv_jobs{kind="poll",state="died"}': 1,
  'ohlcv_quality_ratio': 0.5, 'ohlcv_quality_lowest_30d_ratio': 0.25, 'ohlcv_quality_unjudged_dates': 1, 'ohlcv_findings_open{rule="spike"}': 2,
  // Of 4 and 4 expected 1 and 2 are not there; of the 6th, which counts as the largest, all 4.
  'ohlcv_symbol_updates_expected_30d': 12, 'ohlcv_symbol_updates_failed_30d': 7, 'ohlcv_symbol_updates_failed_30d_ratio': 7 / 12,
  'ohlcv_provider_state{provider="alpha_vantage",state="unknown"}': 1, 'ohlcv_provider_state{provider="massive",state="unavailable"}': 1,
  'ohlcv_provider_state{provider="stooq",state="unknown"}': 1, 'ohlcv_provider_state{provider="yahoo",state="unknown"}': 1,
  'ohlcv_provider_requests_30d{provider="massive",result="succeeded"}': 7, 'ohlcv_provider_requests_30d{provider="massive",result="rate_limited"}': 2, 'ohlcv_provider_requests_30d{provider="massive",result="failed"}': 1,
  'ohlcv_provider_request_30d_duration_seconds{provider="massive"}': 2.5, 'ohlcv_provider_received_30d_bytes{provider="massive"}': 5000, 'ohlcv_provider_bars_30d{provider="massive"}': 1000,
  'ohlcv_provider_completeness_30d_ratio{provider="massive"}': 0.99,
  'ohlcv_alerts_open{kind="stale",severity="warning"}': 1, 'ohlcv_alerts_opened_30d{kind="run_failed"}': 1, 'ohlcv_alerts_opened_30d{kind="stale"}': 1,
  'ohlcv_alerts_sent_30d{channel="mail",event="opened"}': 2, 'ohlcv_alerts_sent_30d{channel="mail",event="cleared"}': 1,
  // Written at 16:01.
  'ohlcv_notices_waiting{channel="slack"}': 1, 'ohlcv_notices_waiting_age_seconds{channel="slack"}': 3600, 'ohlcv_notices_given_up_30d{channel="slack"}': 1,
  'ohlcv_alert_evaluation_timestamp_seconds': at('2025-01-08T17:00:00Z'), 'ohlcv_alert_evaluation_duration_seconds': 0.042,
}

await t.test('every metric says what the ledger has', async (t) => {
  await fill()
  const { values } = readExposition(await printed())
  const told = [...values].filter(([key, value]) => value !== 0 && !/^ohlcv_(build_info|database_size_bytes|provider_quota_)/.test(key))
  t.same(Object.fromEntries(told), EXPECTED)
  t.equal(values.get('ohlcv_provider_quota_limit{provider="massive",period="month"}')! - values.get('ohlcv_provider_quota_left{provider="massive",period="month"}')!, 49_990)
  t.ok(values.get('ohlcv_database_size_bytes')! > 1_000_000)
})

await t.test('names and types are by the conventions of Prometheus, and no label has a symbol, a date, a host or an address', async (t) => {
  const text = await printed()
  const { types, values } = readExposition(text)
  for (const [name, type] of types) t.equal(type === 'counter', name.endsWith('_total'), name)
  t.same([...types.keys()].filter((name) => !/^ohlcv_[a-z0-9_]+$/.test(name) || /_(count|sum|bucket|ms|minutes|percent|kb|mb)$/.test(name)), [])
  t.equal(new Set(FAMILIES.map(({ name }) => name)).size, FAMILIES.length)
  t.same([...values.keys()].filter((key) => /AAPL|MSFT|SPY|ZZZ|\d{4}-\d\d|127\.0\.0\.1|localhost|:\/\/|GZIP/.test(key)), [])
  t.ok(values.size < 250, `${values.size} values`)
  if (HAS_PROMTOOL) t.equal(promtool(['check', 'metrics'], { input: text }), '')
})

await t.test('a service that was just started tells the same, and nobody without a token where reading needs one', async (t) => {
  const { url: open } = await startService(t, { pool, now: () => new Date(NOW) })
  const answer = await fetch(`${open}/metrics`)
  t.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  t.equal(await answer.text(), await printed())
  const { url: closed } = await startService(t, { pool, now: () => new Date(NOW), tokens: tokensOf({ reader: READER_TOKEN }) })
  t.equal((await fetch(`${closed}/metrics`)).status, 401)
  t.equal((await fetch(`${closed}/metrics`, { headers: { authorization: `Bearer ${READER_TOKEN}` } })).status, 200)
})

await t.test('a file for node_exporter is written whole or not at all', async (t) => {
  const folder = t.testdir({ 'ohlcv.prom': 'what was there', full: {} })
  const file = path.join(folder, 'ohlcv.prom')
  t.match((await runCommand(command, ['metrics', '--prom', file], { pool, now: NOW })), { exitCode: 0, text: `Wrote ${file}`, json: { file, pushed: [] } })
  t.equal(readFileSync(file, 'utf8'), await printed())
  await t.rejects(runCommand(command, ['metrics', '--prom', path.join(folder, 'full')], { pool, now: NOW }), { code: 'OUTPUT_UNWRITABLE' })
  t.same(readdirSync(folder).toSorted(), ['full', 'ohlcv.prom'], 'nothing is left beside it')
})

interface OtlpPoint {
  startTimeUnixNano: string
  timeUnixNano: string
  asDouble: number
  attributes: { key: string; value: { stringValue: string } }[]
}

interface OtlpMetric {
  name: string
  unit: string
  sum?: { isMonotonic: boolean; aggregationTemporality: number; dataPoints: OtlpPoint[] }
  gauge?: { dataPoints: OtlpPoint[] }
}

interface OtlpRequest {
  resourceMetrics: { resource: { attributes: { key: string; value: { stringValue: string } }[] }; scopeMetrics: { metrics: OtlpMetric[] }[] }[]
}

/** A receiver of OTLP over HTTP that keeps what it is sent and answers as it is told to. */
async function otlpReceiver(answer: () => number): Promise<{ server: Server; endpoint: string; received: { path: string | undefined; body: OtlpRequest }[] }> {
  const received: { path: string | undefined; body: OtlpRequest }[] = []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    received.push({ path: request.url, body: (await json(request)) as OtlpRequest })
    response.writeHead(answer(), { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer((request, response) => void take(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, received, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

await t.test('they are pushed by OTLP, counters as having begun with the database and not with the process', async (t) => {
  let status = 200
  const { server, received, endpoint } = await otlpReceiver(() => status)
  t.teardown(() => server.close())
  const push = (now: string) => runCommand(command, ['metrics', '--push'], { pool, now, env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } })
  t.match(await push(NOW), { exitCode: 0, text: /^Pushed \d+ values to otlp$/, json: { pushed: [{ receiver: 'otlp', error: null }] } })
  await push('2025-01-08T17:11:00Z')
  const [first, second] = received.map(({ body: { resourceMetrics: [told] } }) => new Map(told!.scopeMetrics[0]!.metrics.map((metric) => [metric.name, metric])))
  t.equal(received[0]!.path, '/v1/metrics')
  t.match(Object.fromEntries(received[0]!.body.resourceMetrics[0]!.resource.attributes.map(({ key, value }) => [key, value.stringValue])), { 'service.name': 'ohlcv', 'service.version': /^\d/ })
  const rows = first!.get('ohlcv_file_rows_total')!
  t.match(rows.sum, { isMonotonic: true, aggregationTemporality: 2 })
  const inserted = rows.sum!.dataPoints.find(({ attributes }) => attributes.some(({ value }) => value.stringValue === 'inserted'))!
  t.equal(inserted.asDouble, 5)
  const { rows: [{ made } = { made: '' }] } = await pool.query<{ made: string }>('select trunc(extract(epoch from min(applied_at)) * 1000)::text as made from schema_migrations')
  t.equal(inserted.startTimeUnixNano, `${made}000000`)
  t.equal(second!.get('ohlcv_file_rows_total')!.sum!.dataPoints[0]!.startTimeUnixNano, inserted.startTimeUnixNano)
  t.equal(inserted.timeUnixNano, `${Date.parse(NOW)}000000`)
  t.match(first!.get('ohlcv_freshness_lag_seconds'), { unit: 's', gauge: { dataPoints: [{ asDouble: 90_060 }] } })
  t.equal(first!.get('ohlcv_file_bytes_total')!.unit, 'By')
  t.same(first!.get('ohlcv_provider_bars_30d')!.gauge!.dataPoints[0]!.attributes, [{ key: 'provider', value: { stringValue: 'massive' } }])
  status = 400
  const refused = await push(NOW)
  t.match(refused, { exitCode: 3, json: { pushed: [{ receiver: 'otlp', error: { code: 'METRICS_NOT_TAKEN', message: /HTTP 400/ } }] } })
  t.notMatch(refused.text, endpoint.slice('http://'.length))
  const nowhere = await runCommand(command, ['metrics', '--push'], { pool, now: NOW, env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' } })
  t.match(nowhere, { exitCode: 3, text: /no address that begins with http/ })
})

await t.test('they are sent to DogStatsD, all of them as gauges', async (t) => {
  const receiver = createSocket('udp4')
  t.teardown(() => receiver.close())
  const lines: string[] = []
  receiver.on('message', (message) => lines.push(...message.toString().split('\n').filter((line) => line !== '')))
  await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve))
  const { json } = await runCommand(command, ['metrics', '--push'], { pool, now: NOW, settings: { statsd: `127.0.0.1:${receiver.address().port}` } })
  const [{ samples } = { samples: 0 }] = json['pushed'] as { samples: number }[]
  while (lines.length < samples) await once(receiver, 'message')
  t.equal(lines.length, samples)
  t.ok(lines.includes('ohlcv.file_rows_total:5|g|#dataset:day_aggs,provider:massive,result:inserted'))
  t.ok(lines.includes('ohlcv.freshness_lag_seconds:90060|g|#dataset:day_aggs'))
})

await t.test('a push with nobody to push to is an error, and a wrong address is one before anything is read', async (t) => {
  t.match(await callProgram(['metrics', '--push', '--json'], { DATABASE_URL: url }), { code: 2, stdout: /METRICS_NO_RECEIVER/ })
  t.match(await callProgram(['metrics', '--push', '--json'], { DATABASE_URL: 'postgres://127.0.0.1:1/x', OHLCV_STATSD: 'agent' }), { code: 2, stdout: /SETTING_INVALID[^]*OHLCV_STATSD must be host:port/ })
})

await t.test('what is pruned takes nothing from a counter', async (t) => {
  const counters = async () => [...readExposition(await printed()).values].filter(([key]) => /^\w+_total\b/.test(key))
  const before = await counters()
  t.ok(before.length > 5)
  await pool.query(`
    delete from deliveries; delete from notices; delete from alerts; delete from provider_metrics; delete from jobs; delete from attempts; delete from findings; delete from quality_marks; delete from alert_check;
    delete from ingestion_runs r where not exists (select from lineage l where l.run_id = r.run_id)`)
  t.same(await counters(), before)
})
