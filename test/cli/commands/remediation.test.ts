import t from 'tap'
import { remediation } from '../../../lib/cli/commands/remediation.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { logRemediation, logRemediationOnce, type Remediation } from '../../../lib/store/quality/remediations.js'
import { freshDatabase } from '../../helpers/database.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertRun, insertSymbols } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
await insertSymbols(pool, [[7, 'FB', '[,2022-06-09)'], [7, 'META', '[2022-06-09,)'], [8, 'XYZ']])

const dates = (start: string, end = start) => ({ start: isoDate(start), end: isoDate(end) })
const entry = (more: Partial<Remediation>): Remediation => ({
  kind: 'gap', timespan: 'day', security: null, dates: null, provider: null, action: 'fetch', state: 'resolved', occurrences: 1,
  before: null, after: null, message: null, runId: null, beganAt: new Date('2025-03-01T00:00:00Z'), ...more,
})
const listed = async (...line: string[]) => (await runCommand(remediation, ['remediation', ...line], { pool })).json['remediations'] as Record<string, unknown>[]
const kinds = async (...line: string[]) => (await listed(...line)).map(({ kind }) => kind)

const runId = await insertRun(pool)
await logRemediation(pool, entry({
  kind: 'checksum_mismatch', dates: dates('2025-01-06'), action: 'reload', provider: 'massive', runId,
  before: { wrong: ['changed'], stored_rows: 298, checksum: '5', fills: 0 }, after: { wrong: [], stored_rows: 300, checksum: '17', fills: 0 },
}))
await logRemediation(pool, entry({ kind: 'rate_limited', timespan: null, action: 'waited', state: 'failed', provider: 'yahoo', occurrences: 1200, message: '=HYPERLINK("x")\u001b[31m', runId }))
await logRemediation(pool, entry({ kind: 'gap', security: { symbolId: 7, symbol: 'FB' }, dates: dates('2022-05-02', '2022-05-04'), state: 'closed', after: { bars: 0 } }))
await logRemediation(pool, entry({ kind: 'duplicate', timespan: 'week', dates: dates('2025-01-05'), action: 'kept_first', occurrences: 2, before: { symbols: ['XYZ'], rows: 2 } }))
// As of days that the filters tell apart: entries end when they are written.
await pool.query(`update remediation_log set ended_at = timestamptz '2025-03-01T00:00Z' + (remediation_id - 1) * interval '1 day'`)

