import t from 'tap'
import { alerts } from '../../../lib/cli/commands/alerts/group.js'
import { monitor } from '../../../lib/cli/commands/monitor/monitor.js'
import { EXIT } from '../../../lib/cli/framework/exit.js'
import { freshDatabase } from '../../helpers/database.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols } from '../../helpers/load.js'
import { runCommand } from '../../helpers/run-command.js'

// Three sessions that were loaded in time; the file of the fourth, a Thursday, was due on Friday at eleven in New York: 16:00 UTC. The Monday after is a holiday.
const DATES = ['2025-01-13', '2025-01-14', '2025-01-15'] as const
const LATE = '2025-01-16'
const { pool } = await freshDatabase(t)
const root = t.testdir({})
await registerSymbols(pool, manyBars(3).map((bar) => bar.split(',')[0]!))
for (const date of [...DATES, LATE]) putDayFile(root, date, manyBars(3))
await loadDates(pool, directorySource(root), DATES[0], DATES[2])
await pool.query(`update attempts set finished_at = date + interval '36 hours'`)

/** A look on that Friday. */
const look = (time: string, env: Record<string, string> = {}) => runCommand(monitor, ['monitor'], { pool, now: `2025-01-17T${time}Z`, settings: { watch: 'A000,A001', home: root }, env })
const list = (line: readonly string[], more: { colour?: boolean; room?: number } = {}) => runCommand(alerts, ['alerts', ...line], { pool, now: '2025-01-17T17:05:00Z', ...more })
const listed = async (...line: string[]) => (await list(line)).json['alerts'] as Record<string, unknown>[]

await t.test('before anything looked that is said', async (t) => {
  const { text, json, exitCode } = await list([])
  t.equal(text, 'Nothing is wrong that was told of.\n\nNothing has looked yet: ohlcv monitor does.')
  t.same([exitCode, json['checked_at']], [EXIT.ok, null])
})

await t.test('a look tells what it found, what is new and that nobody could be told; trouble is no failure of it', async (t) => {
  const before = await look('16:59:00')
  t.match(before.json, { looked_at: '2025-01-17T16:59:00.000Z', channels: [], troubles: [{ kind: 'schedule', severity: 'info' }], alerts: [{ step: 'opened' }], delivered: [] }, '59 minutes after it was due: only the holiday is news')
  t.match(before.text, /1 +news +info +schedule +2025-01-17 16:59:00Z +The exchange is closed on Monday 2025-01-20[^]*Nobody is told: no channel is set up[^]*1 trouble found, 1 notice written\./)
  const { text, json, exitCode } = await look('17:02:00')
  t.equal(exitCode, EXIT.ok)
  t.match(text, /2 +new +warning +stale +2025-01-17 17:02:00Z +The day_aggs file of 2025-01-16 is late[^]*ohlcv alerts show 2 tells what to do/)
  t.match(json, { alerts: [{ alert_id: 2, step: 'opened', kind: 'stale', dataset: 'day_aggs', timespan: 'day', cleared_at: null }, { alert_id: 1, step: 'cleared' }], notices: [{ event: 'opened', alerts: [2] }] })
})

await t.test('a channel that does not answer fails no look: what is to be sent waits', async (t) => {
  const { exitCode, text, json } = await look('17:03:00', { OHLCV_WEBHOOK_URL: 'http://127.0.0.1:9/', OHLCV_WEBHOOK_SECRET: 'x'.repeat(32) })
  t.equal(exitCode, EXIT.ok)
  t.match(json, { channels: ['webhook'], notices: [], delivered: [] }, 'what was told when there was no channel is not sent after it')
  t.match(text, /2 +still +warning/)
})

