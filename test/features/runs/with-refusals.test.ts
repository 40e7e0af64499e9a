import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { load } from '../../../lib/cli/commands/load/load.js'
import { remediation } from '../../../lib/cli/commands/remediation.js'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { fetchWorld } from '../../helpers/fetch-world.js'
import { dayFilePath, manyBars, putDayFile, registerSymbols } from '../../helpers/load.js'
import { FAULTS, type RestFault } from '../../helpers/rest-faults.js'
import { runCommand } from '../../helpers/run-command.js'
import { memoryObject } from '../../helpers/s3-objects.js'
import { startS3Server } from '../../helpers/s3-server.js'

const world = await fetchWorld(t, '2026-01-02T23:00:00Z')
const { pool, server } = world
const DECEMBER = { timespans: ['day' as const], start: '2025-12-01', end: '2025-12-31', lanes: 1 }
const SPY = '/SPY/range/'
const listed = async () => (await runCommand(remediation, ['remediation'], { pool })).json['remediations'] as Record<string, unknown>[]

/** The entries that the work leaves, whose log is empty before. */
async function entriesOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  await pool.query('delete from remediation_log')
  await work()
  return (await listed()).toSorted((a, b) => (String(a['kind']) < String(b['kind']) ? -1 : 1))
}

/** Answers about SPY go wrong in this order, then no more. */
function wrong(...faults: RestFault[]): void {
  server.fault = ({ url }) => (url.includes(SPY) ? faults.shift() : undefined)
}

