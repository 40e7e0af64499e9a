import t from 'tap'
import { SETTINGS } from '../../../lib/cli/framework/settings.js'
import { UsageError } from '../../../lib/domain/errors.js'
import { readLoadRequest, type LoadRequestInput } from '../../../lib/features/load/request.js'

const SMALL = {
  dates: { start: '2025-01-06', end: '2025-01-07' }, source: { uri: './flatfiles' }, lanes: 3, date_timeout: 60, thin_below: 80,
  thresholds: { max_rejected: 5, max_removed: 5 }, publication: { published_at: '11:00', missing_after: 24 },
  limits: { max_line_bytes: 65_536, max_file_bytes: 1e9, max_file_lines: 1e6, max_rejected_rows: 100 },
}
const WHOLE = {
  ...SMALL, dataset: 'minute_aggs', exchange: 'XNYS', symbols: ['AAPL', 'BRK.A'], only: 'failed', force: true, mend: true, accept: true, trust_ledger: true, include_closed: true, dry_run: true,
}

/** What is said of the request with a field, found by its path, that is different; or (undefined) not there. */
function saidOf(path: string, value: unknown): string {
  const request = structuredClone(WHOLE) as Record<string, unknown>
  const names = path.split('.')
  const last = names.pop()!
  const holder = names.reduce((object, name) => object[name] as Record<string, unknown>, request)
  if (value === undefined) delete holder[last]
  else holder[last] = value
  try {
    readLoadRequest(request)
    return 'nothing'
  } catch (error) {
    t.ok(error instanceof UsageError)
    t.equal((error as UsageError).code, 'REQUEST_INVALID')
    return (error as UsageError).message
  }
}

await t.test('a request says the same when it is written down and read again', async (t) => {
  t.same(readLoadRequest(WHOLE), WHOLE)
  t.same(readLoadRequest(JSON.parse(JSON.stringify(WHOLE))), WHOLE)
})

await t.test('what may be left out is a plain load of the daily bars of everything', async (t) => {
  t.same(readLoadRequest(SMALL), {
    ...SMALL, dataset: 'day_aggs', exchange: 'XNYS', symbols: null, only: null, force: false, mend: false, accept: false, trust_ledger: false, include_closed: false, dry_run: false,
  })
})

await t.test('dates are a range, one that is open, or the last sessions; a source is a URI or a file of one date', async (t) => {
  for (const dates of [{ start: '2025-01-06', end: null }, { sessions: 10 }]) t.same(readLoadRequest({ ...SMALL, dates }).dates, dates)
  const file = { dates: { start: '2025-01-06', end: '2025-01-06' }, source: { file: '-' } }
  t.match(readLoadRequest({ ...SMALL, ...file }), file)
})

await t.test('a field that is no good is named, with what it must be', async (t) => {
  const cases: [path: string, value: unknown, said: string][] = [
    ['dates', undefined, 'dates is missing'],
    ['dates', 'today', 'dates must be an object'],
    ['dates', null, 'dates must be an object'],
    ['dates.start', '2025-02-30', 'dates.start must be a date, YYYY-MM-DD'],
    ['dates.end', undefined, 'dates.end is missing'],
    ['dates.end', 20250107, 'dates.end must be a date, YYYY-MM-DD'],
    ['dates.end', '2025-01-05', 'dates run backwards: start is after end'],
    ['dates', { sessions: 0 }, 'dates.sessions must be a whole number from 1 to 99999'],
    ['dates', { sessions: 3, end: null }, 'dates.end is no field of a request'],
    ['source', undefined, 'source is missing'],
    ['source.uri', '', 'source.uri must be s3://bucket/prefix or a directory'],
    ['source', { file: 5 }, 'source.file must be a path, or - for stdin'],
    ['source', { file: '-' }, 'dates must be one date: that of the file'],
    ['source', { file: '-', uri: 'there' }, 'source.uri is no field of a request'],
    ['dataset', 'hour_aggs', 'dataset must be one of day_aggs, minute_aggs'],
    ['exchange', 'XLON', 'exchange must be one of XNYS, XNAS, XTSE'],
    ['symbols', 'AAPL', 'symbols must be a list of symbols'],
    ['symbols', [], 'symbols must name a symbol'],
    ['symbols', ['AAPL', ''], 'symbols.1 must be a symbol'],
    ['only', 'some', 'only must be one of unloaded, loaded, failed, incomplete, changed'],
    ...(['force', 'accept', 'trust_ledger', 'include_closed', 'dry_run'] as const).map((name): [string, unknown, string] => [name, 'yes', `${name} must be true or false`]),
    ['lanes', '3', 'lanes must be a whole number from 1 to 64'],
    ['lanes', undefined, 'lanes is missing'],
    ['date_timeout', 1.5, 'date_timeout must be a whole number from 1 to 86400'],
    ['thin_below', -1, 'thin_below must be a number from 0 to 100'],
    ['thresholds.max_removed', NaN, 'thresholds.max_removed must be a number from 0 to 100'],
    ['publication.published_at', '24:00', 'publication.published_at must be a time of day, HH:MM'],
    ['limits.max_file_lines', 1, 'limits.max_file_lines must be a whole number from 2 to 1000000000'],
    ['limits.max_files', 1, 'limits.max_files is no field of a request'],
    ['home', '/', 'home is no field of a request'],
  ]
  for (const [path, value, said] of cases) t.equal(saidOf(path, value), `the request cannot be followed: ${said}`)
  t.throws(() => readLoadRequest('load it'), { code: 'REQUEST_INVALID', message: 'the request cannot be followed: it must be an object' })
})

await t.test('a request takes what the setting of the same name takes, and no more', async (t) => {
  const paths: Partial<Record<keyof typeof SETTINGS, string>> = {
    lanes: 'lanes', dateTimeout: 'date_timeout', thinBelow: 'thin_below', maxRejected: 'thresholds.max_rejected', maxRemoved: 'thresholds.max_removed',
    missingAfter: 'publication.missing_after', maxLineBytes: 'limits.max_line_bytes', maxFileBytes: 'limits.max_file_bytes', maxFileLines: 'limits.max_file_lines',
    maxRejectedRows: 'limits.max_rejected_rows',
  } satisfies Partial<Record<keyof typeof SETTINGS, string>>
  const bounds = [-1, 0, 0.5, 1, 2, 255, 256, 1023, 1024]
  const highs = [64, 100, 240, 86_400, 16 * 1024 ** 2, 1024 ** 4, 1e9, 1e6].flatMap((high) => [high, high + 1])
  for (const [name, path] of Object.entries(paths)) {
    for (const value of [...bounds, ...highs]) {
      let takes = true
      try {
        SETTINGS[name as keyof typeof SETTINGS].read(value)
      } catch {
        takes = false
      }
      t.equal(saidOf(path, value) === 'nothing', takes, `${name} ${value}`)
    }
  }
})

// The type of what is read is the type of what is written.
const typed: LoadRequestInput = readLoadRequest(SMALL)
t.ok(typed)
