import type { Readable } from 'node:stream'
import type { Dataset } from '../datasets/dataset.js'
import type { DateRange, IsoDate } from '../domain/dates.js'

/** A day file that a source has. */
export interface DayFile {
  date: IsoDate
  /** The object's key, or the path of a local file; `-` for stdin. */
  key: string
  /** Bytes as stored; undefined where only reading tells. */
  size: number | undefined
  /**
   * Which version of the file this is, as the listing tells (`etag:...`), or undefined where only reading the bytes
   * tells; then {@link Source.identify} or the load computes `sha256:` of the decompressed bytes.
   */
  identity: string | undefined
}

/** A version of a day file that has been read before. */
export interface KnownVersion {
  /** SHA-256 of its bytes as they came, hexadecimal. */
  sha256: string
  identity: string
}

/** Where day files come from. Sources throw SourceError, ForbiddenError or (unusable as a whole) UsageError. */
export interface Source {
  /** Who made the files; kept in the ledger. */
  provider: string
  /** For people: where the files are, without any credential. */
  uri: string
  /** The files there are in the range, by date. One listing of a year at a time; throws UsageError when the source cannot be used at all. */
  list(dataset: Dataset, range: DateRange, signal: AbortSignal): Promise<Map<IsoDate, DayFile>>
  /** Why a date that the listing lacks cannot be had. */
  probe(dataset: Dataset, date: IsoDate, signal: AbortSignal): Promise<'absent' | 'forbidden'>
  /**
   * The identity of a listed file, reading it if need be; undefined where the bytes can be read only once (stdin), so
   * that only the load can tell. A file of the same bytes as the version known has its identity and is not unpacked.
   */
  identify(file: DayFile, signal: AbortSignal, known?: KnownVersion): Promise<string | undefined>
  /**
   * The bytes of the file as stored (gzipped or not), as many as were listed. The stream fails with a SourceError, or with
   * the signal's reason, and stops reading, also in the middle of a stall, once it is destroyed.
   */
  open(file: DayFile, signal: AbortSignal): Promise<Readable>
  /** Frees sockets. */
  close(): Promise<void>
}

/** The path of a day file below a bucket's prefix or a directory. */
export function dayFilePath(dataset: Dataset, date: IsoDate): string {
  const [year, month] = date.split('-')
  return `${dataset.folder}/${year}/${month}/${date}.csv.gz`
}

/** The months of a range as the layout writes them, `YYYY/MM`, in order. */
export function* monthsOf({ start, end }: DateRange): Generator<string> {
  let [year = 0, month = 0] = start.split('-').map(Number)
  for (;;) {
    const name = `${String(year).padStart(4, '0')}/${String(month).padStart(2, '0')}`
    if (name > end.slice(0, 7).replace('-', '/')) return
    yield name
    month = (month % 12) + 1
    if (month === 1) year++
  }
}
