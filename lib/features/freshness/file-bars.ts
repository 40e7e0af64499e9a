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

/** The loads that dates had, each with the look that found them changed. */
interface Loads {
  byYear: ReadonlyMap<number, string>
  byDate: ReadonlyMap<IsoDate, DateLoads & { changed: number }>
}

/** The dates of bars of files of a security, as they were at a look. */
interface Known {
  dates: Dates
  look: number
}

/** What is remembered of a dataset: the loads each date had at the last look, and the dates of bars of files that these left. */
interface Remembered {
  look: number
  identityChange: number
  loads: Loads
  securities: Map<number, Known>
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
async function readLoads(client: pg.ClientBase, dataset: Dataset, before: Loads, look: number): Promise<Loads> {
  const byYear = await loadsByYear(client, dataset)
  const years = new Set([...before.byYear.keys(), ...byYear.keys()].filter((year) => before.byYear.get(year) !== byYear.get(year)))
  if (years.size === 0) return before
  const found = await loadsOfYears(client, dataset, [...years])
  const there = new Set(found.map(({ date }) => date))
  const gone = [...before.byDate.keys()].filter((date) => years.has(Number(date.slice(0, 4))) && !there.has(date)).map((date) => ({ date, loads: '', isLoaded: false }))
  const byDate = new Map(before.byDate)
  for (const now of [...found, ...gone]) if (before.byDate.get(now.date)?.loads !== now.loads) byDate.set(now.date, { ...now, changed: look })
  return { byYear, byDate }
}

function changedSince({ byDate }: Loads, look: number): IsoDate[] {
  return [...byDate.values()].filter(({ changed }) => changed > look).map(({ date }) => date)
}

const pairsOf = (symbolIds: readonly number[], dates: readonly IsoDate[]): SecurityDate[] => symbolIds.flatMap((symbolId) => dates.map((date) => ({ symbolId, date })))

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
 * On which dates securities have bars, remembered for as long as this lives: when one is asked for again only dates of which a load was committed since are looked at,
 * and after a change of symbols, with which bars move, all of them. Fills are looked up each time.
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
    const before = this.#remembered.get(dataset.name)
    const look = (before?.look ?? 0) + 1
    const [identityChange, loads] = [await lastIdentityChange(client), await readLoads(client, dataset, before?.loads ?? NO_LOADS, look)]
    const fills = symbolIds.length === 0 ? [] : await fillDates(client, dataset, symbolIds)
    const securities = before?.identityChange === identityChange ? before.securities : new Map<number, Known>()
    const changed = symbolIds.flatMap((symbolId) => (securities.has(symbolId) ? pairsOf([symbolId], changedSince(loads, securities.get(symbolId)!.look)) : []))
    const again = changed.length > MOST_PAIRS ? [] : changed
    const there = again.length === 0 ? [] : await fileBarsOn(client, dataset, again)
    const read = await readDates(client, dataset, symbolIds.filter((symbolId) => changed.length > MOST_PAIRS || !securities.has(symbolId)), loads, fills)

    // Nothing waits from here on: all of it is remembered, or nothing.
    for (const { symbolId, date } of again) mark(securities.get(symbolId)!.dates, date, false)
    for (const { symbolId, date } of there) mark(securities.get(symbolId)!.dates, date, true)
    for (const symbolId of symbolIds) {
      const dates = read.get(symbolId) ?? securities.get(symbolId)!.dates
      // To the end of those that are forgotten when there are too many.
      securities.delete(symbolId)
      securities.set(symbolId, { dates, look })
    }
    const found = new Map(symbolIds.map((symbolId) => [symbolId, securities.get(symbolId)!.dates.slice()]))
    for (const symbolId of [...securities.keys()].slice(0, Math.max(securities.size - MOST_REMEMBERED, 0))) securities.delete(symbolId)
    this.#remembered.set(dataset.name, { look, identityChange, loads, securities })
    for (const { symbolId, date } of fills) mark(found.get(symbolId)!, date, true)
    return {
      dates: new Map([...found].map(([symbolId, dates]) => [symbolId, barDates(dates)])), isLoaded: (date) => loads.byDate.get(date)?.isLoaded === true,
      hasLoads: [...loads.byDate.values()].some(({ isLoaded }) => isLoaded),
    }
  }
}
