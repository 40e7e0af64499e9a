import type { BarValues, Decimal } from '../../domain/bar.js'
import type { IsoDate } from '../../domain/dates.js'
import { parseDecimal } from '../../domain/decimal.js'
import { wallTime } from '../../domain/zone.js'
import { BAR_FIELDS, type TextRow } from '../text-bars.js'
import { EXCHANGE_ZONE } from '../wall-clock.js'

/** What a day is stamped with once it is final. */
const OPENING = '09:30:00'

/** A row with its stamp. */
export interface Row {
  seconds: number
  /** The stamp in New York. */
  at: { date: IsoDate; time: string }
  values: TextRow['values']
}

export function momentOf(seconds: number): Row['at'] {
  return wallTime(new Date(seconds * 1000), EXCHANGE_ZONE)
}

/** Whether nothing was traded: some holidays and halts have such a row. */
export function isEmpty({ values }: Row): boolean {
  return BAR_FIELDS.every((field) => values[field] === null || (field === 'volume' && values.volume === '0'))
}

/** Whether a day's row may still change: it is stamped with its newest trade. */
export function isRunning({ at }: Row): boolean {
  return at.time !== OPENING
}

/** A row as an answer might have it. */
export function rawOf({ seconds, values }: Row): Buffer {
  return Buffer.from(`{${[`"timestamp":${seconds}`, ...BAR_FIELDS.map((field) => `"${field}":${values[field]}`)].join(',')}}`)
}

/** The values of a row that has all of them. */
export function valuesOf({ values }: Row): BarValues | undefined {
  const [open, high, low, close, volume] = BAR_FIELDS.map((field): Decimal | undefined => (values[field] === null ? undefined : parseDecimal(values[field], () => undefined)))
  return open && high && low && close && volume ? { open, high, low, close, volume } : undefined
}
