import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import { exportOf, writeDemoFiles } from '../../../lib/cli/commands/serve/demo-files.js'

const folder = t.testdir({})
// The file of 30 June is due at 11:00 in New York, 15:00 UTC, so that of the 29th is the last one there can be. 19 June is a holiday.
const made = await writeDemoFiles(folder, createCalendar(DEFAULT_EXCHANGE, []), { publishedAt: '11:00', missingAfter: 24 }, new Date('2026-07-01T14:59:00Z'))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz')).toSorted()
const read = (date: string) => readFileSync(path.join(folder, files.find((name) => name.endsWith(`${date}.csv.gz`))!))

await t.test('a demo has the fixtures as the files of the last sessions that can have one, but for a session without', async (t) => {
  t.same(made.sessions, ['04', '05', '08', '09', '10', '11', '12', '15', '16', '17', '18', '22', '23', '24', '25', '26', '29'].map((day) => `2026-06-${day}`))
  t.same(files.map((name) => name.slice(-'2026-06-04.csv.gz'.length, -'.csv.gz'.length)), made.sessions.filter((date) => date !== '2026-06-09'))
})

await t.test('its bars begin when their session does, in summer too', async (t) => {
  const [, line = ''] = gunzipSync(read('2026-06-04')).toString().split('\n')
  // As the fixture of 2026-02-12 has it, but for the instant: midnight of 4 June in New York is 04:00 UTC.
  t.equal(line, `A,68488386,239.78,235.67,241.63,233.53,${Date.UTC(2026, 5, 4, 4)}000000,459653`)
})

await t.test('one of its files is cut, two lack a security, and what a provider gives stands for the one that is missing', async (t) => {
  t.throws(() => gunzipSync(read('2026-06-11')), { code: 'Z_BUF_ERROR' })
  // A watched security lacks two sessions in a row, of late enough to be told of.
  t.same(['22', '23', '24', '25'].map((day) => /^IWM,/m.test(gunzipSync(read(`2026-06-${day}`)).toString())), [true, false, false, true])
  t.equal(exportOf('AAPL', made.missing), 'timestamp,open,high,low,close,volume\n2026-06-09,254.84,257.17,251.96,254.48,19883399\n2026-06-10,254.84,257.17,251.96,254.48,19883399\n')
})
