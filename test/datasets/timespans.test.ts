import t from 'tap'
import { DATASETS } from '../../lib/datasets/datasets.js'
import { TIMESPAN_NAMES, type TimespanName } from '../../lib/datasets/timespan.js'
import { TIMESPANS, timespanNamed } from '../../lib/datasets/timespans.js'
import { addDays, datesOf, isoDate, type DateRange } from '../../lib/domain/dates.js'
import { instantOf, wallTime } from '../../lib/domain/zone.js'

const ZONE = 'America/New_York'
const MS = 1_000_000n
const range = (start: string, end = start): DateRange => ({ start: isoDate(start), end: isoDate(end) })
const at = (instant: string, nanoseconds = 0n): bigint => BigInt(Date.parse(instant)) * MS + nanoseconds
const periods = (name: TimespanName, start: string, end?: string) => timespanNamed(name).periods(range(start, end))

/** A day, one with 23 hours and one with 25, a year's end, middles of weeks and months, a leap day, and before 1970. */
const RANGES = [range('2025-01-06'), range('2025-03-09'), range('2025-03-05', '2025-03-12'), range('2025-11-02'), range('2025-10-29', '2025-11-05'), range('2025-12-30', '2026-01-02'), range('2024-02-28', '2024-03-01'), range('1968-12-31', '1969-01-02')]

await t.test('each name has its timespan, in the order of the names', async (t) => {
  t.same(TIMESPANS.map(({ name }) => name), TIMESPAN_NAMES)
  for (const name of TIMESPAN_NAMES) t.equal(timespanNamed(name).name, name)
  const tables = TIMESPANS.map(({ table }) => table)
  t.same(tables, [...new Set(tables)])
  t.equal(new Set(TIMESPANS.map(({ lockNumber }) => lockNumber)).size, TIMESPANS.length)
  t.same(TIMESPANS.flatMap(({ fills }) => fills ?? []).toSorted((a, b) => a.lockNumber - b.lockNumber), DATASETS, 'the files\' tables are filled')
  t.ok(TIMESPANS.every(({ fills, table }) => fills === null || fills.table === table))
})

for (const timespan of TIMESPANS) {
  const { name } = timespan
  await t.test(`${name}: periods follow each other without a gap, each found by its beginning`, async (t) => {
    for (const dates of RANGES) {
      const found = timespan.periods(dates)
      const all = Array.from({ length: found.slots }, (_, slot) => slot)
      const spans = all.map((slot) => found.span(slot))
      const touched = all.map((slot) => found.dates(slot))
      t.ok(all.length > 0)
      t.same(spans.map(({ start }) => found.slot(BigInt(start) * MS)), all)
      t.same(spans.slice(1).map(({ start }) => start), spans.slice(0, -1).map(({ end }) => end))
      t.equal(spans[0]!.start, instantOf(touched[0]!.start, '00:00', ZONE).getTime())
      const dateAt = (ms: number) => wallTime(new Date(ms), ZONE).date
      t.same(touched, spans.map(({ start, end }) => ({ start: dateAt(start), end: dateAt(end - 1) })), 'the dates are those of its instants')
      t.same(all.map((slot) => found.time(slot)), all.map((slot) => (timespan.ofDates ? touched[slot]!.start : new Date(spans[slot]!.start).toISOString())))
      t.same(all.map((slot) => found.dateOf(slot)), touched.map(({ start }) => (start > dates.start ? start : dates.start)))
      t.equal(touched[0]!.start <= dates.start && dates.start <= touched[0]!.end, true)
      t.equal(touched.at(-1)!.start <= dates.end && dates.end <= touched.at(-1)!.end, true)
      t.same(timespan.asked(dates), { start: timespan.ofDates ? touched[0]!.start : dates.start, end: dates.end })
    }
  })

  await t.test(`${name}: none begins before the first of the range, after its last, or between two`, async (t) => {
    for (const dates of RANGES) {
      const found = timespan.periods(dates)
      const last = found.slots - 1
      const [start, end] = [BigInt(found.span(0).start) * MS, BigInt(found.span(last).end) * MS]
      for (const instant of [start - 1n, end, end + 1n, start - 10n ** 30n, end + 10n ** 30n]) t.equal(found.slot(instant), undefined, String(instant))
      for (const instant of [start + 1n, end - 1n, start + 30_000n * MS]) t.equal(found.slot(instant), name === 'day' ? (instant === end - 1n ? last : 0) : undefined, String(instant))
    }
  })

  await t.test(`${name}: the pieces of a range are its dates, each once and in order`, async (t) => {
    for (const dates of [...RANGES, range('2023-11-15', '2025-02-10')]) {
      const pieces = timespan.pieces(dates)
      t.same(pieces.flatMap((piece) => [...datesOf(piece)]), [...datesOf(dates)])
      const months = new Set(pieces.map(({ start }) => start.slice(0, 7)))
      if (name === 'hour' || name === 'minute') t.ok(months.size === pieces.length && pieces.every(({ start, end }) => start.slice(0, 7) === end.slice(0, 7)))
      else t.equal(pieces.length, 1)
    }
  })
}

