import type { KeptAnswers } from '../../../transport/answers/answers.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { FetchCounts } from '../../../store/fetches/fetches.js'
import type { JobState } from '../../../store/fetches/jobs.js'
import type { FetchRun } from '../run.js'
import type { Source } from '../../runs/asking/source.js'
import type { PollWindow } from './schedule.js'
import type { TickResult } from './tick.js'
import type { Fault } from './troubles.js'
import type { Sleep } from './wait.js'

/** What came of a session. */
export interface PolledSession {
  date: IsoDate
  jobId: string
  state: JobState
  /** Times at which was asked, those that were left out since the one before took too long, and those at which no symbol was answered. */
  ticks: number
  skipped: number
  failed: number
  requests: number
  bytes: number
  counts: FetchCounts
  /** What was wrong with which symbol in the end. */
  faults: ReadonlyMap<string, Fault>
}

/** Who is told how a poll goes on. */
export interface PollObserver {
  /** Told that nothing is asked for until the window begins. */
  onSleep?: (window: PollWindow) => void
  onSession?: (window: PollWindow, jobId: string) => void
  onTick?: (date: IsoDate, result: TickResult, isLast: boolean) => void
  /** Told of ticks that were left out, and how long the one before them took. */
  onSkipped?: (ticks: number, ms: number) => void
  /** Told of what has begun to be wrong: with symbols, or with {@link DATABASE}. */
  onTrouble?: (faults: ReadonlyMap<string, Fault>) => void
  onRecovered?: (subjects: readonly string[]) => void
}

/** What is in trouble where it is no symbol. */
export const DATABASE = 'the database'

/** What a poll has besides its request. */
export interface PollPorts extends PollObserver {
  /** The provider that the request names; the caller closes it. */
  source: Source
  /** Where answers are kept. */
  answers: KeptAnswers
  /** Where the audit is written as a file. */
  auditFolder: string
  register: FetchRun['register']
  sleep: Sleep
  exitCodeOf: (session: PolledSession) => number
  exitCodeOfError: (error: unknown) => number
}
