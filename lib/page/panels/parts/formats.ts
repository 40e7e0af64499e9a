import { addDays, isoDate } from '../../../domain/dates.js'

// How values are written for people. Prices are not among them: they are text, and shown as it came.

const COUNTS = new Intl.NumberFormat('en-US')

/** `1,234,567`. */
export function countText(count: number): string {
  return COUNTS.format(count)
}

/** `68,488,386.5`: digits of a text, which is never made a number. */
export function grouped(digits: string): string {
  return digits.replaceAll(/(?<!\.\d*)\d(?=(?:\d{3})+(?!\d))/g, '$&,')
}

/** `1 date`, `2 dates`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** `2026-11-20 21:15:03`, in UTC. */
export function instantText(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ')
}

const SPANS: readonly (readonly [seconds: number, unit: string])[] = [[86_400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]

/** `2 h 5 min`: the two largest units of a length of time. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  const from = SPANS.findIndex(([unit]) => seconds >= unit)
  if (from === -1) return '0 s'
  const parts = SPANS.slice(from, from + 2).map(([unit, name], at) => [Math.floor(at === 0 ? seconds / unit : (seconds % SPANS[from]![0]) / unit), name] as const)
  return parts.filter(([many]) => many > 0).map((part) => part.join(' ')).join(' ')
}

/** Words of the ledger as people read them: `not_published` is `not published`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ')
}

/** The beginning of a checksum or a hash, by which people tell two apart. */
export function short(checksum: string): string {
  return checksum.length > 12 ? `${checksum.slice(0, 12)}…` : checksum
}

const WEEKDAY = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone: 'UTC' })

/** The day of the week of a date. */
export function weekday(date: string): string {
  return WEEKDAY.format(Date.parse(date))
}

/** The date so many days later, or earlier. */
export function daysAfter(date: string, days: number): string {
  return addDays(isoDate(date), days)
}
