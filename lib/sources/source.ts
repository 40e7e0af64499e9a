import type { Dataset } from '../datasets/dataset.js'
import type { DateRange, IsoDate } from '../domain/dates.js'
import type { Refusals } from '../domain/refusals.js'
import { filesOf, formatOn, type DayFileFormat, type DayFileProvider } from '../providers/provider.js'
import type { ObjectAccess, SingleObject, StoredObject, Transport } from '../transport/transport.js'

/** A day file that a source has. */
export interface DayFile extends StoredObject {
  date: IsoDate
}

/** Where day files come from. Sources throw SourceError, ForbiddenError or (unusable as a whole) UsageError. */
export interface Source extends ObjectAccess {
  /** Who made the files; kept in the ledger. */
  provider: string
  /** For people: where the files are, without any credential. */
  uri: string
  /** What the place refused; undefined of one file. */
  refusals?: Refusals
  /** How the file of a date is read. */
  formatOn(dataset: Dataset, date: IsoDate): DayFileFormat
  /** The files there are in the range, by date. Throws UsageError when the source cannot be used at all. */
  list(dataset: Dataset, range: DateRange, signal: AbortSignal): Promise<Map<IsoDate, DayFile>>
  /** Why a date that the listing lacks cannot be had. */
  probe(dataset: Dataset, date: IsoDate, signal: AbortSignal): Promise<'absent' | 'forbidden'>
}

/** The day files of a provider at a place that holds them in the provider's layout. */
export function sourceAt(place: Transport, provider: DayFileProvider): Source {
  return {
    ...accessOf(place, provider),
    async list(dataset, range, signal) {
      const { layout } = filesOf(provider, dataset)
      const files = new Map<IsoDate, DayFile>()
      for await (const { path, ...object } of place.list({ folder: layout.folder, folders: layout.foldersOf(range), form: layout.form }, signal)) {
        const date = layout.dateOf(path)
        if (date !== undefined && isIn(range, date)) files.set(date, { date, ...object })
      }
      return files
    },
    probe: (dataset, date, signal) => place.probe(filesOf(provider, dataset).layout.pathOf(date), signal),
  }
}

/** One object as a provider's day file of one date. */
export function sourceOfOne(single: SingleObject, date: IsoDate, provider: DayFileProvider): Source {
  return {
    ...accessOf(single, provider),
    list: async (_dataset, range) => new Map(isIn(range, date) ? [[date, { date, ...single.object }]] : []),
    probe: async () => 'absent',
  }
}

function accessOf(place: Transport | SingleObject, provider: DayFileProvider): Pick<Source, keyof ObjectAccess | 'provider' | 'uri' | 'formatOn'> {
  return {
    provider: provider.name,
    uri: place.uri,
    formatOn: (dataset, date) => formatOn(filesOf(provider, dataset), date),
    versionOf: (file, signal, known) => place.versionOf(file, signal, known),
    open: (file, signal) => place.open(file, signal),
    close: () => place.close(),
  }
}

const isIn = ({ start, end }: DateRange, date: IsoDate): boolean => date >= start && date <= end
