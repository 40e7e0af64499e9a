import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { EVERY_SECURITY } from '../../store/quality/gap-tries.js'
import { barsByDate, seenBefore } from '../../store/quality/gaps.js'
import type { Gap, Gaps, Read, UnloadedDate, UnloadedDates } from './gap.js'
import { GAP_REASONS, NOT_EXPECTED, type GapReason } from './reasons.js'
import { namesSince } from './renames.js'
import { scan, type Quiet, type Scan, type SecurityRun } from './scan.js'

/** One for all of them: there may be a million gaps. */
const NO_NAMES: readonly string[] = []

/** What is told of gaps, counted by reason. */
class Telling {
  readonly gaps: Gap[] = []
  readonly #bars = new Map<GapReason, number>()
  readonly #securities = new Map<GapReason, Set<number>>()

  constructor(private readonly read: Read) {}

  /** A security's sessions of one reason. */
  add({ symbolId, reason, first, last, sessions }: Quiet, names: readonly string[] = NO_NAMES): void {
    const { dates } = this.read.sessions
    this.count(reason, sessions, [symbolId])
    this.gaps.push({ symbolId, symbol: symbolOn(this.read, symbolId, dates[first]!), start: dates[first]!, end: dates[last]!, sessions, reason, names })
  }

  count(reason: GapReason, bars: number, symbolIds: readonly number[]): void {
    this.#bars.set(reason, (this.#bars.get(reason) ?? 0) + bars)
    const known = this.#securities.get(reason) ?? new Set()
    this.#securities.set(reason, known)
    for (const symbolId of symbolIds) known.add(symbolId)
  }

