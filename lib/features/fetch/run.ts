import type { BarProvider, SecurityDetails } from '../../providers/bar-provider.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import type { UniverseReadings } from '../runs/universe-readings.js'
import type { OhlcvError } from '../../domain/errors.js'
import type { ProviderClient } from '../runs/asking/client.js'
import type { Expectations } from './expected.js'

/** A job under way: what its units share. */
export interface FetchRun {
  jobId: string
  provider: BarProvider
  client: ProviderClient
  answers: KeptAnswers
  expectations: Expectations
  universes: UniverseReadings
  /** Makes a symbol known, and what it names described. */
  register: (symbol: string, details: SecurityDetails | null) => Promise<void>
  /** Of these a fill of one stands over those of the ones after it. */
  authority: readonly string[]
  /** Why no other request would fare better, once that is so. */
  stopped: OhlcvError | undefined
}
