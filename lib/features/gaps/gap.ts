import type { Calendar } from '../../calendar/calendar.js'
import type { PublicationRule } from '../../calendar/publication.js'
import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Universe } from '../../domain/universe.js'
import type { SecurityDate } from '../../store/quality/gaps.js'
import type { DateBits } from './date-bits.js'
import type { GapReason } from './reasons.js'
import type { SessionsAround } from './sessions.js'

/** What gaps are looked for in. */
export interface GapsRequest {
  dataset: Dataset
  calendar: Calendar
  publication: PublicationRule
  range: DateRange
  /** Only these securities; null: all. */
  symbolIds: readonly number[] | null
  /** Percent of the sessions before on which a security that is expected had a bar. */
  usualPercent: number
  /** Tell sessions without a bar on which none was to be expected, too. */
  all: boolean
}

/** Sessions on which a security has no bar, nothing else between them; where it is thin, from the first to the last of them. */
export interface Gap extends DateRange {
  symbolId: number
  /** What it is called on the first of them. */
  symbol: string
  sessions: number
  reason: GapReason
  /** What it may be called since, where it seems to be renamed. */
  names: readonly string[]
}

/** Whatever is told of sessions without a day file. */
interface Unloaded {
  /** Bars that are to be expected and are not there; null where bars are not counted. */
  lacking: number | null
  /** Those of them that no source has. */
  closed: number
  /** Bars of providers. */
  bars: number
}

/** A session without a day file. */
export interface UnloadedDate extends Unloaded {
  date: IsoDate
  /** Whether it has fewer bars than it lacks, so that it is told as a date; else it is told security by security. */
  isWhole: boolean
  /** Whether no source is believed to have it. */
  isClosed: boolean
}

/** Consecutive sessions without a day file that are told as dates. */
export interface UnloadedDates extends DateRange, Unloaded {
  sessions: number
}

/** What is not there. */
export interface Gaps {
  range: DateRange
  /** Those of the range whose bars should be there by now. */
  sessions: readonly IsoDate[]
  /** Bars that are there, and those to be expected that are not; null where bars are not counted. */
  expected: number | null
  lacking: number | null
  /** Bars that are not there and their securities by reason, those of most bars first. */
  reasons: readonly { reason: GapReason; bars: number; securities: number }[]
  /** Those of them without a day file, and as they are told. */
  unloaded: readonly UnloadedDate[]
  dates: readonly UnloadedDates[]
  /** Whether any date was ever loaded from a day file. */
  hasFiles: boolean
  /** Those of most sessions first, those that were not to be expected last. */
  gaps: readonly Gap[]
  /** Which are lacking, and which of them no source has: what filling goes by. */
  pairs: { lacking: DateBits; closed: DateBits }
  /** Loaded dates with fewer bars than their file has. */
  lost: readonly IsoDate[]
}

/** Everything that gaps are found by, as of one moment. */
export interface Read {
  request: GapsRequest
  universe: Universe
  sessions: SessionsAround
  bars: DateBits
  /** Bars that each loaded date has by its ledger. */
  loaded: ReadonlyMap<IsoDate, number>
  rejected: readonly SecurityDate[]
  unknownThen: readonly SecurityDate[]
  closed: readonly SecurityDate[]
}
