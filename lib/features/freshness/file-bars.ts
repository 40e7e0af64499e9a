import type pg from 'pg'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import type { Dataset } from '../../datasets/dataset.js'
import { dayNumber, fromDayNumber, type IsoDate } from '../../domain/dates.js'
import { datesWithBars, type SecurityDate } from '../../store/quality/gaps.js'
import { fileBarsOn, fillDates, lastIdentityChange, loadsByDate } from '../../store/service/file-dates.js'

/** So many securities are remembered of a dataset. */
const MOST_REMEMBERED = 1000
/** More pairs of securities and dates are not looked at one by one. */
const MOST_PAIRS = 20_000

const { range } = DEFAULT_EXCHANGE
const FIRST = dayNumber(range.start)
const DAYS = dayNumber(range.end) - FIRST + 1
const WORD = 32

/** Dates of a security: 1 for one with a bar, by the days since the calendar begins. */
type Dates = Uint8Array

function mark(dates: Dates, date: IsoDate, there: boolean): void {
  dates[dayNumber(date) - FIRST] = there ? 1 : 0
}

/** On which dates a security has bars. */
export interface BarDates {
  has: (date: IsoDate) => boolean
  /** The first and the last of them; null where there is none. */
  first: IsoDate | null
  last: IsoDate | null
}

function barDates(dates: Dates): BarDates {
  const dateAt = (place: number): IsoDate | null => (place < 0 ? null : fromDayNumber(FIRST + place))
  return { has: (date) => dates[dayNumber(date) - FIRST] === 1, first: dateAt(dates.indexOf(1)), last: dateAt(dates.lastIndexOf(1)) }
}

/** What is remembered of a dataset: the loads each date had, and the dates of bars of files that these left. */
interface Remembered {
  identityChange: number
  loads: ReadonlyMap<IsoDate, string>
  securities: Map<number, Dates>
}

function changedDates(before: ReadonlyMap<IsoDate, string>, now: ReadonlyMap<IsoDate, string>): IsoDate[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((date) => before.get(date) !== now.get(date))
}

const pairsOf = (symbolIds: Iterable<number>, dates: readonly IsoDate[]): SecurityDate[] => [...symbolIds].flatMap((symbolId) => dates.map((date) => ({ symbolId, date })))

/** On which dates securities have bars of files, from the bars themselves. */
async function readDates(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[], loads: ReadonlyMap<IsoDate, string>, fills: readonly SecurityDate[]): Promise<Map<number, Dates>> {
  const read = new Map(symbolIds.map((symbolId): [number, Dates] => [symbolId, new Uint8Array(DAYS)]))
  if (symbolIds.length === 0) return read
  if (dataset.window !== 'day') {
    for (const { symbolId, date } of await fileBarsOn(client, dataset, pairsOf(symbolIds, [...loads.keys()]))) mark(read.get(symbolId)!, date, true)
    return read
  }
  // A security has one bar a day: one that is no fill is a file's. Read so, no bar is looked at but in its index.
  for (const { symbolId, word, bits } of await datesWithBars(client, dataset, range, range.start, symbolIds)) {
    for (let bit = 0; bit < WORD; bit++) if ((bits >>> bit) & 1) read.get(symbolId)![word * WORD + bit] = 1
  }
  for (const { symbolId, date } of fills) if (read.has(symbolId)) mark(read.get(symbolId)!, date, false)
  return read
}

/**
 * On which dates securities have bars, remembered for as long as this lives: only dates of which a load was committed since are looked at again, and after a change
 * of symbols, with which bars move, all of them. Fills are looked up each time.
 */
export class FileBars {
  readonly #remembered = new Map<string, Remembered>()
  #turn: Promise<unknown> = Promise.resolve()

  /** The dates on which securities have bars, in the transaction of the client, which has to be one snapshot. */
  async datesOf(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[]): Promise<Map<number, BarDates>> {
    const turn = this.#turn.then(async () => this.#datesOf(client, dataset, symbolIds))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #datesOf(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[]): Promise<Map<number, BarDates>> {
    const [identityChange, loads, fills] = [await lastIdentityChange(client), await loadsByDate(client, dataset), await fillDates(client, dataset, symbolIds)]
    const remembered = this.#remembered.get(dataset.name)
    const kept = remembered?.identityChange === identityChange ? remembered : { loads, securities: new Map<number, Dates>() }
    const changed = pairsOf(kept.securities.keys(), changedDates(kept.loads, loads))
    const securities = changed.length > MOST_PAIRS ? new Map<number, Dates>() : kept.securities
    const again = changed.length > MOST_PAIRS ? [] : changed
    const there = again.length === 0 ? [] : await fileBarsOn(client, dataset, again)
    const read = await readDates(client, dataset, symbolIds.filter((symbolId) => !securities.has(symbolId)), loads, fills)

    // Nothing waits from here on: all of it is remembered, or nothing.
    for (const { symbolId, date } of again) mark(securities.get(symbolId)!, date, false)
    for (const { symbolId, date } of there) mark(securities.get(symbolId)!, date, true)
    for (const symbolId of symbolIds) {
      const dates = read.get(symbolId) ?? securities.get(symbolId)!
      // To the end of those that are forgotten when there are too many.
      securities.delete(symbolId)
      securities.set(symbolId, dates)
    }
    const found = new Map(symbolIds.map((symbolId) => [symbolId, securities.get(symbolId)!.slice()]))
    for (const symbolId of [...securities.keys()].slice(0, Math.max(securities.size - MOST_REMEMBERED, 0))) securities.delete(symbolId)
    this.#remembered.set(dataset.name, { identityChange, loads, securities })
    for (const { symbolId, date } of fills) mark(found.get(symbolId)!, date, true)
    return new Map([...found].map(([symbolId, dates]) => [symbolId, barDates(dates)]))
  }
}