await t.test('the list is a table in the colours of how bad it is, and each filter narrows it', async (t) => {
  const { text } = await list([], { colour: true, room: 150 })
  t.match(text, /alert +state[^]*\u001b\[33m +2 +warning +stale +2025-01-17 17:02:00Z +1 hour 3 minutes +A000, A001 day day_aggs massive[^]*1 alert open; ohlcv alerts show 2 tells what to do\. Last looked at 2025-01-17 17:03:00Z\./)
  t.ok((await list([], { room: 80 })).text.split('\n').every((line) => line.length <= 100), 'it fits where there is little room, but for the last line')
  t.same((await listed('--state', 'all')).map(({ alert_id: id }) => id), [2, 1])
  t.same((await listed('--state', 'cleared')).map(({ kind }) => kind), ['schedule'])
  t.same(await listed('--kind', 'disk'), [])
  t.equal((await listed('--dataset', 'day', '--severity', 'warning')).length, 1)
  t.equal((await listed('--symbol', 'A001')).length, 1, 'also one of several that it names')
  t.same(await listed('--symbol', 'A002'), [])
  t.match((await list(['--state', 'all', '--csv'])).csv, /^alert_id,kind,severity,summary,.*\n2,stale,warning,/)
  await t.rejects(list(['--limit', '0']), { code: 'LIMIT_INVALID' })
})

await t.test('one is shown with what to do, what it is about and who was told', async (t) => {
  const { text, json } = await list(['show', '2'])
  t.match(text, /^Alert 2, stale, warning\nThe day_aggs file of 2025-01-16 is late[^]*what to do +.*ohlcv load --date 2025-01-16[^]*symbols +2: A000, A001[^]*opened +2025-01-17 17:02:00Z[^]*opened +2025-01-17 17:02:00Z +- +no channel was set/)
  t.match(json, { alert: { alert_id: 2, details: { lag_minutes: 63, dates: [LATE], symbols: ['A000', 'A001'], symbol_count: 2 } }, notices: [{ event: 'opened', deliveries: [] }], mutes: [] })
  await t.rejects(list(['show', '99']), { code: 'ALERT_UNKNOWN' })
  await t.rejects(list(['show', 'x']), { code: 'ALERT_ID' })
})

await t.test('somebody looks after it, once; and it is muted until an instant, which can be taken back', async (t) => {
  t.match((await list(['acknowledge', '2', '--note', 'asked the vendor', '--by', 'ann'])).text, /^Alert 2 is looked after by ann: The day_aggs file/)
  t.match((await list(['acknowledge', '2', '--by', 'bob'])).json, { alert: { acknowledged_by: 'ann', note: 'asked the vendor', acknowledged_at: '2025-01-17T17:05:00.000Z' } })
  await t.rejects(list(['acknowledge', '1']), { code: 'ALERT_CLEARED' })
  const { text, json } = await list(['mute', '2', '--for', '90m', '--reason', 'known', '--by', 'ann'])
  t.match(json, { mute: { mute_id: 1, alert_id: 2, until: '2025-01-17T18:35:00.000Z', muted_by: 'ann', reason: 'known' } })
  t.match(text, /Nobody is told of alert 2 until 2025-01-17 18:35:00Z[^]*ohlcv alerts unmute 1/)
  t.match((await list(['mute', '--kind', 'stale', '--symbol', 'A000', '--until', '2025-02-01'])).json, { mute: { kind: 'stale', symbol: 'A000', until: '2025-02-01T00:00:00.000Z', muted_by: 'unknown' } })
  t.match((await list([])).text, /warning, acknowledged[^]*Mute 1 until 2025-01-17 18:35:00Z: alert 2 \(known\)\nMute 2 until 2025-02-01 00:00:00Z: kind stale, A000/)
  t.match((await list(['show', '2'])).text, /acknowledged +2025-01-17 17:05:00Z by ann: asked the vendor\nmuted +until 2025-01-17 18:35:00Z by ann \(mute 1: alert 2\)/)
  t.same((await list(['unmute', '1', '2'])).json, { mutes: [1, 2] })
  await t.rejects(list(['unmute', '1']), { code: 'MUTE_UNKNOWN' })
})

await t.test('a mute that says nothing, or no end, is refused in words', async (t) => {
  await t.rejects(list(['mute', '--for', '2h']), { code: 'MUTE_OF_NOTHING' })
  await t.rejects(list(['mute', '2']), { code: 'UNTIL_CONFLICT' })
  await t.rejects(list(['mute', '2', '--for', '2h', '--until', '2025-02-01']), { code: 'UNTIL_CONFLICT' })
  await t.rejects(list(['mute', '2', '--for', 'ever']), { code: 'UNTIL_INVALID', message: /minutes, hours or days/ })
  for (const until of ['2025-02-30', 'tomorrow', '2025-02-01T10:00']) await t.rejects(list(['mute', '2', '--until', until]), { code: 'UNTIL_INVALID' }, until)
  await t.rejects(list(['mute', '2', '--until', '2025-01-17']), { code: 'MUTE_OVER' })
  await t.rejects(list(['unmute', 'all']), { code: 'MUTE_ID' })
})

await t.test('once the file is loaded it is good for now, and over at the look after that', async (t) => {
  await loadDates(pool, directorySource(root), LATE)
  t.match((await look('17:12:00')).text, /2 +good for now +warning/)
  t.match(await look('17:22:00'), { text: /2 +over +warning/, json: { alerts: [{ alert_id: 2, step: 'cleared', cleared_at: '2025-01-17T17:22:00.000Z' }], notices: [{ event: 'cleared' }] } })
  t.match((await look('17:32:00')).json, { alerts: [], notices: [] })
  t.equal((await list([])).text.split('\n')[0], 'Nothing is wrong that was told of.')
  t.match((await list(['show', '2'])).text, /cleared +2025-01-17 17:22:00Z/)
})
