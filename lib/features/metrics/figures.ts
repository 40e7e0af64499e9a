import type { FailureCount } from '../../store/runs/failures.js'
import type { OpenAlerts, SentNotices, UnsentNotices } from '../../store/metrics/alerts.js'
import type { FileFigures } from '../../store/metrics/files.js'
import type { ProviderTotals } from '../../store/metrics/providers.js'
import type { QualityFigures } from '../../store/metrics/quality.js'
import type { JobCount, LastRun, OutcomeCount, RunCount } from '../../store/metrics/runs.js'
import type { SuccessRate } from '../../store/runs/success-rate.js'

/** So many days are counted of what is pruned one day, or tells more when it is of late. The names of such metrics have them. */
export const WINDOW_DAYS = 30

/** How a kind of day files stands. */
export interface DatasetFigures {
  dataset: string
  /** Null: nothing was ever loaded. */
  lagMinutes: number | null
  /** Sessions whose file is due since the first that is loaded, and those of them that are. */
  owed: number
  loaded: number
  /** When the next file is due. */
  nextDue: Date
  /** The sessions and holidays of the last days, by their state. */
  states: readonly { state: string; dates: number }[]
}

/** How fresh the bars of one length are of the securities that are watched. */
export interface WatchedFigures {
  interval: string
  /** The most of any of them. */
  lagMinutes: number
  /** How many of them lack a bar that is owed. */
  lacking: number
}

/** What a provider has left of a limit. */
export interface QuotaFigures {
  provider: string
  period: 'day' | 'month'
  limit: number
  used: number
}

/** Everything that metrics are made of: aggregates of what the ledger has at one moment, and nothing that a process has counted. */
export interface Figures {
  at: Date
  version: string
  nodeVersion: string
  database: { bytes: number }
  datasets: readonly DatasetFigures[]
  watched: readonly WatchedFigures[]
  files: readonly FileFigures[]
  fileBars: readonly { dataset: string; bars: number }[]
  runs: readonly RunCount[]
  lastRuns: readonly LastRun[]
  success: SuccessRate
  outcomes: readonly OutcomeCount[]
  failures: readonly FailureCount[]
  jobs: readonly JobCount[]
  /** The score of the dates judged last together; null where none was. */
  quality: string | null
  judged: QualityFigures
  /** Sessions of the last days that were not loaded by the time at which their file counts as missing. */
  lackingSessions: number
  findings: readonly { rule: string; findings: number }[]
  vendors: readonly { provider: string; state: string }[]
  /** The states that a provider can be in. */
  vendorStates: readonly string[]
  quotas: readonly QuotaFigures[]
  providers: readonly ProviderTotals[]
  /** Of every kind and severity there is, also where none is open. */
  openAlerts: readonly OpenAlerts[]
  openedAlerts: readonly { kind: string; alerts: number }[]
  sent: readonly SentNotices[]
  unsent: readonly UnsentNotices[]
  look: { at: number; milliseconds: number; troubles: number } | null
}
