import type { GapsRequest } from '../../features/gaps/gap.js'
import type { LoadRequestInput } from '../../features/load/request.js'

/** What is to be filled, and how. */
export interface FillRequest {
  gaps: Omit<GapsRequest, 'all'>
  /** By which day files are loaded; null where there is no source of them. */
  load: (Omit<LoadRequestInput, 'dates' | 'exchange' | 'dry_run' | 'dataset'> & { source: { uri: string } }) | null
  /** Ask providers for what day files lack. */
  fetch: boolean
  /** Requests to providers at once. */
  lanes: number
}
