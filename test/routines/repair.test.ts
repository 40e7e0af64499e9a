import { rmSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import t, { type Test } from 'tap'
import { remediation } from '../../lib/cli/commands/remediation.js'
import { verify } from '../../lib/cli/commands/verify.js'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { InterruptedError } from '../../lib/domain/errors.js'
import { findingsOf } from '../../lib/features/verify/findings.js'
import { verify as verifyBars } from '../../lib/features/verify/verify.js'
import { repair } from '../../lib/routines/repair.js'
import { coverageFaults } from '../helpers/coverage.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { storeFetched } from '../helpers/fetched.js'
import { dayFilePath, directorySource, loadDates, manyBars, putDayFile, registerSymbols, requestOf, runtimeOf, storedBars, wholeState } from '../helpers/load.js'
import { runProgram } from '../helpers/process.js'
import { poolAs } from '../helpers/roles.js'
import { runCommand } from '../helpers/run-command.js'

const database = await freshDatabase(t)
const { pool, url } = database
/** Sessions: Thursday the 9th was a day of mourning. */
const [MON, TUE, WED, FRI, NEXT] = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10', '2025-01-13'] as const

/** In the order of what they say. */
const sorted = <T>(items: T[]): T[] => items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

type Entry = Record<string, unknown> & { before: Record<string, unknown>; after: Record<string, unknown> }

const run = (by: pg.Pool, root: string, ...line: string[]) => runCommand(verify, ['verify', ...line], { pool: by, settings: { source: root, lanes: 2 }, now: '2025-01-14T18:00:00Z' })
const mendings = async (...line: string[]) => (await runCommand(remediation, ['remediation', ...line], { pool })).json['remediations'] as Entry[]
const runs = async () => (await pool.query<{ runs: number }>('select count(*) as runs from ingestion_runs')).rows[0]!.runs

/** Four loaded dates, and a file of a fifth that is not. */
async function loaded(t: Test): Promise<string> {
  await empty(pool)
  await registerSymbols(pool, manyBars(100).map((bar) => bar.split(',')[0]!))
  const root = t.testdir({})
  for (const date of [MON, TUE, WED, FRI, NEXT]) putDayFile(root, date, manyBars(100))
  await loadDates(pool, directorySource(root), MON, FRI)
  return root
}

/** What differs on the first three dates, and bars that no load wrote on the last one. */
async function tamper(): Promise<void> {
  await pool.query(`delete from ohlcv_daily where time = '${MON}' and symbol_id <= 40`)
  await pool.query(`update ohlcv_daily set close = 9.5, low = 9 where time = '${TUE}' and symbol_id = 7`)
  await pool.query(`insert into ohlcv_daily select symbol_id + 500, time, open, high, low, close, volume, transactions, load_id from ohlcv_daily where time = '${WED}' and symbol_id <= 2`)
  await pool.query(`select ohlcv_daily_ensure_partitions('${NEXT}', '${NEXT}')`)
  await pool.query(`insert into ohlcv_daily values (1, '${NEXT}', 10, 12, 9, 11, 1, 1, 1)`)
}

await t.test('what was deleted, changed or put in behind the loader\'s back is what the files say again, and it is written down', async (t) => {
  const root = await loaded(t)
  const clean = (await wholeState(pool))['bars']
  await tamper()
  const spoilt = await wholeState(pool)
  const runsBefore = await runs()

  const dry = await run(pool, root, '--repair', '--dry-run')
  t.equal(dry.exitCode, 3, 'nothing is right yet')
  t.match(dry.json['repair'], { run_id: null, dry_run: true, dates: [
    { date: MON, outcome: 'loaded', inserted: 40, updated: 0, removed: 0, is_right: null }, { date: TUE, updated: 1 }, { date: WED, removed: 2 }, { date: NEXT, inserted: 99, updated: 1 },
  ] })
  t.match(dry.text, /2025-01-06 +40 +0 +0 +would be loaded/)
  t.match(dry.text, /dry run: nothing was written$/)
  t.same([await wholeState(pool), await runs(), await mendings()], [spoilt, runsBefore, []])

  const { exitCode, json, text } = await run(pool, root, '--repair')
  t.equal(exitCode, 0)
  t.equal((json['findings'] as unknown[]).length, 4, 'what was found is told')
  t.match(json['repair'], { dry_run: false, dates: [MON, TUE, WED, NEXT].map((date) => ({ date, outcome: 'loaded', is_right: true })) })
  t.match(text, /2025-01-08 +0 +0 +2 +is right now/)
  t.match(text, /4 of 4 repaired by run \d+; ohlcv remediation --run \d+ shows what was wrong\.$/)
  t.same((await wholeState(pool))['bars']!.filter((bar) => !bar.startsWith(NEXT)), clean)
  t.equal((await storedBars(pool, NEXT)).length, 100)
  t.match(await run(pool, root, '--files'), { exitCode: 0, json: { findings: [], repair: null } })

  const entries = await mendings('--run', String((json['repair'] as { run_id: number }).run_id))
  t.same(sorted(entries.map(({ start, kind, timespan, action, state, provider, command }) => [start, kind, timespan, action, state, provider, command])),
    [MON, TUE, WED, NEXT].map((date) => [date, 'checksum_mismatch', 'day', 'reload', 'resolved', 'massive', 'verify']))
  const of = (date: string) => entries.find(({ start }) => start === date)!
  t.match(of(MON), { before: { wrong: ['changed'], ledger_rows: 100, stored_rows: 60, fills: 0 }, after: { wrong: [], ledger_rows: 100, stored_rows: 100 }, message: null })
  t.equal(of(MON).before['ledger_checksum'], of(MON).after['stored_checksum'])
  t.not(of(MON).before['stored_checksum'], of(MON).after['stored_checksum'])
  t.match(of(NEXT), { before: { wrong: ['unaccounted'], ledger_rows: null, stored_rows: 1 }, after: { wrong: [], ledger_rows: 100, stored_rows: 100 } })

  const again = await run(pool, root, '--repair')
  t.match(again, { exitCode: 0, text: /There was nothing to repair\.$/, json: { repair: { run_id: null, dates: [] } } })
  t.equal((await mendings()).length, 4, 'and nothing more is written down')
})

await t.test('fills on a loaded date, and a ledger that contradicts itself, are mended by reading the file whatever is known of it', async (t) => {
  const root = await loaded(t)
  await storeFetched(pool, { requests: [{ symbol: null, start: NEXT, bars: [`1,${NEXT},7`] }] })
  await pool.query(`insert into ohlcv_daily select 300, '${MON}', open, high, low, close, volume, transactions, 0, filled_by, fetch_id from ohlcv_daily where time = '${NEXT}'`)
  await pool.query(`update days set rejects = 3 where date = '${TUE}'`)
  await pool.query(`update coverage set securities = ohlcv_mark_securities(ohlcv_mark_securities(securities, '{7}', false), '{700}', true) where date = '${WED}'; delete from coverage where date = '${FRI}'`)
  const { exitCode, json } = await run(pool, root, '--repair')
  t.equal(exitCode, 0)
  t.match(json['repair'], { dates: [MON, TUE, WED, FRI].map((date) => ({ date, is_right: true })) }, 'a fill where no file has spoken is none of them')
  t.match(sorted((await mendings()).map(({ start, before, state }) => ({ start, wrong: before['wrong'], state }))),
    [{ start: MON, wrong: ['fill'], state: 'resolved' }, ...[TUE, WED, FRI].map((start) => ({ start, wrong: ['ledger'], state: 'resolved' }))])
  t.same(await coverageFaults(pool), [])
})

await t.test('with --files bars that only the file contradicts are made its own again', async (t) => {
  const root = await loaded(t)
  await pool.query(`delete from ohlcv_daily where time = '${MON}' and symbol_id in (2, 3)`)
  await pool.query(`update days d set row_count = c.row_count, hash_sum = c.hash_sum, rehash_sum = c.rehash_sum, dropped = 2 from ohlcv_daily_checksum('${MON}') c where date = '${MON}'`)
  await pool.query(`update coverage set securities = ohlcv_mark_securities(securities, '{2, 3}', false) where date = '${MON}'`)
  putDayFile(root, TUE, manyBars(100, '11'))
  t.match((await run(pool, root, '--repair')).json, { findings: [], repair: { dates: [] } }, 'without them nothing is seen')
  const { exitCode, json } = await run(pool, root, '--repair', '--files')
  t.equal(exitCode, 0)
  t.match(json['repair'], { dates: [{ date: MON, inserted: 2, is_right: true }, { date: TUE, updated: 100, is_right: true }] })
  t.same(sorted((await mendings()).map(({ start, before, state }) => [start, before['wrong'], state])), [[MON, ['file'], 'resolved'], [TUE, ['file'], 'resolved']])
})

await t.test('a date whose file is gone, or cannot be taken, stays as it is, and the others are repaired', async (t) => {
  const root = await loaded(t)
  await tamper()
  rmSync(path.join(root, dayFilePath(DAY_AGGS, MON)))
  await pool.query(`insert into ohlcv_daily select symbol_id + 600, time, open, high, low, close, volume, transactions, load_id from ohlcv_daily where time = '${WED}' and symbol_id <= 50`)
  const before = await storedBars(pool, MON)
  const { exitCode, json, text } = await run(pool, root, '--repair')
  t.equal(exitCode, 3)
  t.match(json['repair'], { dates: [
    { date: MON, outcome: 'missing', code: 'FILE_MISSING', inserted: null, is_right: false }, { date: TUE, is_right: true }, { date: WED, outcome: 'source_failed', code: 'TOO_MANY_REMOVED', is_right: false },
    { date: NEXT, is_right: true },
  ] })
  t.match(text, /2025-01-06 +- +- +- +stays as it is: FILE_MISSING: the source has no file/)
  t.same(await storedBars(pool, MON), before)
  const [gone, refused] = [(await mendings('--end', MON))[0]!, (await mendings('--start', WED, '--end', WED))[0]!]
  t.match(gone, { state: 'failed', action: 'reload', message: /^FILE_MISSING: the source has no file/, before: { wrong: ['changed'], ledger_rows: 100, stored_rows: 60 }, after: { wrong: ['changed'], stored_rows: 60 } })
  t.match(refused, { state: 'failed', message: /^TOO_MANY_REMOVED: .*--accept/ })
  t.match((await run(pool, root)).json['findings'], [{ date: MON }, { date: WED }])
})

await t.test('two repairs at once mend each date once, and both say that it is right', async (t) => {
  const root = await loaded(t)
  await tamper()
  const [one, other] = await Promise.all([run(pool, root, '--repair'), run(pool, root, '--repair')])
  t.same([one.exitCode, other.exitCode], [0, 0])
  t.equal((await run(pool, root, '--files')).exitCode, 0)
  const entries = await mendings()
  t.same(sorted(entries.filter(({ action }) => action === 'reload').map(({ start }) => start)), [MON, TUE, WED, NEXT])
  t.ok(entries.every(({ action, state }) => state === 'resolved' && (action === 'reload' || action === 'waited')))
})

await t.test('a date of which somebody changes another bar while it is merged is left as it was, so that the ledger stays true', async (t) => {
  const root = await loaded(t)
  const change = (symbolId: number) => pool.query(`update ohlcv_daily set close = 9.5, low = 9 where time = '${TUE}' and symbol_id = ${symbolId}`)
  await change(7)
  const failpoint = async (reached: string): Promise<void> => {
    if (reached === 'before-lineage') await change(8)
  }
  t.match((await loadDates(pool, directorySource(root), TUE, TUE, { failpoint })).days, [{ outcome: 'db_failed', code: 'STORED_DIFFERS', message: /were changed while/ }])
  t.equal((await run(pool, root, '--repair')).exitCode, 0)
  t.match(await run(pool, root, '--files'), { exitCode: 0, json: { findings: [] } })
})

await t.test('a repair that is killed has written down what it has done and nothing else', async (t) => {
  const root = await loaded(t)
  await tamper()
  const killed = await runProgram(t, ['verify', '--repair', '--source', root, '--lanes', '1'], { DATABASE_URL: url, OHLCV_FAILPOINT: 'before-commit:2' })
  t.equal(killed.signal, 'SIGKILL')
  t.match((await run(pool, root)).json['findings'], [{ date: MON }, { date: TUE }, { date: WED }])
  t.match((await mendings()).map(({ start, state }) => [start, state]), [[NEXT, 'resolved']])
  t.equal((await run(pool, root, '--repair')).exitCode, 0)
  t.same(sorted((await mendings()).map(({ start, state }) => [start, state])), [MON, TUE, WED, NEXT].map((date) => [date, 'resolved']))
})

await t.test('a repair that is interrupted keeps what it has done, and says what it has not come to', async (t) => {
  const root = await loaded(t)
  await tamper()
  const stop = new AbortController()
  const runtime = runtimeOf(pool, { signal: stop.signal, now: new Date('2025-01-14T18:00:00Z') })
  const range = { start: null, end: null }
  const findings = findingsOf(await verifyBars(pool, { dataset: DAY_AGGS, range, signal: stop.signal, onPlan: () => {}, onStep: () => {} }), [], DAY_AGGS)
  const { dates } = await repair(runtime, { dataset: DAY_AGGS, findings, dryRun: false }, {
    open: ({ start, end }) => ({ request: requestOf(root, start, end, { lanes: 1 }), source: directorySource(root) }),
    onDay: ({ date }) => date === MON && stop.abort(new InterruptedError('SIGTERM')),
    exitCodes: { ofResult: () => 143, ofError: () => 1 },
  })
  t.match(dates, [{ date: MON, outcome: 'loaded' }, { date: TUE, outcome: null, isRight: null }, { date: WED, outcome: null, isRight: null }, { date: NEXT, isRight: true }])
  t.same(sorted((await mendings()).map(({ start, state }) => [start, state])), [[MON, 'resolved'], [NEXT, 'resolved']])
  t.same((await pool.query('select command, status, exit_code from ingestion_runs order by run_id desc limit 1')).rows, [{ command: 'verify', status: 'interrupted', exit_code: 143 }])
})

await t.test('a role that may only read sees what would be done, and repairs nothing', async (t) => {
  const root = await loaded(t)
  await tamper()
  const spoilt = await wholeState(pool)
  const reader = await poolAs(t, database, 'ohlcv_reader')
  t.equal((await run(reader, root)).exitCode, 3)
  await t.rejects(run(reader, root, '--repair'), { code: 'DATABASE_UNUSABLE' })
  t.same([await wholeState(pool), await mendings()], [spoilt, []])
  const loader = await poolAs(t, database, 'ohlcv_loader')
  t.equal((await run(loader, root, '--repair')).exitCode, 0, 'who loads may repair')
})

await t.test('--repair needs a source where there is something to repair, and --dry-run needs --repair', async (t) => {
  await loaded(t)
  const without = (...line: string[]) => runCommand(verify, ['verify', ...line], { pool })
  t.equal((await without('--repair')).exitCode, 0, 'nothing is to be read')
  await tamper()
  await t.rejects(without('--repair'), { code: 'SOURCE_MISSING' })
  await t.rejects(without('--dry-run'), { code: 'FLAGS_CONFLICT' })
})

await t.test('a load that repairs by itself writes that down too, in words that say by which run', async (t) => {
  const root = await loaded(t)
  await tamper()
  await loadDates(pool, directorySource(root), MON, WED)
  t.same(sorted((await mendings()).map(({ start, state, command }) => [start, state, command])), [MON, TUE, WED].map((date) => [date, 'resolved', 'load']))
  await loadDates(pool, directorySource(root), MON, WED, { force: true })
  putDayFile(root, MON, manyBars(100, '12'))
  await loadDates(pool, directorySource(root), MON)
  t.equal((await mendings()).length, 3, 'neither a file read again nor a new version of it is a mending')
})

await t.test('rows that a file has twice are written down with the date, once for each version of the file', async (t) => {
  const root = await loaded(t)
  const repeated = ['A001,10,10,10,10,100,1', 'A002,11,11,11,11,100,1', 'A002,10,10,10,10,100,1']
  putDayFile(root, MON, [...manyBars(100), ...repeated])
  const load = (options = {}) => loadDates(pool, directorySource(root), MON, MON, options)
  await load({ dryRun: true })
  t.same(await mendings(), [])
  await load()
  t.match(await mendings(), [{
    kind: 'duplicate', start: MON, end: MON, timespan: 'day', action: 'kept_first', state: 'resolved', occurrences: 3, command: 'load', provider: 'massive',
    before: { equal_rows: 2, different_rows: 1, symbols: ['A001', 'A002'] }, what: '3 rows of massive came a second time',
  }])
  await load()
  await load({ force: true })
  await pool.query(`delete from ohlcv_daily where time = '${MON}' and symbol_id = 1`)
  await load()
  t.same((await mendings()).map(({ kind }) => kind), ['checksum_mismatch', 'duplicate'])
  putDayFile(root, MON, [...manyBars(100), ...repeated.slice(1)])
  await load()
  t.match((await mendings('--kind', 'duplicate')).map(({ occurrences }) => occurrences), [2, 3])
})
