import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import chain from 'stream-chain'
import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import { NO_DESCRIPTION } from '../../domain/description.js'
import { OhlcvError, SourceError, UsageError } from '../../domain/errors.js'
import { none } from '../../domain/stage.js'
import type { Universe } from '../../domain/universe.js'
import { csvLines, type CsvBlock } from '../../formats/csv.js'
import { wholeLines, type LineLimits } from '../../formats/lines.js'
import { undated } from '../../formats/listing.js'
import type { DayFile, Source } from '../../sources/source.js'
import { loadUniverse } from '../../store/universe/universe.js'
import { decompress } from '../../transport/decompress.js'
import type { Runtime } from '../runs/runtime.js'
import { importListings, type ImportResult } from './import.js'

/** More different symbols than this in one file are no day file of stocks. */
const MAX_SYMBOLS = 100_000

/** Where to look for symbols, and what may be done for them. */
export interface DiscoverRequest {
  dataset: Dataset
  range: DateRange
  limits: LineLimits & { maxFileBytes: number }
  /** As in an import. */
  maxRemoved: number
}

interface DiscoverJob extends DiscoverRequest {
  source: Source
  universe: Universe
  signal: AbortSignal
  log: Logger
}

/** A file that could not be read. */
export interface UnreadableFile {
  date: IsoDate
  key: string
  error: OhlcvError
}

/** What day files of a range contain. */
export interface FoundSymbols {
  files: number
  rows: number
  /** Rows whose symbol cannot be one. */
  unusable: number
  symbols: Set<string>
  /** Dates on which a file has a symbol that names a security on other dates only. */
  nameless: Map<string, IsoDate[]>
  unreadable: UnreadableFile[]
}

interface FileSymbols {
  rows: number
  unusable: number
  symbols: Set<string>
}

/** The symbols of one file. */
async function symbolsOf(file: DayFile, { source, dataset, limits, signal }: DiscoverJob): Promise<FileSymbols> {
  const seen: FileSymbols = { rows: 0, unusable: 0, symbols: new Set() }
  const symbolOf = source.formatOn(dataset, file.date).symbols()
  let isEmpty = true
  const take = async (blocks: AsyncIterable<unknown>): Promise<void> => {
    for await (const { lines } of blocks as AsyncIterable<CsvBlock>) {
      for (const row of lines) {
        isEmpty = false
        const symbol = symbolOf(row)
        if (symbol === none) continue
        seen.rows++
        if (symbol === null) seen.unusable++
        else seen.symbols.add(symbol)
        if (seen.symbols.size > MAX_SYMBOLS) {
          throw new SourceError('SOURCE_TOO_MANY_SYMBOLS', `line ${row.line}: the file has more than ${MAX_SYMBOLS} different symbols`, { hint: 'is this a day file of stocks?' })
        }
      }
    }
  }
  const bytes = decompress({ name: file.key, maxFileBytes: limits.maxFileBytes, withVersion: false })
  const blocks: Duplex = chain([wholeLines(limits), csvLines], { readableHighWaterMark: 2 })
  await pipeline(await source.open(file, signal), bytes.stage, blocks, take, { signal })
  if (isEmpty) throw new SourceError('SOURCE_EMPTY', 'the file is empty')
  return seen
}

/**
 * Reads which symbols day files have. A file that cannot be read is named and counts for nothing; the others still do.
 * @throws UsageError when the source cannot be used at all; the signal's reason when aborted
 */
async function readSymbols(job: DiscoverJob): Promise<FoundSymbols> {
  const found: FoundSymbols = { files: 0, rows: 0, unusable: 0, symbols: new Set(), nameless: new Map(), unreadable: [] }
  const listed = [...await job.source.list(job.dataset, job.range, job.signal)].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [date, file] of listed) {
    try {
      const { rows, unusable, symbols } = await symbolsOf(file, job)
      found.files++
      found.rows += rows
      found.unusable += unusable
      for (const symbol of symbols) {
        found.symbols.add(symbol)
        if (!job.universe.has(symbol) || job.universe.securityOn(symbol, date) !== undefined) continue
        found.nameless.set(symbol, [...(found.nameless.get(symbol) ?? []), date])
      }
    } catch (error) {
      if (job.signal.aborted) throw job.signal.reason
      if (!(error instanceof OhlcvError) || error instanceof UsageError) throw error
      found.unreadable.push({ date, key: file.key, error })
    }
    job.log.debug({ date }, 'file read')
  }
  return found
}

/** Known symbols that name no security on a date on which a file has them, in the universe as it is now; with the first such date. */
function stillNameless({ nameless }: FoundSymbols, universe: Universe): Map<string, IsoDate> {
  return new Map([...nameless].flatMap(([symbol, dates]) => {
    const date = dates.find((date) => universe.securityOn(symbol, date) === undefined)
    return date === undefined ? [] : [[symbol, date]]
  }))
}

/** What came of a discovery. */
export interface Discovery {
  found: FoundSymbols
  imported: ImportResult
  /** Known symbols that still name no security on a date on which a file has them; with the first such date. */
  notOnDate: ReadonlyMap<string, IsoDate>
}

/**
 * Registers every symbol that the day files of a range have, for all dates until more is known. The caller closes the source.
 * @throws UsageError as {@link readSymbols} and {@link importListings}
 */
export async function discoverSymbols(runtime: Runtime, request: DiscoverRequest, source: Source): Promise<Discovery> {
  const { db: { pool }, signal, log } = runtime
  const found = await readSymbols({ ...request, source, universe: await loadUniverse(pool), signal, log })
  const rows = [...found.symbols].sort().map((symbol) => undated(0, symbol, NO_DESCRIPTION))
  const { maxRemoved } = request
  const imported = await importListings(runtime, { listings: { rows, testIssues: 0 }, cause: 'discover', correct: false, accept: false, dryRun: false, maxRemoved })
  return { found, imported, notOnDate: stillNameless(found, await loadUniverse(pool)) }
}
