import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { bars } from '../../lib/cli/commands/bars.js'
import { load } from '../../lib/cli/commands/load/load.js'
import { rejects } from '../../lib/cli/commands/rejects.js'
import { revisions } from '../../lib/cli/commands/revisions.js'
import { runs } from '../../lib/cli/commands/runs.js'
import { status } from '../../lib/cli/commands/status/status.js'
import { verify } from '../../lib/cli/commands/verify.js'
import type { Registration } from '../../lib/cli/framework/command.js'
import { documentText } from '../../lib/cli/framework/run.js'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { PACKAGE_ROOT, VERSION } from '../../lib/domain/version.js'
import { freshDatabase } from '../helpers/database.js'
import { checkDocument } from '../helpers/documents.js'
import { dayFilePath, manyBars, putDayFile, registerSymbols } from '../helpers/load.js'
import { runCommand } from '../helpers/run-command.js'
import { insertAttempt, insertDay, insertRun } from '../helpers/stored-days.js'

// What programs get, byte for byte, so that nothing of it changes unnoticed. `TAP_SNAPSHOT=1` writes it anew.
const PRINTED = path.join(PACKAGE_ROOT, 'test/documents/printed.txt')
const printed: string[] = []
const documents: string[] = []

const { pool } = await freshDatabase(t)
const source = t.testdir({})
await registerSymbols(pool, [...manyBars(50).map((bar) => bar.slice(0, 4)), 'BAD', 'NONE'])

/** Without what differs from one run, one machine or one version to the next: the places, the clock of the database, what gzip makes of a file. */
function lasting(text: string): string {
  return text.replaceAll(source, 'SOURCE').replaceAll(`"${VERSION}"`, '"VERSION"').replaceAll(/"(?!2016|2025)\d{4}-\d\d-\d\dT[^"]+Z"/g, '"TIME"')
    .replaceAll(/"(seconds|bytes|size_bytes|sha256)": [^,\n]+/g, '"$1": ...')
}

async function print(registration: Registration, ...line: string[]): Promise<void> {
  const answer = await runCommand(registration, line, { pool, now: '2025-01-13T17:30:00Z', settings: { source, lanes: '1' } })
  const document = documentText(`ohlcv.${line[0]}/1`, { exitCode: answer.exitCode, data: answer.json })
  documents.push(document)
  printed.push(`$ ohlcv ${line.join(' ')} --json\n${lasting(document)}`)
}

