import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Universe } from '../../../lib/domain/universe.js'
import { AnswerReader } from '../../../lib/features/fetch/read-answer.js'
import { MASSIVE_REST } from '../../../lib/providers/massive/rest/rest.js'
import { RECORDED, withRecorded } from '../../helpers/recorded.js'

// Recorded answers by the whole way from bytes to lines of COPY.

function read(name: string, symbol: string | null, timespan: TimespanName, start: string, end = start): { lines: string[]; tally: AnswerReader['tally'] } {
  const universe = new Universe(['AAPL', 'CRVL'].map((symbol, index) => ({ symbol, symbolId: index + 1, from: null, to: null })), 1)
  const range = { start: isoDate(start), end: isoDate(end) }
  const reader = new AnswerReader({ form: 'answer', provider: MASSIVE_REST, timespan: timespanNamed(timespan), symbol, range, calendar: createCalendar(DEFAULT_EXCHANGE), universe, pulledAt: new Date('2026-10-01T00:00:00Z'), request: 0 })
  // They were asked for with adjusted prices, which is not what is done here.
  reader.read(Buffer.from(readFileSync(path.join(RECORDED, name), 'utf8').replace(/"adjusted":\s*true/, '"adjusted":false')))
  reader.judge()
  return { lines: reader.pieces.join('').split(/(?<=\n)/), tally: reader.tally }
}

await t.test('a month of days', withRecorded, async (t) => {
  const { lines, tally } = read('recorded/massive/aggs_AAPL_1day_2019-01-01_2019-02-01.json', 'AAPL', 'day', '2019-01-01', '2019-02-01')
  t.match(tally.counts, { read: 21, staged: 21, rejected: 0, unknown: 0, duplicates: 0 })
  t.equal(lines[0], '0\t1\t2019-01-02\t154.89\t158.85\t154.23\t157.92\t37039737\t1\tt\tf\tnone\n')
})

await t.test('the hours of a day, seven of them of the regular session', withRecorded, async (t) => {
  const { lines } = read('recorded/massive/aggs_AAPL_1hour_2024-04-29_DELAYED.json', 'AAPL', 'hour', '2024-04-29')
  t.equal(lines.length, 16)
  t.same(lines.filter((line) => line.endsWith('\tt\tf\tnone\n')).map((line) => line.split('\t')[2]!.slice(11, 16)), ['13:00', '14:00', '15:00', '16:00', '17:00', '18:00', '19:00'])
})

await t.test('a whole date, of which the universe has two symbols', withRecorded, async (t) => {
  const { lines, tally } = read('grouped_daily_2026-09-25.trimmed.json', null, 'day', '2026-09-25')
  t.match(tally.counts, { read: 14, staged: 2, unknown: 12, rejected: 0 })
  t.match(lines.find((line) => line.startsWith('0\t2\t')), /^0\t2\t2026-09-25\t[\d.\t]+\t213849\.305802\t7494\tt\tf\tnone\n$/)
})
