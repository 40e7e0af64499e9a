import type { DateRange, IsoDate } from '../../domain/dates.js'
import { load, type LoadPorts } from '../../features/load/load.js'
import { openRequested, type SourceEnvironment } from '../../features/load/open-requested.js'
import { readLoadRequest } from '../../features/load/request.js'
import type { DayResult } from '../../features/load/day/result.js'
import type { Runtime } from '../../features/runs/runtime.js'
import type { FillRequest } from './request.js'

/** What day files are asked again with. */
export interface FilePorts extends Omit<LoadPorts, 'source'> {
  environment: SourceEnvironment
}

/** How asking the day files ended. */
export interface AskedFiles {
  /** Whose files; null where there is no source. */
  provider: string | null
  days: ReadonlyMap<IsoDate, DayResult>
}

/** Asks the day files of these dates again: what is unchanged costs a look, what is not loaded, lost or of another version is read. */
export async function askFiles(runtime: Runtime, { load: wanted, gaps: { dataset, calendar } }: FillRequest, ranges: readonly DateRange[], ports: FilePorts): Promise<AskedFiles> {
  if (wanted === null) return { provider: null, days: new Map() }
  const days = new Map<IsoDate, DayResult>()
  let provider: string | null = null
  for (const dates of ranges) {
    if (runtime.signal.aborted) break
    const request = readLoadRequest({ ...wanted, dates, dataset: dataset.name, exchange: calendar.exchange.code })
    const source = openRequested(request, ports.environment, runtime.log)
    provider = source.provider
    try {
      for (const day of (await load(runtime, request, { ...ports, source })).days) days.set(day.date, day)
    } finally {
      await source.close()
    }
  }
  return { provider, days }
}
