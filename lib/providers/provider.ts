import type { Dataset } from '../datasets/dataset.js'
import type { Windows } from '../datasets/window.js'
import type { RawBar } from '../domain/bar.js'
import type { DateRange, IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import type { Stage } from '../domain/stage.js'
import type { Tally } from '../domain/tally.js'
import type { CsvLine } from '../formats/csv.js'

/** Where the day files of one dataset are, by paths below the place that has them; steps are divided by `/`. */
export interface DayFileLayout {
  /** The one step below which they all are. */
  folder: string
  /** What a path looks like, for people. */
  form: string
  pathOf(date: IsoDate): string
  /** The date whose file has the path; undefined where it is the path of none. */
  dateOf(path: string): IsoDate | undefined
  /** The folders that the files of a range lie directly in, in order. */
  foldersOf(range: DateRange): string[]
}

/** How the lines of a day file are read. Each call begins a file. */
export interface DayFileFormat {
  /** The first date whose file has it; null: from the beginning. */
  from: IsoDate | null
  /**
   * Line to bar. Counts every row as read, rejects rows that are none, and ends lines that are no rows, such as a header.
   * The stage throws a SourceError where the file is no such file.
   */
  bars(windows: Windows, tally: Tally): Stage<CsvLine, RawBar>
  /** Line to its symbol, null where it has none that can be one. Otherwise as `bars`, but counts nothing. */
  symbols(): Stage<CsvLine, string | null>
}

/** A provider's day files of one dataset. */
export interface DayFiles {
  layout: DayFileLayout
  /** All formats there have been, in order of their dates, the first from the beginning. A change of format is one more. */
  formats: readonly [DayFileFormat, ...DayFileFormat[]]
}

/** Who makes day files. */
export interface DayFileProvider {
  /** As stored in the ledger. */
  name: string
  /** What else it is called. */
  aliases: readonly string[]
  /** By the names of the datasets. */
  files: Readonly<Record<string, DayFiles>>
}

/** A provider's day files of a dataset. @throws UsageError where it makes none */
export function filesOf({ name, files }: DayFileProvider, dataset: Pick<Dataset, 'name'>): DayFiles {
  const found = files[dataset.name]
  if (found === undefined) throw new UsageError('SOURCE_NO_DATASET', `${name} has no day files of ${dataset.name}`, { hint: `it has ${Object.keys(files).join(', ')}` })
  return found
}

/** The format of a date's file. */
export function formatOn({ formats }: DayFiles, date: IsoDate): DayFileFormat {
  return formats.findLast(({ from }) => from === null || from <= date) ?? formats[0]
}