// The first week of 2025: two dates with rejects and an unknown symbol, a broken file, one on a day of mourning, none on the Friday.
const file = (date: string) => path.join(source, dayFilePath(DAY_AGGS, date))
for (const date of ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-09']) putDayFile(source, date, [...manyBars(50), 'BAD,1,1,2,1,1,1', 'ZZZ,1,1,1,1,1,1'])
writeFileSync(file('2025-01-08'), readFileSync(file('2025-01-08')).subarray(0, 60))
await print(load, 'load', '--start', '2025-01-06', '--end', '2025-01-11')
putDayFile(source, '2025-01-07', ['A000,10,11,10,10.5,100.25,2', ...manyBars(50).slice(2), 'BAD,1,1,1,1,1,1'])
await print(load, 'load', '--start', '2025-01-07', '--end', '2025-01-08')
putDayFile(source, '2025-01-06', manyBars(10))
await print(load, 'load', '--date', '2025-01-06')
await print(load, 'load', '--date', '2025-01-07', '--symbols', 'A000,A003', '--dry-run', '--force')
await print(load, 'load', '--date', '2025-01-12')

// Thanksgiving week of 2016, with all else that a date can be in.
const runId = await insertRun(pool)
await insertDay(pool, '2016-11-21', { runId, bars: 50 })
await insertDay(pool, '2016-11-22', { runId, bars: 49, unknown: ['A007', 'NOBODY'] })
await insertDay(pool, '2016-11-23', { runId, bars: 50, unknown: Array.from({ length: 10 }, (_, i) => `U${i}`) })
await insertAttempt(pool, runId, '2016-11-24', 'holiday', { code: 'FILE_ON_CLOSED_DAY', message: 'there is a file for a closed day' })
await insertDay(pool, '2016-11-25', { runId, bars: 35, rejected: 2 })
await insertAttempt(pool, runId, '2016-11-26', 'holiday', { code: 'FILE_ON_CLOSED_DAY', message: 'there is a file for a weekend' })
await insertAttempt(pool, runId, '2016-11-28', 'db_failed', { code: 'DISK_FULL', message: 'no space', counts: { read: 12, notSelected: 3, reasons: { wrong_date: 1 } } })
await insertDay(pool, '2016-11-29', { runId, bars: [[1, '1', '1', '1', '1', '1']], symbols: ['A000'] })
await pool.query(`update days set dropped = 3, stale = true where date in ('2016-11-22', '2016-11-23')`)
await pool.query(`insert into attempts (run_id, dataset, date, outcome, code, message, started_at, finished_at)
  values ($1, 'minute_aggs', '2025-01-10', 'source_failed', 'TOO_MANY_REMOVED', 'too many', '2025-01-11T12:00Z', '2025-01-11T12:01Z')`, [runId])

await print(status, 'status', '--start', '2025-01-05')
await print(status, 'status', '--start', '2016-11-21', '--end', '2016-11-30', '--exit-code')
await print(status, 'status', '--dataset', 'minute', '--exit-code')
await print(status, 'status', '--date', '2025-01-07')
await print(status, 'status', '--date', '2025-01-08', '--exit-code')
await print(status, 'status', '--date', '2016-11-22')
await print(status, 'status', '--date', '2025-01-12')
await print(status, 'status', '--symbol', 'A001')
await print(status, 'status', '--symbol', 'NONE')
await print(runs, 'runs')
await print(runs, 'runs', '1')
await print(runs, 'runs', String(runId))
await print(rejects, 'rejects')
await print(rejects, 'rejects', '--date', '2025-01-06')
await print(revisions, 'revisions')
await print(bars, 'bars', 'A000')
await print(bars, 'bars', 'NONE')

// Changes behind the loader's back.
await print(verify, 'verify', '--start', '2025-01-01')
await pool.query(`update ohlcv_daily set load_id = 77 where time = '2016-11-21' and symbol_id < 5`)
await pool.query(`update ohlcv_daily set close = 10.4 where time = '2025-01-07' and symbol_id < 3`)
await pool.query(`insert into ohlcv_daily values (1, '2016-11-28', 10, 12, 9, 11, 1, 1, 1)`)
await pool.query(`update ticker_symbols set valid = '[2025-01-01,)' where symbol = 'A007'`)
await print(verify, 'verify')
await print(verify, 'verify', '--files', '--start', '2025-01-01')

await t.test('documents are what they have always been', async (t) => {
  const text = printed.join('\n')
  if (process.env['TAP_SNAPSHOT'] === '1') writeFileSync(PRINTED, text)
  t.equal(text, readFileSync(PRINTED, 'utf8'))
})

/** What may have any field: how many of what there is, and what a command has written down of its run. */
const OPEN = /^ohlcv\.\w+ .*(outcomes|reasons)$|^ohlcv\.runs .*(parameters|totals|counts)/

/** Every object in a value whose fields are fixed, with where it stands. */
function fixed(value: unknown, at: string): [string, Record<string, unknown>][] {
  if (typeof value !== 'object' || value === null || OPEN.test(at)) return []
  const inside = Object.entries(value).flatMap(([key, part]) => fixed(part, `${at}.${key}`))
  return Array.isArray(value) ? inside : [[at, value as Record<string, unknown>], ...inside]
}

await t.test('a schema has every field of its document, and no other', async (t) => {
  const accepted: string[] = []
  for (const text of documents) {
    checkDocument(text)
    const document = JSON.parse(text) as Record<string, unknown>
    for (const [at, object] of fixed(document, `${String(document['schema']).replace(/\/1$/, '')} `)) {
      for (const [key, value] of [...Object.entries(object), ['another', undefined] as const]) {
        if (value === undefined) object[key] = 1
        else delete object[key]
        try {
          checkDocument(JSON.stringify(document))
          accepted.push(`${at} ${value === undefined ? 'with' : 'without'} ${key}`)
        } catch {}
        if (value === undefined) delete object[key]
        else object[key] = value
      }
    }
  }
  t.same(accepted, [])
})
