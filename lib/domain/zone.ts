import { dayNumber, type IsoDate } from './dates.js'

const formats = new Map<string, Intl.DateTimeFormat>()

function wallClock(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}

/** The wall clock of a zone (an IANA name) at an instant: date and `HH:MM:SS`. */
export function wallTime(instant: Date, zone: string): { date: IsoDate; time: string } {
  const part: Record<string, string> = {}
  for (const { type, value } of wallClock(zone).formatToParts(instant)) part[type] = value
  return {
    date: `${part['year']}-${part['month']}-${part['day']}` as IsoDate,
    time: `${part['hour']}:${part['minute']}:${part['second']}`,
  }
}

/** The instant at which a zone's wall clock shows the date and `HH:MM`; in a repeated hour the first. */
export function instantOf(date: IsoDate, time: string, zone: string): Date {
  const [hours = '0', minutes = '0'] = time.split(':')
  const asUtc = dayNumber(date) * 86_400_000 + Number(hours) * 3_600_000 + Number(minutes) * 60_000
  const offsetAt = (ms: number): number => {
    const wall = wallTime(new Date(ms), zone)
    return Date.parse(`${wall.date}T${wall.time}Z`) - ms
  }
  const first = asUtc - offsetAt(asUtc - 86_400_000)
  return offsetAt(first) === asUtc - first ? new Date(first) : new Date(asUtc - offsetAt(asUtc + 86_400_000))
}
