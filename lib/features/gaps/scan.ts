import type { IsoDate } from '../../domain/dates.js'
import { EVERY_SECURITY } from '../../store/quality/gap-tries.js'
import type { SecurityDate } from '../../store/quality/gaps.js'
import { DateBits } from './date-bits.js'
import type { Read } from './gap.js'
import { expectedOnUnloaded, runsOf, type Run } from './lacking.js'
import { NOT_EXPECTED, type GapReason } from './reasons.js'

/** Which sessions of a security, as places. */
export type PlacesOf = ReadonlyMap<number, ReadonlySet<number>>

/** A run that touches the loaded sessions asked about, and whose it is. */
export interface SecurityRun {
  symbolId: number
  run: Run
}

/** Sessions of a security on which no bar was to be expected: from the first to the last of them. */
export interface Quiet {
  symbolId: number
  reason: GapReason
  first: number
  last: number
  sessions: number
}

/** What looking through all securities once finds. */
export interface Scan {
  /** By place: bars, and bars that an unloaded session lacks. */
  bars: Int32Array
  lackingUnloaded: Int32Array
  /** Of those the ones that no source has. */
  closedUnloaded: Int32Array
  /** Runs on which bars may have been expected. Years of a whole market may have a million of them, so that their sessions are not kept with them. */
  runs: SecurityRun[]
  /** The sessions of a run that are asked about and loaded, as places. */
  placesOf: (run: Run) => number[]
  quiet: Quiet[]
  rejected: PlacesOf
  unknownThen: PlacesOf
  closed: PlacesOf
  pairs: { lacking: DateBits; closed: DateBits }
}

/** By place whether a symbol names the security. */
function listing({ universe, sessions: { dates } }: Read, symbolId: number): (place: number) => boolean {
  const names = universe.rangesOf(symbolId)
  if (names.some(({ from, to }) => from === null && to === null)) return () => true
  return (place) => names.some(({ from, to }) => (from === null || from <= dates[place]!) && (to === null || dates[place]! < to))
}

/** The pairs by security, dates as the places of their sessions. */
function placesOf(pairs: readonly SecurityDate[], dates: readonly IsoDate[]): PlacesOf {
  const placeOf = new Map(dates.map((date, place) => [date, place]))
  const found = new Map<number, Set<number>>()
  for (const { symbolId, date } of pairs) {
    const place = placeOf.get(date)
    if (place === undefined) continue
    const places = found.get(symbolId)
    if (places) places.add(place)
    else found.set(symbolId, new Set([place]))
  }
  return found
}

/** Looks through the bars of all securities for those that are lacking. */
export function scan(read: Read): Scan {
  const { request: { range, usualPercent, all }, sessions, bars } = read
  const { dates, days, asked, known, unloaded } = sessions
  const counts = () => new Int32Array(dates.length)
  const pairs = () => new DateBits(dates[0] ?? range.start, dates.at(-1) ?? range.end)
  const isAsked = new Uint8Array(dates.length)
  for (const place of asked) isAsked[place] = 1
  for (const place of unloaded) isAsked[place] = 0
  const scanned: Scan = {
    bars: counts(), lackingUnloaded: counts(), closedUnloaded: counts(), runs: [], quiet: [],
    rejected: placesOf(read.rejected, dates), unknownThen: placesOf(read.unknownThen, dates), closed: placesOf(read.closed, dates),
    pairs: { lacking: pairs(), closed: pairs() },
    placesOf: ({ first, last }) => known.slice(first, last + 1).filter((place) => isAsked[place] === 1),
  }
  const seenOnly = [...scanned.rejected.keys(), ...scanned.unknownThen.keys()].filter((symbolId) => read.request.symbolIds?.includes(symbolId) ?? true)
  for (const symbolId of new Set([...bars.securities, ...seenOnly])) {
    const has = bars.of(symbolId, days)
    let lacks = false
    for (const place of asked) {
      scanned.bars[place]! += has[place]!
      lacks ||= has[place] === 0
    }
    if (lacks) scanSecurity({ sessions, has, listed: listing(read, symbolId), usualPercent }, symbolId)
  }
  return scanned

  function scanSecurity(security: Parameters<typeof runsOf>[0], symbolId: number): void {
    for (const place of expectedOnUnloaded(security)) {
      scanned.lackingUnloaded[place]!++
      scanned.pairs.lacking.add(symbolId, days[place]!)
      if (![symbolId, EVERY_SECURITY].some((id) => scanned.closed.get(id)?.has(place))) continue
      scanned.closedUnloaded[place]!++
      scanned.pairs.closed.add(symbolId, days[place]!)
    }
    const isSeen = scanned.rejected.has(symbolId) || scanned.unknownThen.has(symbolId)
    const quiet = new Map<GapReason, Quiet>()
    for (const run of runsOf(security)) {
      const places = scanned.placesOf(run)
      const [first, last] = [places[0], places.at(-1)]
      if (first === undefined || last === undefined) continue
      if (run.usual || isSeen) scanned.runs.push({ symbolId, run })
      else if (all && NOT_EXPECTED.has(run.kind)) {
        const known = quiet.get(run.kind)
        if (known) Object.assign(known, { last, sessions: known.sessions + places.length })
        else quiet.set(run.kind, { symbolId, reason: run.kind, first, last, sessions: places.length })
      }
    }
    scanned.quiet.push(...quiet.values())
  }
}
