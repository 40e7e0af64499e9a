import type { IsoDate } from '../domain/dates.js'

/**
 * What the times of bars have to do with dates and keys. All texts are SQL, those given too (a column, an alias, a date): SQL of our
 * own, never values. A staged bar is of the one date that is loaded, and has a time only where the date does not say it all.
 */
export interface BarTimes {
  /** The date of a time. */
  dateOf: (time: string) => string
  /** The time at which a date begins. */
  startOf: (date: string) => string
  /** Whether a time is of the date. */
  on: (time: string, date: string) => string
  /** Whether a time is of these dates, inclusive; in a form that leaves out the partitions of other dates. */
  within: (time: string, start: string, end: string) => string
  /** The time a staged bar gets. */
  ofStaged: (staged: string, date: string) => string
  /** Whether a stored bar of the date and a staged one have the same key. */
  sameKey: (stored: string, staged: string) => string
  /** The order of staged bars by key. */
  keyOrder: (staged: string) => string
  /** The time that a revision keeps beside its date. */
  ofRevision: (time: string) => string
  /** What a bar's hash begins with, so that bars of one date that are alike but for their time differ. */
  seed: (time: string) => string
}

/** A bar's time is its date, and a security has one bar a date. */
export const DATES: BarTimes = {
  dateOf: (time) => time,
  startOf: (date) => date,
  on: (time, date) => `${time} = ${date}`,
  within: (time, start, end) => `${time} between ${start} and ${end}`,
  ofStaged: (_staged, date) => date,
  sameKey: (stored, staged) => `${stored}.symbol_id = ${staged}.symbol_id`,
  keyOrder: (staged) => `${staged}.symbol_id`,
  ofRevision: () => 'null::timestamptz',
  seed: () => '0',
}

/** A bar's time is the instant at which its window begins, and its date the day of that in a zone. */
export function instantsIn(zone: string): BarTimes {
  const startOf = (date: string): string => `((${date})::timestamp at time zone '${zone}')`
  const within = (time: string, start: string, end: string): string => `${time} >= ${startOf(start)} and ${time} < ${startOf(`${end} + 1`)}`
  return {
    dateOf: (time) => `(${time} at time zone '${zone}')::date`,
    startOf,
    on: (time, date) => within(time, date, date),
    within,
    ofStaged: (staged) => `${staged}.time`,
    sameKey: (stored, staged) => `${stored}.symbol_id = ${staged}.symbol_id and ${stored}.time = ${staged}.time`,
    keyOrder: (staged) => `${staged}.symbol_id, ${staged}.time`,
    ofRevision: (time) => time,
    seed: (time) => `hash_numeric_extended(extract(epoch from ${time}), 0)`,
  }
}

/** A date as it stands in the text of a statement: of many partitions those alone are planned for that have it. */
export function dateInText(date: IsoDate): string {
  return `'${date}'::date`
}
