import type { Split } from '../../domain/action.js'
import type { BarValues, Decimal } from '../../domain/bar.js'
import type { IsoDate } from '../../domain/dates.js'
import { decimalOf } from '../../domain/decimal.js'
import { compare, dividedBy, fractionOf, ONE, times, type Fraction } from '../../domain/fraction.js'
import { isUsualSplit } from '../../domain/usual-split.js'
import type { Row } from './row.js'

/** A day as it was written, adjusted for the splits since. */
export interface AdjustedDay {
  row: Row
  date: IsoDate
  values: BarValues
}

/** What prices of a date were divided by; null where that cannot be known. */
export type RatioOf = (date: IsoDate) => Fraction | null

/** Prices are written as float32, which are off by at most this part of themselves, ... */
const FLOAT32 = { over: 1n, under: 2n ** 24n }
/** ... of prices that were rounded to six decimals, and files are so once more. */
const SIXTH_DECIMAL = { over: 1n, under: 10n ** 6n }
/** Decimals of what is traded: a cent, below a dollar a hundredth of one (SEC Rule 612). */
const PLACES = { cents: 2, belowADollar: 4 }
/** Percent of the days between two splits whose prices have to be exact: those that something else was done to are so by chance only. */
const LEAST_EXACT_PERCENT = 90

/** What one split makes of one share. */
const ratio = ({ from, to }: Pick<Split, 'from' | 'to'>): Fraction => dividedBy(fractionOf(to), fractionOf(from))

/**
 * Tells by which ratio the values of a date are adjusted. Null before a split of an unusual ratio, as spin-offs have that are told as splits, and before one
 * that is told but that the prices are not yet adjusted for.
 * @param splits all there have been since the first of the days, in order
 */
export function ratiosOf(splits: readonly Split[], days: readonly AdjustedDay[]): RatioOf {
  const known = splits.map((split) => ({ ...split, ratio: isUsualSplit(split) && isAppliedTo(days, split) ? ratio(split) : null }))
  return (date) => known.filter(({ exDate }) => exDate > date).reduce<Fraction | null>((product, { ratio }) => product && ratio && times(product, ratio), ONE)
}

/** Whether prices go on over the ex-date as if there were no split: they are nearer to what they were than to that divided by the ratio. On the ex-date itself that cannot be told. */
function isAppliedTo(days: readonly AdjustedDay[], split: Split): boolean {
  const [before, after] = [days.findLast(({ date }) => date < split.exDate), days.find(({ date }) => date >= split.exDate)]
  if (before === undefined || after === undefined) return before === undefined
  const [close, open] = [fractionOf(before.values.close), fractionOf(after.values.open)]
  const [fall, by] = [compare(times(close, close), times(times(open, open), ratio(split))), compare(ratio(split), ONE)]
  return fall === -by || by === 0
}

/**
 * The days' values as they were traded, by their rows, where that follows exactly from what was written: each price is that of one whole number of cents (below a dollar: of
 * hundredths of one) and of no other, and the volume that of whole shares. A reverse split rounds volumes, so that nothing before it follows.
 * @param days in order
 */
export function unadjustedDays(days: readonly AdjustedDay[], ratioOf: RatioOf): Map<Row, BarValues> {
  const stretches = new Map<string, { days: number; exact: number; found: [Row, BarValues][] }>()
  const unsure = ofEitherRatio(days, ratioOf)
  for (const { row, date, values } of days) {
    const ratio = ratioOf(date)
    if (ratio === null) continue
    const key = `${ratio.over}/${ratio.under}`
    const stretch = stretches.get(key) ?? { days: 0, exact: 0, found: [] }
    stretches.set(key, stretch)
    stretch.days++
    const prices = unadjustedPrices(values, ratio)
    const volume = unadjustedVolume(values.volume, ratio)
    // Only a ratio of no whole number rounds volumes: else one that does not come out tells of volumes that are not adjusted as the prices are.
    if (prices === undefined || (volume === undefined && ratio.over % ratio.under === 0n)) continue
    stretch.exact++
    if (volume && !unsure.has(row)) stretch.found.push([row, { ...prices, volume }])
  }
  return new Map([...stretches.values()].flatMap(({ days, exact, found }) => (exact * 100 >= days * LEAST_EXACT_PERCENT ? found : [])))
}

/** The days next before a split whose prices come out by the ratio after it, too: should it be told late, they are of new shares already. */
function ofEitherRatio(days: readonly AdjustedDay[], ratioOf: RatioOf): Set<Row> {
  const found = new Set<Row>()
  let after: Fraction | null = null
  for (const { row, date, values } of days.toReversed()) {
    const ratio = ratioOf(date)
    if (ratio && after && compare(ratio, after) !== 0 && unadjustedPrices(values, after)) found.add(row)
    else after = ratio
  }
  return found
}

/** The prices as they were before they were divided by the ratio, where all of them follow. */
export function unadjustedPrices(values: BarValues, ratio: Fraction): Omit<BarValues, 'volume'> | undefined {
  const [open, high, low, close] = [values.open, values.high, values.low, values.close].map((price) => unadjustedPrice(price, ratio))
  return open && high && low && close ? { open, high, low, close } : undefined
}

export function unadjustedPrice(written: Decimal, ratio: Fraction): Decimal | undefined {
  const { over, under } = times(fractionOf(written), ratio)
  return theOnlyOne(written, ratio, over < under ? PLACES.belowADollar : PLACES.cents)
}

/** Cash for a share as there were on the ex-date, with at most four decimals; as it was written where there was no split since. */
export function unadjustedAmount(written: Decimal, ratio: Fraction): Decimal | undefined {
  return compare(ratio, ONE) === 0 ? written : theOnlyOne(written, ratio, PLACES.belowADollar)
}

/** What has so many decimals and, divided by the ratio and rounded, may have been written so; undefined where there is none or more than one. */
function theOnlyOne(written: Decimal, ratio: Fraction, places: number): Decimal | undefined {
  const value = fractionOf(written)
  if (value.over <= 0n) return undefined
  const off = { over: value.over * FLOAT32.over * SIXTH_DECIMAL.under + value.under * FLOAT32.under, under: value.under * FLOAT32.under * SIXTH_DECIMAL.under }
  const scale = times(ratio, { over: 10n ** BigInt(places), under: 1n })
  const inParts = (sign: 1n | -1n): Fraction => times({ over: value.over * off.under + sign * off.over * value.under, under: value.under * off.under }, scale)
  const [least, most] = [inParts(-1n), inParts(1n)]
  const last = most.over / most.under
  const isAtLeast = (parts: bigint): boolean => parts * least.under >= least.over
  return last > 0n && isAtLeast(last) && !isAtLeast(last - 1n) ? decimalOf(last, places) : undefined
}

/** Whole shares. Where one became more, no two volumes were written alike, so that one that divides is the one; where more became one, several were. */
export function unadjustedVolume(written: Decimal, ratio: Fraction): Decimal | undefined {
  const { over, under } = dividedBy(fractionOf(written), ratio)
  return compare(ratio, ONE) >= 0 && over >= 0n && over % under === 0n ? decimalOf(over / under, 0) : undefined
}