await t.test('a day has 24 hours, or 23 or 25 when the clocks change', async (t) => {
  for (const [date, hours] of [['2025-01-06', 24], ['2025-03-09', 23], ['2025-11-02', 25]] as const) {
    t.equal(periods('hour', date).slots, hours)
    t.equal(periods('minute', date).slots, hours * 60)
  }
  const spring = periods('hour', '2025-03-09')
  t.equal(spring.time(1), '2025-03-09T06:00:00.000Z')
  t.equal(spring.time(2), '2025-03-09T07:00:00.000Z', 'three o\'clock follows one o\'clock')
  t.equal(periods('hour', '2025-03-09', '2025-03-10').slot(at('2025-03-10T04:00:00Z')), 23, 'the next day\'s first')
})

await t.test('an hour and a minute begin at whole ones and are of the date that New York has', async (t) => {
  const hours = periods('hour', '2026-02-12', '2026-02-13')
  t.equal(hours.slot(at('2026-02-12T14:00:00Z')), 9)
  t.equal(hours.slot(at('2026-02-12T14:30:00Z')), undefined)
  t.equal(hours.dateOf(hours.slot(at('2026-02-13T01:00:00Z'))!), '2026-02-12', '20:00 the day before')
  t.equal(periods('minute', '2026-02-12').slot(at('2026-02-12T14:30:00Z')), 570)
  t.equal(periods('minute', '2026-02-12').slot(at('2026-02-12T14:30:00Z', 1n)), undefined)
})

await t.test('a day is found by any instant of its date', async (t) => {
  const days = periods('day', '2026-02-12', '2026-02-13')
  for (const [instant, slot] of [[at('2026-02-12T05:00:00Z'), 0], [at('2026-02-12T21:00:00Z'), 0], [at('2026-02-13T05:00:00Z', -1n), 0], [at('2026-02-13T05:00:00Z'), 1], [at('2026-02-13T21:00:00Z'), 1], [at('2026-02-14T05:00:00Z'), undefined]] as const) {
    t.equal(days.slot(instant), slot, String(instant))
  }
  t.equal(days.time(1), '2026-02-13')
})

await t.test('a week begins on Sunday at midnight in New York, also when the clocks change that day', async (t) => {
  // 2025-03-05 and 2025-03-12 are Wednesdays; the clocks change on Sunday the 9th.
  const weeks = periods('week', '2025-03-05', '2025-03-12')
  t.equal(weeks.slots, 2)
  t.same([weeks.time(0), weeks.time(1)], ['2025-03-02', '2025-03-09'])
  t.equal(weeks.slot(at('2025-03-09T05:00:00Z')), 1)
  t.equal(weeks.slot(at('2025-03-09T04:00:00Z')), undefined)
  t.equal(weeks.slot(at('2025-03-10T04:00:00Z')), undefined, 'Monday')
  t.equal(weeks.slot(at('2025-03-16T04:00:00Z')), undefined, 'the week after')
  t.same(weeks.dates(1), range('2025-03-09', '2025-03-15'))
  t.same(weeks.span(1), { start: Date.parse('2025-03-09T05:00:00Z'), end: Date.parse('2025-03-16T04:00:00Z') })
  t.equal(weeks.dateOf(0), '2025-03-05', 'its symbol is that of the first date asked for')
  t.equal(weeks.dateOf(1), '2025-03-09')
  t.same(timespanNamed('week').asked(range('2025-03-05', '2025-03-12')), range('2025-03-02', '2025-03-12'))
  t.same(timespanNamed('week').asked(range('2025-03-09', '2025-03-12')), range('2025-03-09', '2025-03-12'), 'a Sunday is its own')
  t.same(timespanNamed('week').asked(range('2025-03-08')), range('2025-03-02', '2025-03-08'), 'a Saturday is its last')
})

await t.test('a month begins on its first at midnight', async (t) => {
  const months = periods('month', '2025-10-30', '2026-01-02')
  t.same(Array.from({ length: months.slots }, (_, slot) => months.time(slot)), ['2025-10-01', '2025-11-01', '2025-12-01', '2026-01-01'])
  t.equal(months.slot(at('2025-10-01T04:00:00Z')), 0)
  t.equal(months.slot(at('2025-12-01T05:00:00Z')), 2)
  t.equal(months.slot(at('2025-12-01T04:00:00Z')), undefined)
  t.same(months.dates(1), range('2025-11-01', '2025-11-30'))
  t.equal(months.dateOf(0), '2025-10-30')
  t.same(timespanNamed('month').asked(range('2025-10-30', '2026-01-02')), range('2025-10-01', '2026-01-02'))
  t.same(periods('month', '2024-02-29').dates(0), range('2024-02-01', '2024-02-29'))
})

await t.test('every instant of a range is in one period', async (t) => {
  for (const dates of RANGES) {
    for (const timespan of TIMESPANS) {
      const found = timespan.periods(dates)
      const [first, last] = [instantOf(dates.start, '00:00', ZONE).getTime(), instantOf(addDays(dates.end, 1), '00:00', ZONE).getTime()]
      const spans = Array.from({ length: found.slots }, (_, slot) => found.span(slot))
      for (let instant = first; instant < last; instant += 7_919_003) {
        if (spans.filter(({ start, end }) => start <= instant && instant < end).length !== 1) t.fail(`${timespan.name} at ${new Date(instant).toISOString()}`)
      }
      t.ok(spans[0]!.start <= first && last <= spans.at(-1)!.end)
    }
  }
})
