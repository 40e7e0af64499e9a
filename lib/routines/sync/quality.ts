import { checkQuality, type CheckPorts, type CheckResult } from '../../features/quality/check/check.js'
import { readCheckRequest } from '../../features/quality/check/request.js'
import type { Runtime } from '../../features/runs/runtime.js'
import type { SyncRequest } from './request.js'
import { LeftOut } from './steps.js'

/** Checks what has changed since the last check, whoever changed it, and brings the log of quality and the findings up to date. */
export async function checkChanges(runtime: Runtime, { exchange, thresholds, dry_run: isDry }: Pick<SyncRequest, 'exchange' | 'thresholds' | 'dry_run'>, ports: CheckPorts): Promise<CheckResult | LeftOut> {
  return isDry ? new LeftOut('a dry run writes nothing, so nothing has changed') : checkQuality(runtime, readCheckRequest({ exchange, thresholds }), ports)
}
