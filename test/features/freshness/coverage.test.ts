import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { XNYS } from '../../../lib/calendar/exchanges/xnys.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { coverageOf, listedOn, type Listing } from '../../../lib/features/freshness/coverage.js'
import { windowsSince } from '../../../lib/features/freshness/windows.js'

const calendar = createCalendar(XNYS)
// Wednesday noon in New York: the sessions of 21 22 23 25 28 29 November are owed since Monday 21, that of Wednesday is not.
const clock = { calendar, publication: { publishedAt: '11:00', missingAfter: 24 }, now: new Date('2016-11-30T17:00:00Z') }
const range = (from: string | null, to: string | null, symbol = 'X'): Listing => ({ symbol, from: from === null ? null : isoDate(from), to: to === null ? null : isoDate(to) })

interface Told {
  bars: string[]
  loaded?: string[]
  names?: Listing[]
  active?: boolean
}

/** Sessions with a bar, those expected, the gaps, and the minutes it is late. */
function told({ bars, loaded = [], names = [range(null, null)], active = true }: Told): [sessions: number, expected: number, holes: string[], lag: number] {
  const isListed = listedOn(names, active, isoDate(bars.at(-1)!))
  const { sessions, expected, holes, lagMinutes } = coverageOf({
    ...windowsSince(isoDate(bars[0]!), 'day', clock), has: ({ date }) => bars.includes(date), isListed: ({ last }) => isListed(last), isLoaded: ({ date }) => loaded.includes(date),
  }, clock)
  return [sessions, expected, holes.map(({ start, end, sessions }) => `${start}..${end} ${sessions}`), lagMinutes]
}

const WEEK = ['2016-11-21', '2016-11-22', '2016-11-23', '2016-11-25', '2016-11-28', '2016-11-29']

await t.test('what is owed of a security and not there is a gap; it is late only where no file has spoken', async (t) => {
  t.same(told({ bars: WEEK, loaded: WEEK }), [6, 6, [], 0], 'everything is there')
  t.same(told({ bars: ['2016-11-21', '2016-11-22', '2016-11-29'], loaded: WEEK }), [3, 6, ['2016-11-23..2016-11-28 3'], 0], 'halted: files without it have been loaded, and the holiday parts nothing')
  t.same(told({ bars: WEEK.slice(0, 4), loaded: WEEK.slice(0, 4) }), [4, 6, ['2016-11-28..2016-11-29 2'], 25 * 60], 'Monday is not loaded: its file was due on Tuesday at 16:00 UTC')
  t.same(told({ bars: WEEK, loaded: WEEK.slice(0, 4) }), [6, 6, [], 0], 'filled where no file has spoken')
  t.same(told({ bars: ['2016-11-21', '2016-11-23'], loaded: ['2016-11-21', '2016-11-23'] }), [2, 6, ['2016-11-22..2016-11-22 1', '2016-11-25..2016-11-29 3'], 7 * 24 * 60 + 60], 'the oldest one decides')
  t.same(told({ bars: [...WEEK, '2016-11-30'], loaded: WEEK }), [7, 7, [], 0], 'what came before it was owed counts')
})

await t.test('before its listing, after its end and between its symbols nothing is owed of a security', async (t) => {
  t.same(told({ bars: WEEK.slice(3), loaded: WEEK, names: [range('2016-11-25', null)] }), [3, 3, [], 0], 'listed last week')
  t.same(told({ bars: WEEK.slice(0, 3), names: [range(null, '2016-11-23')] }), [3, 3, [], 0], 'delisted: though nothing is loaded since')
  t.same(told({ bars: WEEK.slice(0, 3), names: [range(null, '2016-11-25')] }), [3, 4, ['2016-11-25..2016-11-25 1'], 4 * 24 * 60 + 60], 'delisted, its last session not loaded')
  t.same(told({ bars: WEEK.slice(0, 3), active: false }), [3, 3, [], 0], 'it trades no more, and nobody knows since when')
  t.same(told({ bars: WEEK, loaded: WEEK, names: [range(null, '2016-11-23', 'FB'), range('2016-11-24', null, 'META')] }), [6, 6, [], 0], 'renamed')
  t.same(told({ bars: ['2016-11-21', '2016-11-22', '2016-11-28', '2016-11-29'], loaded: WEEK, names: [range(null, '2016-11-22'), range('2016-11-28', null)] }), [4, 4, [], 0], 'without a symbol for some days')
})
