import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import type { Timespan } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import { coveredDates } from '../../store/ledger/coverage.js'
import { loadedDates } from '../../store/ledger/days.js'
import { fillsByDate, type DateFills } from '../../store/service/asset-fills.js'
import { edgesOn, fetchedDates, fetchedEdges, type BarEdges } from '../../store/service/bar-edges.js'

/** What there is of securities in the table of a length of bars. */
export interface BarDates {
  edges: ReadonlyMap<number, BarEdges>
  /** The dates on which each has a bar, fills among them. */
  dates: ReadonlyMap<number, ReadonlySet<IsoDate>>
  /** Whether a file of the date was loaded; and of any. */
  isLoaded: (date: IsoDate) => boolean
  hasLoads: boolean
  /** What providers filled in where no file has. */
  fills: readonly DateFills[]
}

const byId = (edges: readonly BarEdges[]): Map<number, BarEdges> => new Map(edges.map((found) => [found.symbolId, found]))

/** As loads have kept it, and fills: of the bars themselves no more is looked at than the edges. */
async function datesOfFiles(client: pg.ClientBase, timespan: Timespan, dataset: Dataset, symbolIds: readonly number[]): Promise<BarDates> {
  const [covered, loaded, fills] = await Promise.all([
    coveredDates(client, dataset, symbolIds), loadedDates(client, dataset.name, { start: null, end: null }), fillsByDate(client, timespan, symbolIds),
  ])
  const dates = new Map<number, Set<IsoDate>>([...covered].map(([symbolId, found]) => [symbolId, new Set(found)]))
  for (const { symbolId, date } of fills) dates.set(symbolId, (dates.get(symbolId) ?? new Set()).add(date))
  const spans = [...dates].map(([symbolId, found]) => {
    const sorted = [...found].sort()
    return { symbolId, firstDate: sorted[0]!, latestDate: sorted.at(-1)! }
  })
  const isLoaded = new Set(loaded)
  return { edges: byId(await edgesOn(client, timespan, spans)), dates, isLoaded: (date) => isLoaded.has(date), hasLoads: loaded.length > 0, fills }
}

async function datesOfFetches(client: pg.ClientBase, timespan: Timespan, symbolIds: readonly number[]): Promise<BarDates> {
  const edges = byId(await fetchedEdges(client, timespan, symbolIds))
  const dates = new Map([...edges.keys()].map((symbolId) => [symbolId, new Set<IsoDate>()]))
  for (const { symbolId, date } of edges.size === 0 ? [] : await fetchedDates(client, timespan, [...edges.keys()])) dates.get(symbolId)!.add(date)
  return { edges, dates, isLoaded: () => false, hasLoads: false, fills: [] }
}

/** On which dates securities have bars of a length. @param client in a transaction that is one snapshot */
export async function barDates(client: pg.ClientBase, timespan: Timespan, symbolIds: readonly number[]): Promise<BarDates> {
  return timespan.fills ? datesOfFiles(client, timespan, timespan.fills, symbolIds) : datesOfFetches(client, timespan, symbolIds)
}

/** The edges of securities' bars of a length. @param client in a transaction that is one snapshot */
export async function barEdges(client: pg.ClientBase, timespan: Timespan, symbolIds: readonly number[]): Promise<ReadonlyMap<number, BarEdges>> {
  return timespan.fills ? (await datesOfFiles(client, timespan, timespan.fills, symbolIds)).edges : byId(await fetchedEdges(client, timespan, symbolIds))
}
