import t from 'tap'
import { prune } from '../../../lib/cli/commands/db/prune.js'
import { freshDatabase } from '../../helpers/database.js'
import { poolAs } from '../../helpers/roles.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertDay, insertRun, insertSymbols } from '../../helpers/stored-days.js'

const NOW = '2017-01-31T12:00:00Z'
const now = () => new Date(NOW)

const database = await freshDatabase(t)
const { pool } = database
await insertSymbols(pool, [[1, 'SPY']])
// Of 2016-11-29, as all runs of the helper: one that loaded a date, one that only tried one, one that left nothing, and one that still runs.
const [loaded, tried, idle] = [await insertRun(pool), await insertRun(pool, 'failed', 1), await insertRun(pool)]
const running = await insertRun(pool, 'running', null)
await insertDay(pool, '2016-11-21', { bars: 1, runId: loaded })
await pool.query(`insert into attempts (run_id, dataset, date, outcome, started_at, finished_at) values ($1, 'day_aggs', '2016-11-22', 'failed_source', '2016-11-29T17:00:00Z', '2016-11-29T17:00:01Z')`, [tried])
await pool.query(`
  insert into provider_metrics (provider_name, date) values ('massive', '2016-12-31'), ('massive', '2017-01-01'), ('massive', '2017-01-31');
  insert into provider_quota (provider, period, starts, used) values ('massive', 'month', '2016-12-01', 5), ('massive', 'month', '2017-01-01', 7), ('massive', 'day', '2016-12-31', 1);
  insert into alerts (cause, topic, kind, severity, summary, opened_at, seen_at, cleared_at) values
    ('old', 'old', 'stale', 'warning', 'over for long', '2016-11-01Z', '2016-11-02Z', '2016-11-02Z'),
    ('unsent', 'unsent', 'stale', 'warning', 'over, and not told yet', '2016-11-01Z', '2016-11-02Z', '2016-11-02Z'),
    ('lasting', 'lasting', 'stale', 'warning', 'open for long', '2016-11-01Z', '2017-01-31Z', null),
    ('late', 'late', 'stale', 'warning', 'over of late', '2016-11-01Z', '2017-01-02Z', '2017-01-02Z');
  insert into notices (alert_id, event, document, created_at) select alert_id, 'opened', '{}', opened_at from alerts;
  insert into notices (alert_id, event, reply_to, document, created_at) select alert_id, 'cleared', message_id, '{}', '2016-11-02Z' from notices where alert_id = (select alert_id from alerts where cause = 'old');
  insert into notices (event, document, created_at) values ('test', '{}', '2016-11-01Z'), ('report', '{}', '2017-01-30Z');
  insert into deliveries (notice_id, channel, sent_at) select notice_id, 'mail', case when alert_id is distinct from (select alert_id from alerts where cause = 'unsent') then timestamptz '2016-11-01Z' end from notices;
  insert into alert_mutes (kind, muted_by, muted_at, until) values ('gap', 'me', '2016-11-01Z', '2016-11-02Z'), ('quality', 'me', '2016-11-01Z', '2017-03-01Z')`)

const left = async () => {
  const column = async (sql: string) => (await pool.query<{ value: unknown }>(sql)).rows.map(({ value }) => value)
  return {
    metrics: await column(`select date::text as value from provider_metrics order by 1`),
    quota: await column(`select concat_ws(' ', period, starts) as value from provider_quota order by 1`),
    alerts: await column('select cause as value from alerts order by 1'),
    notices: await column(`select coalesce(cause, event) as value from notices left join alerts using (alert_id) order by 1`),
    mutes: await column('select kind as value from alert_mutes order by 1'),
    runs: await column('select run_id as value from ingestion_runs order by 1'),
    ledger: await column(`select concat_ws(' ', (select count(*) from lineage where load_id > 0), (select count(*) from attempts), (select count(*) from days), (select count(*) from ohlcv_daily)) as value`),
  }
}
const before = await left()
const command = (line: string[], as = pool) => runCommand(prune, ['prune', ...line], { pool: as, now })

await t.test('at least thirty days are kept', async (t) => {
  for (const days of ['29', '0', '30.5']) await t.rejects(command(['--older-than', days]), { name: 'UsageError', code: 'DAYS_INVALID', message: '--older-than must be a whole number of days from 30 to 36500' })
  t.same(await left(), before)
})

await t.test('a dry run counts and removes nothing', async (t) => {
  const { exitCode, json, text } = await command(['--older-than', '30', '--dry-run'])
  t.equal(exitCode, 0)
  t.match(json, { before: '2017-01-01T12:00:00.000Z', dry_run: true })
  t.match(text, /^Would remove, of before 2017-01-01:\n {2}1 day of figures of a provider\n {2}2 counts of requests\n {2}1 mute\n {2}3 notices\n {2}1 cleared incident\n {2}1 run that left nothing$/)
  t.same(await left(), before)
})

await t.test('only the owner removes records; the loader is told so and nothing is lost', async (t) => {
  await t.rejects(command([], await poolAs(t, database, 'ohlcv_loader')), { name: 'UsageError', code: 'PRUNE_NOT_ALLOWED' })
  t.same(await left(), before)
})

await t.test('records older than the days go, and what is open, not told yet, younger, or of the ledger stays', async (t) => {
  t.match(await command(['--older-than', '30']), { exitCode: 0, json: { dry_run: false } })
  t.same(await left(), {
    metrics: ['2017-01-01', '2017-01-31'], quota: ['month 2017-01-01'], alerts: ['lasting', 'late', 'unsent'], notices: ['lasting', 'late', 'report', 'unsent'], mutes: ['quality'],
    runs: [loaded, tried, running], ledger: before.ledger,
  })
  t.notOk((await left()).runs.includes(idle))
  t.match((await command(['--older-than', '30'])).text, 'There are no records of the work before 2017-01-01.')
})
