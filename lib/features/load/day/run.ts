import type { UniverseReadings } from '../../runs/universe-readings.js'
import type { ResolvedLoad } from '../resolve.js'
import type { Turns } from './turns.js'

/** A load under way: what its dates share. */
export interface LoadRun extends ResolvedLoad {
  /** Null in a dry run, of which nothing is kept. */
  runId: number | null
  /** Where each date gets the universe it is staged with. */
  universes: UniverseReadings
  /** Who of the lanes may use the thread. */
  turns: Turns
}
