import { DAY_AGGS } from '../../datasets/day.js'
import type { Gaps } from '../../features/gaps/gap.js'
import { findGaps } from '../../features/gaps/gaps.js'
import { publicationOf } from '../../features/load/request.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { fillGaps, type Filled, type FillPorts } from '../fill-gaps.js'
import type { ResolvedSync } from './resolve.js'

/** What lacks after a sync, and what came of filling; null where nothing was to be filled. */
export interface SyncedGaps {
  gaps: Gaps
  filled: Filled | null
}

/** Finds the gaps of the window and, unless they are only to be counted, has them filled. */
export async function fillWindow(runtime: Runtime, { request, window, calendar }: ResolvedSync, ports: FillPorts): Promise<SyncedGaps> {
  const { load, publication, fetch, fill, lanes, usual_percent: usualPercent, dry_run: isDry } = request
  const gaps = { dataset: DAY_AGGS, calendar, publication: publicationOf(request), range: window, symbolIds: null, usualPercent }
  if (!fill || isDry) return { gaps: await findGaps(runtime, { ...gaps, all: false }), filled: null }
  const filled = await fillGaps(runtime, { gaps, load: load && { ...load, publication }, fetch, lanes }, ports)
  return { gaps: filled.after, filled }
}
