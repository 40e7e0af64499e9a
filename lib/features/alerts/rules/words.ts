import type { Calendar } from '../../../calendar/calendar.js'
import type { IsoDate } from '../../../domain/dates.js'
import { wallTime } from '../../../domain/zone.js'
import type { Details } from '../trouble.js'

/** So many of a list are named. */
const MOST_NAMED = 5
/** So many symbols are among the details. */
const MOST_KEPT = 100

/** Names in a sentence: the first of them, and how many there are besides. */
export function named(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, MOST_NAMED), names.length - MOST_NAMED]
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** How many there are, of what there may be one. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`
}

/** How long, as exactly as it matters: minutes for two hours, hours for two days. */
export function lasting(minutes: number): string {
  if (minutes < 120) return counted(minutes, 'minute')
  return minutes < 2 * 1440 ? counted(Math.floor(minutes / 60), 'hour') : counted(Math.floor(minutes / 1440), 'day')
}

/** An instant by the exchange's clock: `2026-11-21 11:00 New York`. */
export function clockTime(instant: Date, { exchange: { zone } }: Calendar): string {
  const { date, time } = wallTime(instant, zone)
  return `${date} ${time.slice(0, 5)} ${zone.slice(zone.lastIndexOf('/') + 1).replace('_', ' ')}`
}

const DAYS = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone: 'UTC' })

/** A date with its day: `Friday 2026-11-27`. */
export function dayOf(date: IsoDate): string {
  return `${DAYS.format(new Date(`${date}T00:00:00Z`))} ${date}`
}

/** Whole minutes from an instant until now; never negative, for clocks are set back. */
export function minutesSince(instant: Date, now: Date): number {
  return Math.max(Math.floor((now.getTime() - instant.getTime()) / 60_000), 0)
}

/** Symbols as details. */
export function ofSymbols(symbols: readonly string[]): Pick<Details, 'symbols' | 'symbolCount'> {
  return symbols.length === 0 ? {} : { symbols: symbols.slice(0, MOST_KEPT), symbolCount: symbols.length }
}
