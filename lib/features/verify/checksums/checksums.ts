import { createCalendar } from '../../../calendar/calendar.js'
import { rangeOf } from '../../../calendar/chosen-dates.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import type { TimespanName } from '../../../datasets/timespan.js'
import { timespanNamed } from '../../../datasets/timespans.js'
import type { DateRange } from '../../../domain/dates.js'
import { canonicalBars, listedSecurities, repeatsKeptOut } from '../../../store/bars/canonical.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import { securitiesCalled } from '../../../store/universe/securities-called.js'
import type { Runtime } from '../../runs/runtime.js'
import type { ChecksumRequest } from './request.js'
import { piecesOf, slotsOf, type Slots } from './slots.js'
import { Tally, type AssetChecksum } from './tally.js'

const COMMA = 0x2c
const NEWLINE = 0x0a

/** Rows, gaps and checksums of an interval, security by security. */
export interface ChecksumReport {
  range: DateRange
  interval: TimespanName
  assets: AssetChecksum[]
}

/** Who is told of progress. */
export interface ChecksumObserver {
  onPlan?: (pieces: number) => void
  onPiece?: (label: string) => void
}

/** Told of a stored row: its line as it is hashed. */
type OnRow = (symbolId: number, time: string, line: Buffer) => void

/** Reads lines that begin with the security. */
async function readRows(chunks: AsyncIterable<Buffer>, signal: AbortSignal, onRow: OnRow): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      const begin = bytes.indexOf(COMMA, at) + 1
      onRow(Number(bytes.toString('latin1', at, begin - 1)), bytes.toString('latin1', begin, bytes.indexOf(COMMA, begin)), bytes.subarray(begin, end + 1))
      at = end + 1
    }
    rest = bytes.subarray(at)
  }
}

/** Counts a piece of the range, whose rows come security by security: first the securities that have bars in it, then all others. */
async function countPiece(tallies: ReadonlyMap<number, Tally>, slots: Slots, before: number, read: (onRow: OnRow) => Promise<void>): Promise<void> {
  const seen = new Uint8Array(slots.times.length)
  const settled = new Set<number>()
  let current: number | undefined
  const settle = (symbolId: number): void => {
    tallies.get(symbolId)?.settle(slots, seen, before)
    settled.add(symbolId)
    seen.fill(0)
  }
  await read((symbolId, time, line) => {
    if (symbolId !== current && current !== undefined) settle(current)
    current = symbolId
    tallies.get(symbolId)?.add(line)
    const slot = slots.at.get(time)
    if (slot !== undefined) seen[slot] = 1
  })
  if (current !== undefined) settle(current)
  for (const symbolId of tallies.keys()) if (!settled.has(symbolId)) settle(symbolId)
}

/**
 * Counts and hashes the stored bars of an interval as of one instant, in the memory of one piece of the range, and holds them against the calendar and the dates on
 * which the securities are listed.
 * @throws UsageError when the calendar does not know the dates, or the universe a symbol
 */
export async function checksumReport({ db, now, signal }: Runtime, request: ChecksumRequest, { onPlan, onPiece }: ChecksumObserver = {}): Promise<ChecksumReport> {
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(db.pool, DEFAULT_EXCHANGE.code))
  const range = rangeOf(request.dates, calendar, now())
  const timespan = timespanNamed(request.interval)
  const pieces = piecesOf(timespan, range)
  onPlan?.(pieces.length)
  const assets = await db.run(signal, async (client) => {
    await client.query('begin isolation level repeatable read, read only')
    const symbolIds = request.symbols === 'all' ? null : await securitiesCalled(client, request.symbols, range)
    const tallies = new Map((await listedSecurities(client, timespan, range, symbolIds)).map((security) => [security.symbolId, new Tally(security)]))
    let before = 0
    for (const piece of pieces) {
      signal.throwIfAborted()
      const slots = slotsOf(timespan, piece, calendar.sessions(piece).filter(({ close }) => close <= now()))
      await countPiece(tallies, slots, before, (onRow) => readRows(canonicalBars(client, timespan, piece, symbolIds), signal, onRow))
      before += slots.times.length
      onPiece?.(piece.end)
    }
    const repeats = await repeatsKeptOut(client, timespan, range, [...tallies.keys()])
    await client.query('commit')
    return [...tallies].map(([symbolId, tally]) => tally.result(repeats.get(symbolId) ?? 0))
  })
  return { range, interval: timespan.name, assets }
}