await t.test('what a provider refuses is one entry a run and kind, with how often it was, whatever it was asked for', async (t) => {
  const faults: Record<string, RestFault[]> = { SPY: [FAULTS.limitedFor('1'), FAULTS.busyFor('1')], AAPL: [FAULTS.limitedFor('1')] }
  server.fault = ({ url }) => faults[/\/ticker\/(\w+)\/range\//.exec(url)?.[1] ?? '']?.shift()
  let runId = 0
  const entries = await entriesOf(async () => {
    const { result, units } = await world.fetch({ ...DECEMBER, symbols: ['SPY', 'AAPL'] })
    runId = result.runId
    t.equal(units.filter((unit) => unit.includes('stored')).length, 2)
  })
  const common = { timespan: 'day', symbol: null, start: null, provider: 'massive', action: 'waited', state: 'resolved', run_id: runId, command: 'fetch', message: null, before: { asked_for: 'requests', given_up: 0 } }
  t.match(entries, [{ ...common, kind: 'rate_limited', occurrences: 2, ending: 'answered' }, { ...common, kind: 'unavailable', occurrences: 1 }])
  t.equal(entries.length, 2)
  t.same(await entriesOf(() => world.fetch({ ...DECEMBER, symbols: ['SPY'] })), [], 'a run without any has no entry')
})

await t.test('what is given up is told as failed, though nothing of its unit is stored', async (t) => {
  wrong(...Array.from({ length: 20 }, () => FAULTS.busyFor('0')))
  const entries = await entriesOf(async () => t.match((await world.fetch({ ...DECEMBER, symbols: ['SPY'] })).units, [/^SPY day .*failed PROVIDER_UNAVAILABLE/]))
  const requests = await world.lines('select tries from fetches order by fetch_id desc limit 1')
  t.match(entries, [{ kind: 'unavailable', state: 'failed', occurrences: Number(requests[0]), before: { given_up: 1 }, message: /^massive cannot answer now/ }])
  wrong(FAULTS.limitedFor('86400'))
  const limited = await entriesOf(() => world.fetch({ ...DECEMBER, timespans: ['day', 'week'], symbols: ['SPY'] }))
  t.match(limited, [{ kind: 'rate_limited', state: 'failed', occurrences: 1, timespan: null, message: /asks not to be asked again before/ }], 'several lengths of bars are none in particular')
  wrong(FAULTS.broken)
  t.same(await entriesOf(() => world.fetch({ ...DECEMBER, symbols: ['SPY'] })), [], 'another error of a server is no such refusal')
})

await t.test('an entry that cannot be written costs the fetch nothing but a warning', async (t) => {
  await pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'no entry today'; end $$;
    create trigger refuse before insert on remediation_log for each row execute function refuse()`)
  wrong(FAULTS.limited)
  const { units, log } = await world.fetch({ ...DECEMBER, symbols: ['SPY'] })
  await pool.query('drop function refuse cascade')
  t.match(units, [/^SPY day .*unchanged/])
  t.ok(log.includes('could not write down what a provider refused'))
  t.same(await listed(), [])
})

await t.test('rows that an answer has twice are written down once, however often it is asked for', async (t) => {
  const december = { ...DECEMBER, symbols: ['SPY'] }
  const [{ symbol_id: symbolId }] = (await pool.query<{ symbol_id: number }>(`select symbol_id from ticker_symbols where symbol = 'SPY'`)).rows as [{ symbol_id: number }]
  const entries = await entriesOf(async () => {
    for (let times = 0; times < 3; times++) {
      wrong(FAULTS.twiceDifferent)
      await world.fetch(december)
    }
  })
  // The first session of December is the one whose row comes again.
  t.match(entries, [{
    kind: 'duplicate', timespan: 'day', symbol: 'SPY', symbol_id: symbolId, start: '2025-12-01', end: '2025-12-01', provider: 'massive', action: 'kept_first', state: 'resolved', occurrences: 1,
    before: { equal_rows: 0, different_rows: 1, symbols: ['SPY'] }, command: 'fetch',
  }])
  t.equal(entries.length, 1)
  wrong(FAULTS.twice)
  await world.fetch(december)
  t.match((await listed())[0], { kind: 'duplicate', start: '2025-12-01', end: '2025-12-31', occurrences: 22, before: { equal_rows: 22, different_rows: 0 } })
})

await t.test('what a bucket of day files refuses is written down with the load', async (t) => {
  const s3 = await startS3Server()
  t.teardown(() => s3.close())
  const root = t.testdir({})
  await registerSymbols(pool, manyBars(3).map((bar) => bar.split(',')[0]!))
  for (const date of ['2025-01-06', '2025-01-07']) {
    putDayFile(root, date, manyBars(3))
    s3.objects.set(`us_stocks_sip/${dayFilePath(DAY_AGGS, date)}`, memoryObject(readFileSync(path.join(root, dayFilePath(DAY_AGGS, date)))))
  }
  const loads = () => runCommand(load, ['load', '--start', '2025-01-06', '--end', '2025-01-07'], { pool, env: s3.env, settings: { source: 's3://flatfiles/us_stocks_sip', lanes: 1 }, now: '2025-01-09T12:00:00Z' })
  s3.faults.push({ operation: 'list', status: 503, code: 'SlowDown' }, { operation: 'get', status: 429, code: 'TooManyRequests' }, { operation: 'get', status: 503, code: 'ServiceUnavailable' })
  const common = { timespan: 'day', provider: 'massive', state: 'resolved', command: 'load', before: { asked_for: 'day files', given_up: 0 } }
  t.match(await entriesOf(async () => t.equal((await loads()).exitCode, 0)), [{ ...common, kind: 'rate_limited', occurrences: 2 }, { ...common, kind: 'unavailable', occurrences: 1 }])
  t.same(await entriesOf(loads), [])

  // A wait that is longer than all that a file may take is none.
  s3.objects.set(`us_stocks_sip/${dayFilePath(DAY_AGGS, '2025-01-06')}`, memoryObject(readFileSync(path.join(root, dayFilePath(DAY_AGGS, '2025-01-06'))), 'another'))
  s3.faults.push({ operation: 'get', status: 503, code: 'SlowDown', headers: { 'Retry-After': '3600' } })
  t.match(await entriesOf(async () => t.equal((await loads()).exitCode, 3)), [{ kind: 'rate_limited', state: 'failed', occurrences: 1, before: { given_up: 1 }, message: /SlowDown, HTTP 503$/ }])
})
