import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { XNYS } from '../../../lib/calendar/exchanges/xnys.js'
import { isoDate, type IsoDate } from '../../../lib/domain/dates.js'
import { freshnessOf } from '../../../lib/features/freshness/dataset.js'
import { windowsSince } from '../../../lib/features/freshness/windows.js'

const calendar = createCalendar(XNYS)
const clockAt = (now: string) => ({ calendar, publication: { publishedAt: '11:00', missingAfter: 24 }, now: new Date(now) })

/** All sessions from one date to another but these. */
function loaded(start: string, end: string, ...but: string[]): IsoDate[] {
  return calendar.sessions({ start: isoDate(start), end: isoDate(end) }).map(({ date }) => date).filter((date) => !but.includes(date))
}

/*
 * November 2016: Thanksgiving is Thursday 24, Friday 25 closes at 13:00. A file is due at 11:00 in New York on the next calendar day, 16:00 UTC in winter and 15:00 in
 * summer. Clocks went back on Sunday 6 November.
 */
const SITUATIONS: readonly { when: string; now: string; have: IsoDate[]; lag: number | null; next?: [date: string, at: string] }[] = [
  { when: 'nothing was ever loaded', now: '2016-11-29T17:00:00Z', have: [], lag: null, next: ['2016-11-29', '2016-11-30T16:00:00.000Z'] },
  { when: 'the session has not closed', now: '2016-11-29T20:00:00Z', have: loaded('2016-11-01', '2016-11-28'), lag: 0, next: ['2016-11-29', '2016-11-30T16:00:00.000Z'] },
  { when: 'it has closed, and its file is not due', now: '2016-11-30T15:59:59Z', have: loaded('2016-11-01', '2016-11-28'), lag: 0, next: ['2016-11-29', '2016-11-30T16:00:00.000Z'] },
  { when: 'its file is due this minute', now: '2016-11-30T16:00:00Z', have: loaded('2016-11-01', '2016-11-28'), lag: 0, next: ['2016-11-30', '2016-12-01T16:00:00.000Z'] },
  { when: 'it is 59 minutes late', now: '2016-11-30T16:59:59Z', have: loaded('2016-11-01', '2016-11-28'), lag: 59 },
  { when: 'it is an hour late', now: '2016-11-30T17:00:59Z', have: loaded('2016-11-01', '2016-11-28'), lag: 60 },
  { when: 'it is 61 minutes late', now: '2016-11-30T17:01:00Z', have: loaded('2016-11-01', '2016-11-28'), lag: 61 },
  { when: 'it came before it was due', now: '2016-11-29T22:00:00Z', have: loaded('2016-11-01', '2016-11-29'), lag: 0, next: ['2016-11-30', '2016-12-01T16:00:00.000Z'] },
  { when: 'it is a holiday', now: '2016-11-24T17:00:00Z', have: loaded('2016-11-01', '2016-11-23'), lag: 0, next: ['2016-11-25', '2016-11-26T16:00:00.000Z'] },
  { when: 'it is the day after a holiday, on which no file was due', now: '2016-11-25T20:00:00Z', have: loaded('2016-11-01', '2016-11-23'), lag: 0 },
  { when: 'the half day after it has closed', now: '2016-11-25T19:00:00Z', have: loaded('2016-11-01', '2016-11-23'), lag: 0, next: ['2016-11-25', '2016-11-26T16:00:00.000Z'] },
  { when: 'the file of a half day is an hour late on a Saturday', now: '2016-11-26T17:00:00Z', have: loaded('2016-11-01', '2016-11-23'), lag: 60 },
  { when: 'it is a Sunday and Friday is there', now: '2016-11-27T12:00:00Z', have: loaded('2016-11-01', '2016-11-25'), lag: 0, next: ['2016-11-28', '2016-11-29T16:00:00.000Z'] },
  { when: 'clocks go forward: a minute before the file of Friday 11 March is due', now: '2016-03-12T15:59:00Z', have: loaded('2016-03-01', '2016-03-10'), lag: 0 },
  { when: 'clocks went forward: the file of Monday 14 March is due at 15:00 UTC', now: '2016-03-15T16:00:00Z', have: loaded('2016-03-01', '2016-03-11'), lag: 60 },
  { when: 'clocks went back: the file of Friday 4 November was due before, that of Monday after', now: '2016-11-08T16:30:00Z', have: loaded('2016-10-03', '2016-11-04'), lag: 30 },
  { when: 'clocks went back between a file that is late and now', now: '2016-11-06T16:00:00Z', have: loaded('2016-10-03', '2016-11-03'), lag: 25 * 60 },
  { when: 'a newer date is loaded and an older one is missing', now: '2016-11-30T17:00:00Z', have: loaded('2016-11-01', '2016-11-29', '2016-11-28'), lag: 25 * 60 },
  // Ten sessions end with Tuesday 29: 15 16 17 18 21 22 23 25 28 29.
  { when: 'the hole is the oldest of the latest ten sessions owed', now: '2016-11-30T17:00:00Z', have: loaded('2016-11-01', '2016-11-29', '2016-11-15'), lag: 14 * 24 * 60 + 60 },
  { when: 'the hole is older', now: '2016-11-30T17:00:00Z', have: loaded('2016-11-01', '2016-11-29', '2016-11-14'), lag: 0 },
  { when: 'the history begins within them', now: '2016-11-30T17:00:00Z', have: loaded('2016-11-25', '2016-11-29'), lag: 0 },
  { when: 'old dates are filled in while the new ones are missing', now: '2016-11-30T17:00:00Z', have: loaded('2015-01-02', '2016-11-23'), lag: 4 * 24 * 60 + 60 },
  { when: 'only old dates were ever loaded', now: '2016-11-30T17:00:00Z', have: loaded('2010-01-04', '2010-01-08'), lag: 14 * 24 * 60 + 60 },
]

