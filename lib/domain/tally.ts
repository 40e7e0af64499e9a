import type { RepeatedBar } from './bar.js'
import { NO_ROWS, type RowCounts } from './counts.js'
import { SourceError } from './errors.js'
import { RAW_LIMIT, type Reject, type RejectReason } from './reject.js'
import { SecuritySet } from './security-set.js'

/** More different unknown symbols than this are no gap in a universe but another kind of file. */
const MAX_UNKNOWN_SYMBOLS = 50_000

/** A file with as many rows and none of them valid is not read further: no day file has so many rows, and no minute file is so bad. */
const MAX_ROWS_ALL_REJECTED = 100_000

/** So many symbols of repeated rows are kept, for instance. */
const REPEATED_SYMBOLS = 10

/** Where the raw text of the row at hand comes from. */
export interface RawRows {
  raw(line: number): Buffer
}

/** Counts the rows of one file as the stages decide on them, and keeps the rejects (up to a limit) and the unknown symbols. */
export class Tally {
  readonly counts: RowCounts = { ...NO_ROWS }
  readonly rejects: Reject[] = []
  readonly reasons = new Map<RejectReason, number>()
  readonly unknownSymbols = new Set<string>()
  /** The securities with a row that is staged. */
  readonly securities = new SecuritySet()
  /** Rows that repeat a security and window: with the values of the first, and with others; a few of their symbols, and the first and last of their windows. */
  readonly repeats = { equal: 0, different: 0, symbols: new Set<string>(), first: Infinity, last: -Infinity }
  #rows: RawRows | undefined

  constructor(private readonly maxRejectedRows: number) {}

  /** Tells where raw rows come from until the next call. */
  from(rows: RawRows): void {
    this.#rows = rows
  }

  /** The row at hand as it came, cut at {@link RAW_LIMIT} bytes. */
  raw(line: number): Buffer {
    return Buffer.from(this.#rows?.raw(line).subarray(0, RAW_LIMIT) ?? '')
  }

  /** Counts a row that is staged. */
  staged(symbolId: number): void {
    this.counts.staged++
    this.securities.add(symbolId)
  }

  reject(line: number, reason: RejectReason, field: string | null, symbol: string | null, raw?: Buffer): void {
    this.counts.rejected++
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1)
    if (this.rejects.length < this.maxRejectedRows) this.rejects.push({ line, reason, field, symbol, raw: raw ?? this.raw(line) })
    if (this.counts.rejected === MAX_ROWS_ALL_REJECTED && this.counts.read === MAX_ROWS_ALL_REJECTED) {
      throw new SourceError('SOURCE_NO_VALID_ROW', `none of the first ${MAX_ROWS_ALL_REJECTED} rows is valid; line ${this.rejects[0]?.line}: ${this.rejects[0]?.reason}`)
    }
  }

  /** Counts a row whose security and window the file had before: one that is equal to the first, or else is rejected. */
  repeated({ bar, raw }: RepeatedBar, isDifferent: boolean): void {
    const { repeats } = this
    if (repeats.symbols.size < REPEATED_SYMBOLS) repeats.symbols.add(bar.symbol)
    repeats.first = Math.min(repeats.first, bar.slot)
    repeats.last = Math.max(repeats.last, bar.slot)
    if (isDifferent) {
      repeats.different++
      this.reject(bar.line, 'duplicate', null, bar.symbol, raw)
    } else {
      repeats.equal++
      this.counts.duplicates++
    }
  }

  unknown(symbol: string): void {
    this.counts.unknown++
    if (this.unknownSymbols.size >= MAX_UNKNOWN_SYMBOLS && !this.unknownSymbols.has(symbol)) {
      throw new SourceError('SOURCE_TOO_MANY_UNKNOWN', `the file has more than ${MAX_UNKNOWN_SYMBOLS} different symbols that the universe lacks`, {
        hint: 'is this a file of stocks, and is the universe imported?',
      })
    }
    this.unknownSymbols.add(symbol)
  }
}
