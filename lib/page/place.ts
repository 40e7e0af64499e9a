import { TIMESPAN_NAMES, type TimespanName } from '../datasets/timespan.js'
import { isIsoDate, type IsoDate } from '../domain/dates.js'

// What the page shows lives in its address, so that it can be kept, sent and gone back to. What an address has that no page has is left out.

/** The pages, each a path of its own. */
const PATHS = ['/', '/admin/historical-data'] as const
/** What is listed beside the page's own parts. */
export const VIEWS = ['alerts', 'runs', 'failures', 'findings', 'remediation', 'actions'] as const

/** What the page shows. */
export interface Place {
  path: (typeof PATHS)[number]
  /** Whose dates are shown; null: the first. */
  dataset: string | null
  /** The year that is shown a month each; null: all years. */
  year: number | null
  /** Of the assets only those behind, and those with gaps. */
  stale: boolean
  gaps: boolean
  /** Kind of security; null: any. */
  type: string | null
  /** `all`: every security there is, not only the watched ones; null: these. */
  universe: 'all' | null
  /** What a symbol or name has in it; empty: anything. */
  q: string
  /** The date whose details are open. */
  date: IsoDate | null
  /** The security whose details are open, and the length of its bars. */
  asset: string | null
  interval: TimespanName | null
  view: (typeof VIEWS)[number] | null
  /** The run whose details are open, among the runs. */
  run: number | null
  /** The incident whose details are open. */
  alert: number | null
}

function oneOf<T extends string>(all: readonly T[], text: string | null): T | null {
  return all.find((one) => one === text) ?? null
}

/** What an address shows: its query, with or without the question mark, and its path. */
export function readPlace(search: string, path: string = PATHS[0]): Place {
  const query = new URLSearchParams(search)
  const text = (name: string): string | null => query.get(name)?.trim().slice(0, 100) || null
  const number = (name: string): number | null => (/^\d{1,15}$/.test(text(name) ?? '') ? Number(text(name)) : null)
  const [date, year] = [text('date'), text('year')]
  return {
    path: oneOf(PATHS, path) ?? PATHS[0],
    dataset: text('dataset'),
    year: year !== null && /^\d{4}$/.test(year) ? Number(year) : null,
    stale: query.get('stale') === '1',
    gaps: query.get('gaps') === '1',
    type: text('type'),
    universe: oneOf(['all'], text('universe')),
    q: text('q') ?? '',
    date: date !== null && isIsoDate(date) ? date : null,
    asset: text('asset'),
    interval: oneOf(TIMESPAN_NAMES, text('interval')),
    view: oneOf(VIEWS, text('view')),
    run: number('run'),
    alert: number('alert'),
  }
}

/** The query of an address that shows this, `?stale=1&q=apple`; nothing where all is as usual. */
export function searchOf({ path: _, ...shown }: Place): string {
  const entries = Object.entries(shown).flatMap(([name, value]) => (value === null || value === '' || value === false ? [] : [[name, value === true ? '1' : String(value)]]))
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`
}

/** The address that shows this. */
export function hrefOf(place: Place): string {
  return `${place.path}${searchOf(place)}`
}

/** Whether a path is one of the page's. */
export function isPagePath(path: string): boolean {
  return oneOf(PATHS, path) !== null
}

/** The same with nothing opened beside the page's own parts. */
export function closed(place: Place): Place {
  return { ...place, path: PATHS[0], date: null, asset: null, interval: null, view: null, run: null, alert: null }
}
