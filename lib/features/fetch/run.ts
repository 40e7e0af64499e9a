import type { OhlcvError } from '../../domain/errors.js'
import type { SecurityDetails } from '../../providers/bar-provider.js'
import { nextDay } from '../../providers/limits.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import type { AskFailure } from '../runs/asking/client.js'
import type { UniverseReadings } from '../runs/universe-readings.js'
import type { Choice } from './choice/choice.js'
import type { Expectations } from '../runs/expected.js'
import type { Source } from '../runs/asking/source.js'

/** Why a source is of no use. */
export interface Out {
  error: OhlcvError
  /** Null: as long as the job goes on. */
  until: Date | null
  /** Whether the provider itself told that its limit is used up. */
  isTold: boolean
}

/** A job under way: what its units are stored by, wherever they come from. */
export interface JobRun {
  jobId: string
  /** The run that works on it. */
  runId: number
  answers: KeptAnswers
  expectations: Expectations
  universes: UniverseReadings
  /** Of these a fill of one stands over those of the ones after it. */
  authority: readonly string[]
  /** Why nothing else would fare better, once that is so. */
  stopped: OhlcvError | undefined
}

/** A job that asks: what its units share. */
export interface FetchRun extends JobRun {
  /** Who may be asked. */
  sources: readonly [Source, ...Source[]]
  /** What is chosen by among them; null where one was named. */
  choice: Choice | null
  /** Who is of no further use. */
  out: Map<Source, Out>
  /** Makes a symbol known, and what it names described. */
  register: (symbol: string, details: SecurityDetails | null) => Promise<void>
}

/** Has a source asked for nothing else until it says otherwise; where it is the only one, nobody is. */
export function leaveOut(run: FetchRun, source: Source, error: AskFailure, now: Date): void {
  const isTold = error.until === null && error.code === 'QUOTA_USED_UP'
  run.out.set(source, { error, until: isTold ? nextDay(now) : error.until, isTold })
  if (run.sources.length === 1) run.stopped = error
}

/** Why a source is of no use now; undefined where it may be asked. */
export function outOf(run: FetchRun, source: Source, now: Date): Out | undefined {
  const out = run.out.get(source)
  return out === undefined || (out.until !== null && out.until <= now) ? undefined : out
}