await t.test('entries are listed in words, the newest first', async (t) => {
  const { text } = await runCommand(remediation, ['remediation'], { pool })
  t.same(await kinds(), ['duplicate', 'gap', 'rate_limited', 'checksum_mismatch'])
  t.match(text, /its bars were not those of its load +its file was loaded again +checksum 5 -> 17, stored rows 298 -> 300 +it is right now/)
  t.match(text, /1,200 answers of yahoo: too many requests +waited and asked again +- +given up: =HYPERLINK\("x"\)\\x1b\[31m/, 'and nothing from outside reaches the terminal as it came')
  t.match(text, /FB day 2022-05-02\.\.2022-05-04 +bars were absent +providers were asked +bars 0 +no source has it/)
  t.match(text, '4 entries: 1 checksum_mismatch resolved, 1 duplicate resolved, 1 gap closed, 1 rate_limited failed.')
  t.match((await listed('--kind', 'checksum_mismatch'))[0], { run_id: runId, command: 'load', start: '2025-01-06', state: 'resolved', action: 'reload', ended_at: '2025-03-01T00:00:00.000Z' })
})

await t.test('each filter narrows the list, and so do several', async (t) => {
  t.same(await kinds('--symbol', 'META'), ['gap'], 'under what it was called then')
  t.same(await kinds('--symbol', 'XYZ'), [])
  t.same(await kinds('--timespan', 'week'), ['duplicate'])
  t.same(await kinds('--interval', 'day'), ['gap', 'checksum_mismatch'])
  t.same(await kinds('--state', 'failed'), ['rate_limited'])
  t.same(await kinds('--start', '2022-05-04', '--end', '2025-01-05'), ['duplicate', 'gap'], 'what it is about touches the range')
  t.same(await kinds('--end', '2022-05-01'), [])
  t.same(await kinds('--since', '2025-03-03'), ['duplicate', 'gap'])
  t.same(await kinds('--run', String(runId), '--kind', 'rate_limited'), ['rate_limited'])
  t.equal((await runCommand(remediation, ['remediation', '--run', '99'], { pool })).text, 'No mending was like that.')
  const { text, json } = await runCommand(remediation, ['remediation', '--limit', '1'], { pool })
  t.match(text, '4 entries: 1 checksum_mismatch resolved, 1 duplicate resolved, 1 gap closed, 1 rate_limited failed. 3 more; --limit 4 shows all.')
  t.match(json, { remediations: [{ kind: 'duplicate' }] })
})

await t.test('CSV has every figure, and no field that a spreadsheet takes for a formula', async (t) => {
  const { csv } = await runCommand(remediation, ['remediation', '--run', String(runId)], { pool })
  const [header, limited, mismatch] = csv!.split('\n')
  t.match(header, /^remediation_id,ended_at,began_at,kind,.*,before,after$/)
  t.match(limited, /,rate_limited,,,,,,yahoo,waited,failed,1200,/)
  t.match(mismatch, `"{""fills"": 0, ""wrong"": [""changed""], ""checksum"": ""5"", ""stored_rows"": 298}"`.replaceAll('": ', '":').replaceAll(', ""', ',""'))
  await pool.query(`insert into remediation_log (kind, symbol_id, symbol, provider, action, state) values ('gap', 9, '=1+1', '@x', 'fetch', 'failed')`)
  t.match((await runCommand(remediation, ['remediation', '--limit', '1'], { pool })).csv, /,gap,,'=1\+1,9,,,'@x,/)
  await pool.query('delete from remediation_log where symbol_id = 9')
})

await t.test('filters that can be no such thing are refused', async (t) => {
  const refused = (...line: string[]) => runCommand(remediation, ['remediation', ...line], { pool }).then(() => null, (error: unknown) => error)
  t.match(await refused('--run', 'x'), { code: 'RUN_INVALID' })
  t.match(await refused('--since', 'yesterday'), { code: 'DATE_INVALID' })
  t.match(await refused('--start', '2025-02-01', '--end', '2025-01-01'), { code: 'DATES_BACKWARDS' })
  t.match(await refused('--symbol', 'NOBODY'), { code: 'SYMBOL_UNKNOWN' })
  t.match(await refused('--kind', 'other'), { message: /kind/ })
})

await t.test('what says the same as the latest of its bars is written once', async (t) => {
  const found = (rows: number, more: Partial<Remediation> = {}) =>
    logRemediationOnce(pool, entry({ kind: 'duplicate', dates: dates('2025-02-03'), provider: 'massive', action: 'kept_first', before: { rows }, ...more }))
  await found(2)
  await found(2)
  t.equal((await listed('--start', '2025-02-03')).length, 1)
  await found(3)
  await found(2)
  await found(2, { provider: 'yahoo' })
  await found(2, { security: { symbolId: 8, symbol: 'XYZ' } })
  await found(2, { timespan: 'minute' })
  t.same((await listed('--start', '2025-02-03')).map(({ change, provider, symbol, timespan }) => [change, provider, symbol, timespan]), [
    ['rows 2', 'massive', null, 'minute'], ['rows 2', 'massive', 'XYZ', 'day'], ['rows 2', 'yahoo', null, 'day'], ['rows 2', 'massive', null, 'day'], ['rows 3', 'massive', null, 'day'],
    ['rows 2', 'massive', null, 'day'],
  ])
})

await t.test('where nothing was mended the list says so', async (t) => {
  await pool.query('delete from remediation_log')
  const { exitCode, text, json, csv } = await runCommand(remediation, ['remediation'], { pool })
  t.equal(exitCode, 0)
  t.equal(text, 'Nothing had to be mended yet.')
  t.same(json, { summary: [], remediations: [] })
  t.equal(csv?.split('\n').length, 2, 'a header alone')
})
