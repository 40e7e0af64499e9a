import t from 'tap'
import type pg from 'pg'
import { openRun, closeRun } from '../../lib/store/runs/runs.js'
import { importListings } from '../../lib/features/universe/import.js'
import { undated } from '../../lib/formats/listing.js'
import { API } from '../../lib/http/framework/openapi.js'
import type { Route } from '../../lib/http/framework/route.js'
import { PLACES } from '../../lib/http/places.js'
import { ROUTES } from '../../lib/http/routes.js'
import { faultsOf } from '../helpers/contract.js'
import { freshDatabase } from '../helpers/database.js'
import { ACCEPTED, fixtureSource, loadDates, runtimeOf } from '../helpers/load.js'
import { ADMIN_TOKEN, startService, TOKENS } from '../helpers/service.js'
import { insertAttempt } from '../helpers/stored-days.js'

/** What is told to everybody: names and codes that say what something is, words that people wrote for people, and hashes. Every other text of the database is nobody's business. */
const TOLD = new Set([
  'tickers.symbol', 'tickers.name', 'tickers.type', 'tickers.exchange', 'ticker_symbols.symbol', 'identity_facts.symbol', 'identity_facts.new_symbol', 'datasets.dataset', 'datasets.relation',
  'lineage.dataset', 'lineage.provider', 'lineage.sha256', 'days.dataset', 'attempts.dataset', 'attempts.outcome', 'attempts.code', 'ingestion_runs.command', 'rejected_rows.symbol', 'unknown_symbols.symbol', 'calendar_overrides.reason',
  'fetches.provider', 'fetches.symbol', 'fetches.code', 'fetches.raw_hash', 'ingestion_audit.provider', 'ingestion_audit.symbol', 'ingestion_audit.timespan', 'ingestion_audit.code', 'ingestion_audit.part',
  'provider_authority.provider', 'vendor_status.provider', 'vendor_status.code', 'alerts.kind', 'alerts.summary', 'alerts.hint', 'alerts.dataset', 'alerts.symbol', 'alerts.provider', 'notices.event', 'deliveries.channel', 'deliveries.code',
  'findings.rule', 'findings.symbol', 'findings.details', 'findings.provider', 'findings.cause', 'findings.reason', 'data_quality_log.symbol', 'remediation_log.symbol', 'remediation_log.provider', 'remediation_log.action', 'remediation_log.before', 'remediation_log.after',
  'admin_actions.action', 'admin_actions.code', 'jobs.kind', 'schema_migrations.name', 'schema_migrations.sha256', 'ohlcv_daily.filled_by', 'ohlcv_minute.filled_by', 'provider_bars.provider', 'splits.source', 'dividends.source',
])
/** What only who holds a token is told. */
const TOLD_BY_TOKEN = ['lineage.object_key', 'admin_actions.request', 'admin_actions.requested_by', 'admin_actions.message', 'alerts.acknowledged_by', 'alerts.note']

/** What an answer must not hold, with the column that it stands in. */
const hostile = (column: string): string =>
  `leak<${column}> /srv/secret/place s3://secret-bucket/key postgres://user:pass@10.9.8.7:5432/db select secret from hidden at Object.read (/srv/app/read.js:1:2) Bearer abcdefghijklmnopqrstuv`
