import type { TimespanName } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Calendar } from '../../calendar/calendar.js'
import type { PublicationRule } from '../../calendar/publication.js'

/** A recent session of a kind of day files that is not loaded and is owed, or was tried in vain. */
export interface OwedDate {
  date: IsoDate
  /** When its file was due, or is: one that was tried in vain may be told of earlier. */
  due: Date
  /** `missing`: the source had no file although it was past its grace; `failed`: the last attempt failed; `not_loaded`: nobody has tried since it was due, or it was not published yet. */
  state: 'not_loaded' | 'missing' | 'failed'
  /** Of the last attempt, where there was one. */
  code: string | null
}

/** How one kind of day files stands. */
export interface DatasetSituation {
  dataset: string
  timespan: TimespanName
  /** Whose files they are. */
  provider: string
  /** Null: nothing was ever loaded, and nothing is owed. */
  firstLoaded: IsoDate | null
  /**
   * Of the latest sessions owed those that are not loaded, by date; a hole before them is known and no news. None as long as no session was ever loaded soon after it was over: years that are being
   * loaded for the first time are late for nobody.
   */
  owed: readonly OwedDate[]
  /** The first of these latest sessions: what lies before is no longer looked at. */
  horizonStart: IsoDate
}

/** A watched security's bars of one length. */
export interface AssetSituation {
  symbol: string
  timespan: TimespanName
  /** The files that are to bring them; null: they are fetched only, and owed as far as they were fetched again and again. */
  dataset: string | null
  provider: string | null
  /** Since the oldest of them was due; 0: none is owed. */
  lagMinutes: number
  /** The latest windows owed without a bar that no file has spoken of, by date. */
  owed: readonly { date: IsoDate; due: Date }[]
  /** Of its days that were judged last; null: none was. */
  quality: number | null
}

/** A run that failed, or whose process ended without a word. One that somebody stopped is neither. */
export interface RunSituation {
  runId: number
  command: string
  status: 'failed' | 'died'
  at: Date
  /** What of it failed, in codes; null: it as a whole. What errors say may hold paths and hosts, and is not told. */
  what: string | null
  /** Whether all it failed with are dates that are loaded by now, or told of as dates. */
  onlyDates: boolean
}

/** A limit of a provider that is used. */
export interface QuotaSituation {
  period: 'day' | 'month'
  used: number
  limit: number
  renewed: Date
}

/** All that rules judge by. Plain data of one look. */
export interface Situation {
  now: Date
  calendar: Calendar
  publication: PublicationRule
  thresholds: Thresholds
  datasets: readonly DatasetSituation[]
  assets: readonly AssetSituation[]
  /** Of each command the runs of late that failed since its last good one, the latest first. */
  failedRuns: readonly RunSituation[]
  /** When a run that loads or fetches last began, and which; null: none did, or nobody keeps up with anything, and none is expected to. */
  lastRun: { runId: number; at: Date } | null
  /** Securities with more than one session in a row without the bar that was expected, of the latest sessions that were judged; `isOver`: they have a later bar. What no source has is none. */
  gaps: readonly { symbol: string; dataset: string; dates: readonly IsoDate[]; isOver: boolean; isWatched: boolean }[]
  /** Scores of the latest sessions that were judged. */
  qualityDates: readonly { date: IsoDate; score: number }[]
  /** Dates whose bars are not those of their file. */
  checksumMismatches: readonly { dataset: string; date: IsoDate }[]
  providers: readonly { provider: string; state: 'ok' | 'rate_limited' | 'unavailable' | 'unknown'; since: Date | null; code: string | null; quotas: readonly QuotaSituation[] }[]
  /** Space where something is written; names say what it is for. */
  disks: readonly { name: string; freeBytes: number; totalBytes: number }[]
  /** Channels that did not get notices through for long. */
  undeliverable: readonly { channel: string; notices: number; since: Date; code: string | null }[]
  /** Renames and symbols of files that the universe does not know, of the last days. */
  symbolChanges: readonly { id: string; at: Date; from: string; to: string; date: IsoDate }[]
  newSymbols: readonly { symbol: string; dataset: string; firstSeen: IsoDate }[]
  /** What the user keeps about the calendar that was changed of late. */
  calendarChanges: readonly { id: string; date: IsoDate; what: string }[]
}

/** From when on something is told. */
export interface Thresholds {
  /** Minutes after the due time, for all but those named: a symbol before a dataset, that before a length. */
  staleAfter: number
  staleAfterOf: ReadonlyMap<string, number> | undefined
  /** Lowest score of quality that nobody has to be told of. */
  minQuality: number
  /** Percent of a disk that has to be free. */
  minDiskFree: number
}