  get reasons(): Gaps['reasons'] {
    return GAP_REASONS.flatMap((reason) => {
      const bars = this.#bars.get(reason) ?? 0
      return bars === 0 ? [] : [{ reason, bars, securities: this.#securities.get(reason)!.size }]
    }).toSorted((a, b) => b.bars - a.bars)
  }
}

/** What the security was called on the date, or else the last time. */
function symbolOn({ universe }: Read, symbolId: number, date: IsoDate): string {
  const names = universe.rangesOf(symbolId)
  const name = names.find(({ from, to }) => (from === null || from <= date) && (to === null || date < to)) ?? names.at(-1)
  return name?.symbol ?? `#${symbolId}`
}

/** Items in groups of consecutive ones that go together. */
function grouped<T>(items: readonly T[], together: (before: T, item: T) => boolean): T[][] {
  const groups: T[][] = []
  for (const item of items) {
    const last = groups.at(-1)
    if (last && together(last.at(-1)!, item)) last.push(item)
    else groups.push([item])
  }
  return groups
}

/** The loaded dates asked about that have fewer bars than their file. Where some securities were read, only dates that lack one of them. */
async function lostDates(db: Queryable, { request: { dataset, symbolIds }, sessions: { dates, asked }, loaded }: Read, { bars, runs, placesOf }: Scan): Promise<IsoDate[]> {
  if (symbolIds === null) return asked.flatMap((place) => ((loaded.get(dates[place]!) ?? 0) > bars[place]! ? [dates[place]!] : []))
  const lacking = [...new Set(runs.flatMap(({ run }) => placesOf(run)))].toSorted((a, b) => a - b).map((place) => dates[place]!)
  const stored = await barsByDate(db, dataset, lacking)
  return lacking.filter((date) => (loaded.get(date) ?? 0) > (stored.get(date) ?? 0))
}

/** Why a security has no bar on a session of a run. */
function reasonOf({ symbolId, run }: SecurityRun, place: number, { rejected, unknownThen, closed }: Scan, isLost: boolean, isRenamed: boolean): GapReason {
  if (rejected.get(symbolId)?.has(place)) return 'rejected'
  if (unknownThen.get(symbolId)?.has(place)) return 'unknown_symbol'
  if (isLost) return 'lost'
  if (isRenamed) return 'renamed'
  return !NOT_EXPECTED.has(run.kind) && closed.get(symbolId)?.has(place) ? 'no_source' : run.kind
}

/** Securities named in the range without any bar around it, and without a row that was kept out. */
async function neverSeen(db: Queryable, { universe, bars, sessions: { dates, asked }, request: { dataset, symbolIds } }: Read, { runs }: Scan): Promise<Quiet[]> {
  const [first, last] = [asked[0], asked.at(-1)]
  if (first === undefined || last === undefined) return []
  const range = { start: dates[first]!, end: dates[last]! }
  const [seen, wanted] = [new Set([...bars.securities, ...runs.map(({ symbolId }) => symbolId)]), symbolIds && new Set(symbolIds)]
  const ids = universe.securitiesIn(range).filter((id) => !seen.has(id) && (wanted?.has(id) ?? true))
  const before = await seenBefore(db, dataset, ids, range.start)
  return ids.map((symbolId) => ({ symbolId, reason: before.has(symbolId) ? 'delisted' : 'not_listed_yet', first, last, sessions: asked.length }))
}

/** How the unloaded sessions stand. */
function unloadedDates({ sessions: { dates, unloaded }, request: { dataset, symbolIds } }: Read, { bars, lackingUnloaded, closedUnloaded, closed }: Scan): UnloadedDate[] {
  return unloaded.map((place) => ({
    date: dates[place]!, lacking: dataset.window === 'day' ? lackingUnloaded[place]! : null, closed: closedUnloaded[place]!, bars: bars[place]!,
    isWhole: symbolIds === null && lackingUnloaded[place]! >= bars[place]!, isClosed: closed.get(EVERY_SECURITY)?.has(place) ?? false,
  }))
}

/** Unloaded dates that are not told as dates are told security by security; returns the others. */
function tellUnloaded({ sessions: { days, unloaded } }: Read, { lackingUnloaded, pairs }: Scan, found: readonly UnloadedDate[], telling: Telling): UnloadedDates[] {
  const single = unloaded.filter((place, at) => lackingUnloaded[place]! > 0 && !found[at]!.isWhole)
  const securities = pairs.lacking.securities
  for (const symbolId of single.length === 0 ? [] : securities) {
    const places = single.filter((place) => pairs.lacking.has(symbolId, days[place]!))
    for (const group of grouped(places, (before, place) => place === before + 1)) {
      telling.add({ symbolId, reason: 'not_loaded', first: group[0]!, last: group.at(-1)!, sessions: group.length })
    }
  }
  const whole = unloaded.flatMap((place, at) => (found[at]!.isWhole ? [{ place, ...found[at]! }] : []))
  telling.count('not_loaded', whole.reduce((sum, { lacking }) => sum + (lacking ?? 0), 0), securities)
  return grouped(whole, (before, { place }) => place === before.place + 1).map((group) => ({
    start: group[0]!.date, end: group.at(-1)!.date, sessions: group.length, lacking: group[0]!.lacking === null ? null : group.reduce((sum, { lacking }) => sum + lacking!, 0),
    closed: group.reduce((sum, { closed }) => sum + closed, 0), bars: group.reduce((sum, { bars }) => sum + bars, 0),
  }))
}

/** Runs, each in pieces of one reason. Counts what is lacking of them. */
function tellRuns({ request: { all }, sessions: { dates, days, known } }: Read, scanned: Scan, lost: ReadonlySet<IsoDate>, names: ReadonlyMap<number, string[]>, telling: Telling): number {
  let lacking = 0
  for (const found of scanned.runs) {
    const { symbolId, run } = found
    const places = scanned.placesOf(run)
    const since = run.usual && run.open ? names.get(known[run.first]!) : undefined
    // Which of a date's bars were lost is not known: what has another explanation keeps it, unless it lacks just what was lost.
    const mayBeLost = run.usual && (run.kind === 'absent' || places.every((place) => lost.has(dates[place]!)))
    const reasons = places.map((place) => reasonOf(found, place, scanned, mayBeLost && lost.has(dates[place]!), since !== undefined))
    for (const group of grouped([...places.keys()], (before, at) => reasons[before] === reasons[at])) {
      const [first, last, reason] = [group[0]!, group.at(-1)!, reasons[group[0]!]!]
      if (NOT_EXPECTED.has(reason) && !all) continue
      telling.add({ symbolId, reason, first: places[first]!, last: places[last]!, sessions: group.length }, reason === 'renamed' ? since : undefined)
      if (NOT_EXPECTED.has(reason)) continue
      lacking += group.length
      for (const at of group) {
        scanned.pairs.lacking.add(symbolId, days[places[at]!]!)
        if (reason === 'no_source') scanned.pairs.closed.add(symbolId, days[places[at]!]!)
      }
    }
  }
  return lacking
}

/** Tells what is lacking in what was read, and why. */
export async function tellGaps(db: Queryable, read: Read): Promise<Gaps> {
  const { request: { range, dataset, all }, sessions: { dates: sessions, asked } } = read
  const [scanned, telling] = [scan(read), new Telling(read)]
  const unloaded = unloadedDates(read, scanned)
  const dates = tellUnloaded(read, scanned, unloaded, telling)
  const isCounted = dataset.window === 'day'
  const lost = isCounted ? await lostDates(db, read, scanned) : []
  const lacking = tellRuns(read, scanned, new Set(lost), await namesSince(db, read, scanned.runs), telling)
  for (const quiet of [...scanned.quiet, ...(all ? await neverSeen(db, read, scanned) : [])]) telling.add(quiet)
  const total = (of: Int32Array) => asked.reduce((sum, place) => sum + of[place]!, 0)
  const missing = lacking + total(scanned.lackingUnloaded)
  return {
    range, sessions: asked.map((place) => sessions[place]!), expected: isCounted ? total(scanned.bars) + missing : null, lacking: isCounted ? missing : null, reasons: telling.reasons, unloaded, dates,
    gaps: telling.gaps.toSorted((a, b) => Number(NOT_EXPECTED.has(a.reason)) - Number(NOT_EXPECTED.has(b.reason)) || b.sessions - a.sessions || compare(a.symbol, b.symbol) || compare(a.start, b.start)),
    pairs: scanned.pairs, lost, hasFiles: read.loaded.size > 0,
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
