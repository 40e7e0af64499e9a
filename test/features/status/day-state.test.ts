import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { XNYS } from '../../../lib/calendar/exchanges/xnys.js'
import { isoDate } from '../../../lib/domain/dates.js'
import type { Outcome } from '../../../lib/domain/outcome.js'
import { dayState } from '../../../lib/features/status/day-state.js'

const calendar = createCalendar(XNYS)

/** The state of a date nobody has loaded, after an attempt that ended so, at an instant. */
function state(date: string, now: string, outcome?: Outcome): string | undefined {
  const attempt = outcome && { date: isoDate(date), outcome, code: null, message: null }
  return dayState({ date: isoDate(date), loaded: undefined, attempt }, { calendar, publication: { publishedAt: '11:00', missingAfter: 24 }, now: new Date(now) })
}

function loadedState(stale: boolean, outcome: Outcome): string | undefined {
  const date = isoDate('2016-11-25')
  return dayState(
    { date, loaded: { date, stale }, attempt: { date, outcome, code: null, message: null } },
    { calendar, publication: { publishedAt: '11:00', missingAfter: 24 }, now: new Date('2016-12-01T00:00:00Z') },
  )
}

await t.test('a session is not published until 11:00 New York time on the next day, then nobody has loaded it', async (t) => {
  // In November New York is five hours behind UTC.
  t.equal(state('2016-11-28', '2016-11-29T15:59:59Z'), 'not_published')
  t.equal(state('2016-11-28', '2016-11-29T16:00:00Z'), 'not_loaded')
})

await t.test('told to be late, it stays not published through the grace and is to be tried again after it', async (t) => {
  t.equal(state('2016-11-28', '2016-11-30T15:59:59Z', 'not_published'), 'not_published')
  t.equal(state('2016-11-28', '2016-11-30T16:00:00Z', 'not_published'), 'not_loaded')
})

await t.test('the last attempt decides between missing, failed and not loaded', async (t) => {
  const now = '2016-12-05T00:00:00Z'
  t.equal(state('2016-11-28', now, 'missing'), 'missing')
  for (const outcome of ['source_failed', 'db_failed', 'forbidden', 'locked', 'interrupted'] as const) t.equal(state('2016-11-28', now, outcome), 'failed', outcome)
  t.equal(state('2016-11-28', now, 'loaded'), 'not_loaded', 'a load of selected symbols makes no date complete')
  t.equal(state('2016-11-28', now, 'holiday'), 'not_loaded', 'the calendar has learned since')
})

await t.test('Thanksgiving is a holiday, a weekend nothing', async (t) => {
  t.equal(state('2016-11-24', '2016-12-05T00:00:00Z', 'holiday'), 'holiday')
  t.equal(state('2016-11-26', '2016-12-05T00:00:00Z'), undefined)
})

await t.test('a loaded date stays loaded whatever happened later; only known symbols make it stale', async (t) => {
  t.equal(loadedState(false, 'source_failed'), 'loaded')
  t.equal(loadedState(true, 'loaded'), 'stale')
})
