import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { loadsByYear, loadsOfYears, type DateLoads } from '../../store/service/file-dates.js'

/** The loads that the dates of a year had, and what tells them from what they were earlier. */
interface Year {
  fingerprint: string
  dates: ReadonlyMap<IsoDate, DateLoads>
}

/** The loads that dates had at one moment, by year. */
export type Loads = ReadonlyMap<string, Year>

/** What was seen of a dataset at one moment. */
export interface Seen {
  snapshot: string
  identityChange: number
  loads: Loads
}

/** The dates of the years as they are now, those that are as they were as the same objects: many moments are remembered. */
async function readYears(client: pg.ClientBase, dataset: Dataset, years: readonly string[], known: Loads): Promise<Map<string, Map<IsoDate, DateLoads>>> {
  const read = new Map(years.map((year) => [year, new Map<IsoDate, DateLoads>()]))
  for (const now of years.length === 0 ? [] : await loadsOfYears(client, dataset, years.map(Number))) {
    const before = loadsOn(known, now.date)
    read.get(now.date.slice(0, 4))?.set(now.date, before?.loads === now.loads ? before : now)
  }
  return read
}

/** The loads there are as of the client's snapshot: only of years in which they are not those known are they read. */
export async function seeLoads(client: pg.ClientBase, dataset: Dataset, known: Seen | undefined): Promise<Seen> {
  const { snapshot, identityChange, byYear } = await loadsByYear(client, dataset, known?.snapshot ?? null)
  const before: Loads = known?.loads ?? new Map()
  if (byYear === null) return { snapshot, identityChange, loads: before }
  const isKnown = (year: string): boolean => before.get(year)?.fingerprint === byYear[year]
  const years = Object.keys(byYear)
  const read = await readYears(client, dataset, years.filter((year) => !isKnown(year)), before)
  if (read.size === 0 && before.size === years.length) return { snapshot, identityChange, loads: before }
  return { snapshot, identityChange, loads: new Map(years.map((year) => [year, isKnown(year) ? before.get(year)! : { fingerprint: byYear[year]!, dates: read.get(year)! }])) }
}

/** The loads of a date. */
export function loadsOn(loads: Loads, date: IsoDate): DateLoads | undefined {
  return loads.get(date.slice(0, 4))?.dates.get(date)
}

/** The dates that had any. */
export function datesOfLoads(loads: Loads): IsoDate[] {
  return [...loads.values()].flatMap(({ dates }) => [...dates.keys()])
}

/** Whether any date stands at a load. */
export function hasLoaded(loads: Loads): boolean {
  return [...loads.values()].some(({ dates }) => [...dates.values()].some(({ isLoaded }) => isLoaded))
}

/** The dates whose loads are not the same at two moments, whichever of them was earlier. */
export function changedDates(one: Loads, other: Loads): IsoDate[] {
  const years = [...new Set([...one.keys(), ...other.keys()])].filter((year) => one.get(year) !== other.get(year))
  return years.flatMap((year) => {
    const dates = new Set([...one.get(year)?.dates.keys() ?? [], ...other.get(year)?.dates.keys() ?? []])
    return [...dates].filter((date) => loadsOn(one, date)?.loads !== loadsOn(other, date)?.loads)
  })
}
