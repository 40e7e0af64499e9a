import type pg from 'pg'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { allDatesWithBars, type SecurityDate } from '../../store/quality/gaps.js'
import { fileBarsOn, fillsByDate, type DateFills } from '../../store/service/file-dates.js'
import { isMarked, mark, markWord, noDates, type Dates } from './bar-dates.js'
import { changedDates, datesOfLoads, hasLoaded, loadsOn, seeLoads, type Loads, type Seen } from './loads.js'

/** So many securities are remembered of a dataset. */
const MOST_REMEMBERED = 1000
/** More pairs of securities and dates are not looked at one by one. */
const MOST_PAIRS = 20_000
/** What was read so many milliseconds ago is read again: somebody may have taken bars away behind the ledger. */
const LONGEST = 3_600_000

const { range } = DEFAULT_EXCHANGE

/** The dates of bars of files of a security, and the loads and symbols that they were right for. Nothing of it changes once it is remembered. */
interface Known extends Pick<Seen, 'loads' | 'identityChange'> {
  dates: Dates
  readAt: number
}

/** What is remembered of a dataset. */
interface Remembered {
  seen: Seen | undefined
  securities: Map<number, Known>
}

/** What files have said of a dataset. */
export interface Spoken {
  /** The dates on which securities have bars, those of fills among them. */
  dates: ReadonlyMap<number, { has: (date: IsoDate) => boolean }>
  /** Whether a file of the date was loaded; and of any. */
  isLoaded: (date: IsoDate) => boolean
  hasLoads: boolean
  /** What providers filled in where none has. */
  fills: readonly DateFills[]
}

const pairsOf = (symbolIds: readonly number[], dates: readonly IsoDate[]): SecurityDate[] => symbolIds.flatMap((symbolId) => dates.map((date) => ({ symbolId, date })))

/** On which dates securities have a bar each, whoever gave it: read so, no bar is looked at but in its index. */
async function dailyDates(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[]): Promise<Map<number, Dates>> {
  const read = new Map(symbolIds.map((symbolId) => [symbolId, noDates()]))
  for (const word of symbolIds.length === 0 ? [] : await allDatesWithBars(client, dataset, range.start, symbolIds)) markWord(read.get(word.symbolId)!, word)
  return read
}

/** On which of the dates securities have bars of files. */
async function datesAmong(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[], loads: Loads): Promise<Map<number, Dates>> {
  const read = new Map(symbolIds.map((symbolId) => [symbolId, noDates()]))
  const pairs = pairsOf(symbolIds, datesOfLoads(loads))
  for (const { symbolId, date } of pairs.length === 0 ? [] : await fileBarsOn(client, dataset, pairs)) mark(read.get(symbolId)!, date, true)
  return read
}

/**
 * On which dates securities have bars, remembered for as long as this lives: when one is asked for again only dates whose loads are others now are looked at, and after a change of symbols,
 * with which bars move, all of them. Fills are looked up each time. Looks may go on at once: each is right for the snapshot it is made in, whatever was remembered before it or meanwhile.
 */
export class FileBars {
  readonly #remembered = new Map<string, Remembered>()

  constructor(readonly clock: () => number = () => performance.now()) {}

  /** What files have said, and on which dates the securities have bars, in the transaction of the client, which has to be one snapshot. */
  async datesOf(client: pg.ClientBase, dataset: Dataset, symbolIds: readonly number[]): Promise<Spoken> {
    const remembered = this.#of(dataset)
    const [began, isDaily] = [this.clock(), dataset.window === 'day']
    const known = new Map(symbolIds.flatMap((symbolId): [number, Known][] => {
      const found = remembered.securities.get(symbolId)
      return found && began - found.readAt < LONGEST ? [[symbolId, found]] : []
    }))
    const isNew = (symbolId: number): boolean => !known.has(symbolId)
    const [seen, fills, daily] = await Promise.all([
      seeLoads(client, dataset, remembered.seen), symbolIds.length === 0 ? [] : fillsByDate(client, dataset, symbolIds), isDaily ? dailyDates(client, dataset, symbolIds.filter(isNew)) : new Map<number, Dates>(),
    ])
    const changed = this.#changed(known, seen)
    const again = symbolIds.filter((symbolId) => !daily.has(symbolId) && !known.has(symbolId))
    const [there, read] = await Promise.all([
      changed.length === 0 ? [] : fileBarsOn(client, dataset, changed), isDaily ? dailyDates(client, dataset, again) : datesAmong(client, dataset, again, seen.loads),
    ])

    const dates = new Map([...known].map(([symbolId, { dates: before }]) => [symbolId, before]))
    for (const symbolId of new Set(changed.map((pair) => pair.symbolId))) dates.set(symbolId, dates.get(symbolId)!.slice())
    for (const { symbolId, date } of changed) mark(dates.get(symbolId)!, date, false)
    for (const { symbolId, date } of there) mark(dates.get(symbolId)!, date, true)
    for (const [symbolId, found] of [...daily, ...read]) dates.set(symbolId, found)
    // A security has one bar a day: one that is no fill is a file's.
    for (const { symbolId, date } of isDaily ? fills : []) if (!known.has(symbolId)) mark(dates.get(symbolId)!, date, false)
    this.#remember(remembered, seen, [...dates].map(([symbolId, found]) => [symbolId, { dates: found, loads: seen.loads, identityChange: seen.identityChange, readAt: known.get(symbolId)?.readAt ?? began }]))

    const filled = new Map<number, Set<IsoDate>>()
    for (const { symbolId, date } of fills) filled.set(symbolId, (filled.get(symbolId) ?? new Set()).add(date))
    return {
      dates: new Map(symbolIds.map((symbolId) => [symbolId, { has: (date) => isMarked(dates.get(symbolId)!, date) || filled.get(symbolId)?.has(date) === true }])),
      isLoaded: (date) => loadsOn(seen.loads, date)?.isLoaded === true, hasLoads: hasLoaded(seen.loads), fills,
    }
  }

  #of({ name }: Dataset): Remembered {
    const found = this.#remembered.get(name) ?? { seen: undefined, securities: new Map() }
    this.#remembered.set(name, found)
    return found
  }

  /** The dates of the securities known that have to be looked at again; those of which it is all of them, or too many, are known no more. */
  #changed(known: Map<number, Known>, seen: Seen): SecurityDate[] {
    for (const [symbolId, { identityChange }] of known) if (identityChange !== seen.identityChange) known.delete(symbolId)
    const changed = [...known].flatMap(([symbolId, { loads }]) => pairsOf([symbolId], changedDates(loads, seen.loads)))
    if (changed.length <= MOST_PAIRS) return changed
    for (const { symbolId } of changed) known.delete(symbolId)
    return []
  }

  #remember(remembered: Remembered, seen: Seen, found: readonly (readonly [number, Known])[]): void {
    remembered.seen = seen
    const { securities } = remembered
    for (const [symbolId, known] of found) {
      // To the end of those that are forgotten when there are too many.
      securities.delete(symbolId)
      securities.set(symbolId, known)
    }
    for (const symbolId of [...securities.keys()].slice(0, Math.max(securities.size - MOST_REMEMBERED, 0))) securities.delete(symbolId)
  }
}
