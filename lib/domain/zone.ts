import { dayNumber, type IsoDate } from './dates.js'

const DAY_MS = 86_400_000

/** From `from` (ms since the epoch) on, the zone's clock shows UTC plus `offset` ms. */
interface Period {
  from: number
  offset: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
const periods = new Map<string, Period[]>()

/** The zone's offset at an instant as Intl tells it: correct for every date, but far too slow to ask twice a session. */
function askOffset(ms: number, zone: string): number {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    })
    formats.set(zone, format)
  }
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value)
  const wall = Date.UTC(part['year'] ?? 0, (part['month'] ?? 0) - 1, part['day'], part['hour'], part['minute'], part['second'])
  return wall - Math.floor(ms / 1000) * 1000
}

/** The first instant, to the second, in (before, after] at which the offset is no longer the one before. */
function transition(before: number, after: number, zone: string): Period {
  const old = askOffset(before, zone)
  let [low, high] = [before, after]
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000
    if (askOffset(middle, zone) === old) low = middle
    else high = middle
  }
  return { from: high, offset: askOffset(high, zone) }
}

/** The periods of one UTC year. Weekly samples: no zone has changed its clock twice in a week since 1970. */
function periodsOf(year: number, zone: string): Period[] {
  const key = `${zone} ${year}`
  const known = periods.get(key)
  if (known) return known
  const [start, end] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)]
  const found = [{ from: start, offset: askOffset(start, zone) }]
  for (let week = start; week < end; week += 7 * DAY_MS) {
    const next = Math.min(week + 7 * DAY_MS, end)
    if (askOffset(week, zone) !== askOffset(next, zone)) found.push(transition(week, next, zone))
  }
  periods.set(key, found)
  return found
}

function offsetAt(ms: number, zone: string): number {
  const year = periodsOf(new Date(ms).getUTCFullYear(), zone)
  return (year.findLast(({ from }) => from <= ms) as Period).offset
}

/** The wall clock of a zone (an IANA name) at an instant: date and `HH:MM:SS`. */
export function wallTime(instant: Date, zone: string): { date: IsoDate; time: string } {
  const ms = instant.getTime()
  const wall = new Date(ms + offsetAt(ms, zone)).toISOString()
  return { date: wall.slice(0, 10) as IsoDate, time: wall.slice(11, 19) }
}

/**
 * The instant at which a zone's wall clock shows the date and `HH:MM`. An hour shown twice means its first showing; one
 * that is skipped means the time the clock would have shown had it not been moved (02:30 is then 03:30 summer time).
 */
export function instantOf(date: IsoDate, time: string, zone: string): Date {
  const [hours = '0', minutes = '0'] = time.split(':')
  const wall = dayNumber(date) * DAY_MS + Number(hours) * 3_600_000 + Number(minutes) * 60_000
  const [before, after] = [offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)]
  const fits = (offset: number): boolean => offsetAt(wall - offset, zone) === offset
  return new Date(wall - (fits(before) || !fits(after) ? before : after))
}
