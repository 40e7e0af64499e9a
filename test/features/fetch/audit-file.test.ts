import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { auditPath, NowAndThen, writeAudit } from '../../../lib/features/fetch/audit-file.js'
import { recordAudit, type AuditRecord } from '../../../lib/store/fetches/audit.js'
import { freshDatabase } from '../../helpers/database.js'

const RECORD: AuditRecord = {
  jobId: 'j', symbol: '', timespan: 'day', part: '', provider: 'massive', status: 'stored', code: null, message: null, reason: null, tries: [], expected: 1, counted: 1,
  bars: 1, inserted: 1, updated: 0, unchanged: 0, filled: 1, heldBack: 0, settlesAt: null, rawHash: null, fetchIds: [1], startedAt: new Date('2026-01-02T12:00:00Z'), finishedAt: new Date('2026-01-02T12:00:01Z'),
}

await t.test('a job of many units is written in the order in which they ended, one object a line, in place of what was there', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`insert into jobs (job_id, kind, request) values ('j', 'fetch', '{}'), ('other', 'fetch', '{}')`)
  await pool.query(`
    insert into ingestion_audit (job_id, symbol, timespan, provider, status, tries, started_at, finished_at)
    select 'j', 'S' || n, 'day', 'massive', 'stored', '[]', '2026-01-01', timestamptz '2026-01-02' - n * interval '1 second' from generate_series(1, 2345) n`)
  await recordAudit(pool, { ...RECORD, symbol: 'LAST' })
  await recordAudit(pool, { ...RECORD, jobId: 'other', symbol: 'NOT' })
  const folder = `${t.testdir({})}/audit`
  for (let times = 0; times < 2; times++) {
    const client = await pool.connect()
    await writeAudit(client, folder, 'j')
    client.release()
    const lines = readFileSync(auditPath(folder, 'j'), 'utf8').split('\n')
    t.equal(lines.pop(), '')
    t.same(lines.map((line) => (JSON.parse(line) as { symbol: string }).symbol), [...Array.from({ length: 2345 }, (_, index) => `S${2345 - index}`), 'LAST'])
  }
  t.same(readdirSync(folder), ['backfill_j.jsonl'])
})

await t.test('while a job goes on it is written every ten seconds, by one at a time, and the more seldom the longer it takes', async (t) => {
  let [clock, written] = [0, 0]
  let end = (): void => undefined
  const file = new NowAndThen(() => {
    written++
    return new Promise((resolve) => (end = resolve))
  }, () => clock)
  clock = 9_999
  await file.ifDue()
  t.equal(written, 0)
  clock = 10_000
  const first = file.ifDue()
  clock = 30_000
  await file.ifDue()
  t.equal(written, 1)
  end()
  await first
  clock = 30_000 + 399_999
  await file.ifDue()
  t.equal(written, 1)
  clock++
  const second = file.ifDue()
  t.equal(written, 2)
  end()
  await second
})
