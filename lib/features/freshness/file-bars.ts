import type pg from 'pg'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import type { Dataset } from '../../datasets/dataset.js'
import { dayNumber, fromDayNumber, type IsoDate } from '../../domain/dates.js'
import { datesWithBars, type SecurityDate } from '../../store/quality/gaps.js'
import { fileBarsOn, fillDates, loadsByYear, loadsOfYears, type DateLoads } from '../../store/service/file-dates.js'
import { lastIdentityChange } from '../../store/universe/changes.js'

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

/** The loads that dates had. */
interface Loads {
  byYear: ReadonlyMap<number, string>
  byDate: ReadonlyMap<IsoDate, DateLoads>
}

/** What is remembered of a dataset: the loads each date had, and the dates of bars of files that these left. */
interface Remembered {
  identityChange: number
  loads: Loads
  securities: Map<number, Dates>
}

const NO_LOADS: Loads = { byYear: new Map(), byDate: new Map() }

/** What files have said of a dataset. */
export interface Spoken {
  /** The dates on which securities have bars, those of fills among them. */
  dates: ReadonlyMap<number, BarDates>
  /** Whether a file of the date was loaded; and of any. */
  isLoaded: (date: IsoDate) => boolean
  hasLoads: boolean
}

/** The loads there are now: only of years in which they changed they are read again. */
async function readLoads(client: pg.ClientBase, dataset: Dataset, before: Loads): Promise<Loads> {
  const byYear = await loadsByYear(client, dataset)
  const changed = new Set([...before.byYear.keys(), ...byYear.keys()].filter((year) => before.byYear.get(year) !== byYear.get(year)))
  if (changed.size === 0) return before
  const byDate = new Map([...before.byDate].filter(([date]) => !changed.has(Number(date.slice(0, 4)))))
  for (const loads of await loadsOfYears(client, dataset, [...changed])) byDate.set(loads.date, loads)
  return { byYear, byDate }
}

function changedDates(before: Loads, now: Loads): IsoDate[] {
  if (before === now) return []
  return [...new Set([...before.byDate.keys(), ...now.byDate.keys()])].filter((date) => before.byDate.get(date)?.loads !== now.byDate.get(date)?.loads)
}

const pairsOf = (symbolIds: Iterable<number>, dates: readonly IsoDate[]): SecurityDate[] => [...symbolIds].flatMap((symbolId) => dates.map((date) => ({ symbolId, date })))

/** On which dates securities have bars of files, from the bars themselves. */
async function readDates(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[], { byDate }: Loads, fills: readonly SecurityDate[]): Promise<Map<number, Dates>> {
  const read = new Map(symbolIds.map((symbolId): [number, Dates] => [symbolId, new Uint8Array(DAYS)]))
  if (symbolIds.length === 0) return read
  if (dataset.window !== 'day') {
    for (const { symbolId, date } of await fileBarsOn(client, dataset, pairsOf(symbolIds, [...byDate.keys()]))) mark(read.get(symbolId)!, date, true)
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

  /** What files have said, and on which dates the securities have bars, in the transaction of the client, which has to be one snapshot. */
  async datesOf(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[]): Promise<Spoken> {
    const turn = this.#turn.then(async () => this.#datesOf(client, dataset, symbolIds))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #datesOf(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[]): Promise<Spoken> {
    const remembered = this.#remembered.get(dataset.name)
    const [identityChange, loads] = [await lastIdentityChange(client), await readLoads(client, dataset, remembered?.loads ?? NO_LOADS)]
    const fills = symbolIds.length === 0 ? [] : await fillDates(client, dataset, symbolIds)
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
    return {
      dates: new Map([...found].map(([symbolId, dates]) => [symbolId, barDates(dates)])), isLoaded: (date) => loads.byDate.get(date)?.isLoaded === true,
      hasLoads: [...loads.byDate.values()].some(({ isLoaded }) => isLoaded),
    }
  }
}
