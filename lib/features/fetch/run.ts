import type { OhlcvError } from '../../domain/errors.js'
import type { SecurityDetails } from '../../providers/bar-provider.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import type { UniverseReadings } from '../runs/universe-readings.js'
import type { Expectations } from './expected.js'
import type { Source } from '../runs/asking/source.js'

/** A job under way: what its units are stored by, wherever they come from. */
export interface JobRun {
  jobId: string
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
  /** Who is of no further use, and why. */
  out: Map<Source, OhlcvError>
  /** Makes a symbol known, and what it names described. */
  register: (symbol: string, details: SecurityDetails | null) => Promise<void>
}

/** Has a source asked for nothing else; where it was the last one, nobody is. */
export function leaveOut(run: FetchRun, source: Source, error: OhlcvError): void {
  run.out.set(source, error)
  if (run.sources.every((other) => run.out.has(other))) run.stopped = error
}