const leaksIn = (text: string): string[] => [...new Set([
  ...[...text.matchAll(/leak(?:<|&lt;|\\u003c)([\w.]+)/g)].map(([, column]) => column!), ...[...text.matchAll(/secret|10\.9\.8\.7|Bearer abc|\.js:\d+:\d+|\bselect .* from\b|\/(?:tmp|home|root|work|srv)\//g)].map(([found]) => found),
])]

/** Puts such texts into every column of every table that holds texts and is not told; returns those where the schema lets none stand. */
async function poison(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ table: string; column: string; type: string }>(`
    select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
      and format_type(a.atttypid, null) in ('text', 'jsonb', 'bytea')
    order by 1, 2`)
  const kept: string[] = []
  for (const { table, column, type } of rows) {
    const name = `${table}.${column}`
    if (TOLD.has(name)) continue
    const value = { text: '$1', jsonb: `case when jsonb_typeof(${column}) = 'object' then ${column} else '{}' end || jsonb_build_object('path', $1::text)`, bytea: `convert_to($1, 'UTF8')` }[type]!
    await pool.query(`update ${table} set ${column} = ${value}`, [hostile(name)]).catch(() => kept.push(name))
  }
  return kept
}

const { pool } = await freshDatabase(t)
const now = () => new Date('2026-03-10T18:00:00Z')

await importListings(runtimeOf(pool), { listings: { rows: ['AAPL', 'SPY', 'MSFT', 'AAL', 'BRK.B'].map((symbol, index) => undated(index + 2, symbol, {})), testIssues: 0 }, cause: 'import', ...ACCEPTED })
await loadDates(pool, fixtureSource(), '2026-03-02', '2026-03-05', { accept: true })
const runId = await openRun(pool, 'load', { source: '/srv/secret/place' }, '1.2.3')
await insertAttempt(pool, runId, '2026-03-06', 'source_failed', { code: 'SOURCE_NETWORK', message: 'x' })
await closeRun(pool, runId, { status: 'failed', exitCode: 3, totals: null, message: 'x' })
await pool.query(`
  insert into jobs (job_id, kind, request) values ('j1', 'fetch', '{}');
  insert into fetches (job_id, provider, symbol, timespan, start_date, end_date, status, code, message, tries, rules_version, identity_seq, pulled_at, duration_ms)
    values ('j1', 'massive', 'AAPL', 'day', '2026-03-06', '2026-03-06', 'failed', 'PROVIDER_UNAVAILABLE', 'x', 3, 1, 0, '2026-03-10T12:00:00Z', 5);
  insert into ingestion_audit (job_id, symbol, timespan, provider, status, code, message, reason, tries, started_at, finished_at)
    values ('j1', 'AAPL', 'day', 'massive', 'failed', 'PROVIDER_UNAVAILABLE', 'x', 'x', '[]', '2026-03-10T12:00:00Z', '2026-03-10T12:00:01Z');
  insert into findings (rule, symbol_id, symbol, date, last_date, state, details, seen) select 'large_move', symbol_id, symbol, '2026-03-03', '2026-03-03', 'open', '{}', 'x' from tickers where symbol = 'AAPL';
  insert into remediation_log (kind, timespan, symbol, start_date, end_date, action, state, before, after, message, ended_at)
    values ('gap', 'day', 'AAPL', '2026-03-03', '2026-03-03', 'fetch', 'failed', '{}', '{}', 'x', '2026-03-10T12:00:00Z');
  insert into alerts (cause, topic, kind, seen_at, severity, summary, acknowledged_at, acknowledged_by, note) values ('x', 'x', 'stale', now(), 'critical', 'something is wrong', now(), 'x', 'x');
  insert into notices (alert_id, event, document) values (1, 'opened', '{}');
  insert into deliveries (notice_id, channel, tries, code, message) values (1, 'mail', 1, 'CHANNEL_UNREACHABLE', 'x');
  insert into alert_mutes (alert_id, reason, muted_by, until) values (1, 'x', 'x', '2126-01-01');
  insert into vendor_status (provider, state, shown_by, code, valid_until) values ('massive', 'unavailable', 'probe', 'HTTP_TIMEOUT', now() + interval '1 day');
  insert into admin_actions (action, request, requested_by, finished_at, exit_code, message) values ('load', '{}', 'x', clock_timestamp(), 1, 'x')`)
const kept = await poison(pool)

const { url } = await startService(t, { pool, now, tokens: TOKENS, act: async () => {
  throw new Error(hostile('act'))
} })

interface Question { path: string; init: RequestInit & { headers: Record<string, string> } }

/** The example of a route as it is asked. */
function questionOf({ method, path, example = {} }: Route, query: Record<string, string> = {}): Question {
  const params = Object.entries(example.params ?? {}).reduce<string>((text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))), path)
  const search = new URLSearchParams({ ...Object.fromEntries(Object.entries(example.query ?? {}).map(([name, value]) => [name, String(value)])), ...query })
  return {
    path: `${params}${search.size > 0 ? `?${search}` : ''}`,
    init: { method, headers: { ...(example.headers as Record<string, string>), ...(method === 'POST' && { 'content-type': 'application/json' }) }, ...(method === 'POST' && { body: JSON.stringify(example.body ?? {}) }) },
  }
}

async function ask({ path, init }: Question, token?: string) {
  const response = await fetch(`${url}${API}${path}`, { ...init, headers: { ...(init.headers as Record<string, string> | undefined), ...(token !== undefined && { authorization: `Bearer ${token}` }) } })
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, text, json: /\bjson\b/.test(headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) as unknown : undefined }
}

await t.test('the texts that are not to be told stand where answers come from', async (t) => {
  for (const column of ['lineage.object_key', 'lineage.source_identity', 'attempts.message', 'ingestion_runs.message', 'ingestion_runs.parameters', 'fetches.message', 'ingestion_audit.message', 'remediation_log.message',
    'findings.seen', 'admin_actions.message', 'admin_actions.request', 'rejected_rows.raw', 'alerts.cause', 'alerts.details', 'alerts.note', 'notices.document', 'deliveries.message', 'alert_mutes.reason', 'alert_mutes.muted_by']) t.notOk(kept.includes(column), column)
})

for (const route of ROUTES) {
  const name = `${route.method} ${route.path}`
  await t.test(`${name} tells nobody what is private, nor does it when it fails`, async (t) => {
    const fields = { ...route.params?.entries, ...route.body?.entries, ...Object.fromEntries(Object.entries(route.query?.entries ?? {}).filter(([, field]) => field.type !== 'optional')) }
    if (Object.keys(fields).length > 0) t.ok(route.example, 'a route with fields has an example')
    const question = questionOf(route)
    const plain = await ask(question)
    t.equal(plain.status, route.access ? 401 : 200, plain.text.slice(0, 300))
    const strange = { 'no_such_field': '1' }
    const answers = [plain, await ask(questionOf(route, strange)), await ask({ ...question, path: question.path.replace(/[^/?]*(\?|$)/, '\'%22%3Cscript%3E$1') })]
    if (route.csv) answers.push(await ask(questionOf(route, { format: 'csv' })))
    for (const { text, status } of answers) t.same(leaksIn(text), [], `${status}`)
    if (route.csv) t.equal(answers.at(-1)!.status, 200)
    for (const answer of answers.slice(0, 2)) t.same(faultsOf(route.method, question.path, answer), [])
    const told = await ask(question, ADMIN_TOKEN)
    t.same(leaksIn(told.text.replaceAll(new RegExp(`leak<(${TOLD_BY_TOKEN.join('|')})>[^"]*`, 'g'), '')), [], `with a token: ${told.status}`)
  })
}

for (const place of PLACES.filter(({ path }) => !path.includes('{'))) {
  await t.test(`${place.path} tells nobody what is private`, async (t) => {
    for (const search of ['', '?x=%3Cscript%3Ealert(1)%3C/script%3E']) {
      const response = await fetch(`${url}${place.path}${search}`)
      const text = await response.text()
      t.ok(response.status < 500 || place.path === '/status', `${response.status}`)
      t.same(leaksIn(text), [])
      t.notMatch(text, '<script>alert')
    }
  })
}
