import { load, type LoadPorts, type LoadResult } from '../../features/load/load.js'
import { openRequested, type SourceEnvironment } from '../../features/load/open-requested.js'
import { readLoadRequest } from '../../features/load/request.js'
import type { Runtime } from '../../features/runs/runtime.js'
import type { ResolvedSync } from './resolve.js'
import { LeftOut } from './steps.js'

/** What day files are loaded with. */
export interface DayFilePorts extends Omit<LoadPorts, 'source'> {
  environment: SourceEnvironment
}

/** Loads the window from day files. Dates that stand at their files cost a look; those that were missed, failed, went stale or have another file are read. */
export async function loadDayFiles(runtime: Runtime, { request, window }: ResolvedSync, ports: DayFilePorts): Promise<LoadResult | LeftOut> {
  if (request.load === null) return new LeftOut('no source of day files is set')
  const { exchange, publication, dry_run } = request
  const wanted = readLoadRequest({ ...request.load, dates: window, exchange, publication, dry_run })
  const source = openRequested(wanted, ports.environment, runtime.log)
  try {
    return await load(runtime, wanted, { ...ports, source })
  } finally {
    await source.close()
  }
}
