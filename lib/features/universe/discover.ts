import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import chain from 'stream-chain'
import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import { OhlcvError, SourceError, UsageError } from '../../domain/errors.js'
import { none } from '../../domain/stage.js'
import type { Universe } from '../../domain/universe.js'
import { csvLines, type CsvBlock } from '../../formats/csv.js'
import { wholeLines, type LineLimits } from '../../formats/lines.js'
import type { DayFile, Source } from '../../sources/source.js'
import { decompress } from '../../transport/decompress.js'

/** More different symbols than this in one file are no day file of stocks. */
const MAX_SYMBOLS = 100_000

export interface DiscoverJob {
  source: Source
  dataset: Dataset
  range: DateRange
  universe: Universe
  limits: LineLimits & { maxFileBytes: number }
  signal: AbortSignal
  onFile(date: IsoDate): void
}

/** A file that could not be read. */
export interface UnreadableFile {
  date: IsoDate
  key: string
  error: OhlcvError
}

/** What day files of a range contain. */
export interface Discovery {
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
export async function discoverSymbols(job: DiscoverJob): Promise<Discovery> {
  const discovery: Discovery = { files: 0, rows: 0, unusable: 0, symbols: new Set(), nameless: new Map(), unreadable: [] }
  const listed = [...await job.source.list(job.dataset, job.range, job.signal)].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [date, file] of listed) {
    try {
      const { rows, unusable, symbols } = await symbolsOf(file, job)
      discovery.files++
      discovery.rows += rows
      discovery.unusable += unusable
      for (const symbol of symbols) {
        discovery.symbols.add(symbol)
        if (!job.universe.has(symbol) || job.universe.securityOn(symbol, date) !== undefined) continue
        discovery.nameless.set(symbol, [...(discovery.nameless.get(symbol) ?? []), date])
      }
    } catch (error) {
      if (job.signal.aborted) throw job.signal.reason
      if (!(error instanceof OhlcvError) || error instanceof UsageError) throw error
      discovery.unreadable.push({ date, key: file.key, error })
    }
    job.onFile(date)
  }
  return discovery
}

/** Known symbols that name no security on a date on which a file has them, in the universe as it is now; with the first such date. */
export function stillNameless({ nameless }: Discovery, universe: Universe): Map<string, IsoDate> {
  return new Map([...nameless].flatMap(([symbol, dates]) => {
    const date = dates.find((date) => universe.securityOn(symbol, date) === undefined)
    return date === undefined ? [] : [[symbol, date]]
  }))
}