await t.test('how late files are follows from the calendar, the moment they are due, and what is loaded', async (t) => {
  for (const { when, now, have, lag, next } of SITUATIONS) {
    const { lagMinutes, nextDue } = freshnessOf(have, clockAt(now))
    t.equal(lagMinutes, lag, when)
    if (next) t.same([nextDue.date, nextDue.at.toISOString()], next, `${when}: what comes next`)
  }
})

await t.test('coverage counts the sessions owed since the first that is loaded', async (t) => {
  // 22 23 25 28 29 are owed by Wednesday noon; Wednesday itself is not.
  const { owed, loaded: there } = freshnessOf(loaded('2016-11-22', '2016-11-29', '2016-11-25'), clockAt('2016-11-30T17:00:00Z'))
  t.same([there, owed], [4, 5])
})

await t.test('a week is owed when the file of its last session is due, under the date of its Sunday; a month under its first', async (t) => {
  const weeks = (now: string) => windowsSince(isoDate('2016-11-13'), 'week', clockAt(now))
  // The week of Thanksgiving ends with Friday 25, whose file is due on Saturday at 16:00 UTC.
  t.same(weeks('2016-11-26T15:59:00Z'), { windows: [{ date: '2016-11-13', last: '2016-11-18' }, { date: '2016-11-20', last: '2016-11-25' }], owed: 1 })
  t.equal(weeks('2016-11-26T16:00:00Z').owed, 2)
  t.same(weeks('2016-11-29T22:00:00Z'), { windows: [{ date: '2016-11-13', last: '2016-11-18' }, { date: '2016-11-20', last: '2016-11-25' }, { date: '2016-11-27', last: '2016-11-29' }], owed: 2 }, 'a week that is not over is not owed')
  const months = (now: string) => windowsSince(isoDate('2016-11-01'), 'month', clockAt(now)).owed
  t.same([months('2016-12-01T15:59:00Z'), months('2016-12-01T16:00:00Z')], [0, 1], 'the file of Wednesday 30 November is due on Thursday')
})
