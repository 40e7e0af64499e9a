import { addDays, datesOf, type IsoDate } from '../../../domain/dates.js'
import { wallTime } from '../../../domain/zone.js'
import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { dayOf } from './words.js'

const NEWS = { kind: 'schedule', severity: 'info', dataset: null, symbol: null, timespan: null, provider: null } as const

/** What is special about the dates up to the next session, from the opening of the one before on. */
function comingDays({ now, calendar }: Situation): { date: IsoDate; what: string }[] {
  const { date: today } = wallTime(now, calendar.exchange.zone)
  const current = calendar.session(today)
  if (current !== undefined && now < current.open) return []
  const next = calendar.next(today)
  const closed = [...datesOf({ start: addDays(today, 1), end: next.date })].flatMap((date) => {
    const closure = calendar.closure(date)
    return closure === undefined ? [] : [{ date, what: `The exchange is closed on ${dayOf(date)} (${closure.reason}): no file of it is due.` }]
  })
  const closes = wallTime(next.close, calendar.exchange.zone).time.slice(0, 5)
  return next.early ? [...closed, { date: next.date, what: `The exchange closes early on ${dayOf(next.date)}, at ${closes} (${next.reason}).` }] : closed
}

function coming(days: readonly { date: IsoDate; what: string }[]): Trouble {
  return {
    ...NEWS, topic: 'schedule', parts: days.map(({ date }) => date), summary: days.map(({ what }) => what).join(' '),
    hint: `nothing is to be done; see the calendar with: ohlcv calendar --start ${days[0]!.date} --end ${days.at(-1)!.date}`, details: { dates: days.map(({ date }) => date) },
    only: (parts) => coming(days.filter(({ date }) => parts.includes(date))),
  }
}

function changed(changes: Situation['calendarChanges']): Trouble {
  return {
    ...NEWS, topic: 'schedule changes', parts: changes.map(({ id }) => id), summary: `The calendar was changed: ${changes.map(({ date, what }) => `${dayOf(date)} ${what}`).join('; ')}.`,
    hint: `what is due follows it from now on; if it is wrong: ohlcv calendar reopen ${changes[0]!.date}`, details: { dates: changes.map(({ date }) => date) },
    only: (parts) => changed(changes.filter(({ id }) => parts.includes(id))),
  }
}

/** A holiday or an early close before or at the next session, told on the session before, and changes of what the user keeps about the calendar. */
export function schedule(situation: Situation): Trouble[] {
  const days = comingDays(situation)
  return [...(days.length === 0 ? [] : [coming(days)]), ...(situation.calendarChanges.length === 0 ? [] : [changed(situation.calendarChanges)])]
}
