import type { IsoDate } from '../../domain/dates.js'
import { checkQuality } from '../../features/quality/check/check.js'
import type { CheckPorts, CheckResult } from '../../features/quality/check/ports.js'
import { readCheckRequest } from '../../features/quality/check/request.js'
import type { Runtime } from '../../features/runs/runtime.js'
import type { SyncRequest } from './request.js'
import { LeftOut } from './steps.js'

/** What a check is asked with that follows bars which came. */
interface CheckAfter extends Pick<SyncRequest, 'exchange' | 'thresholds' | 'dry_run'> {
  /** Null: all. */
  dates: { start: IsoDate; end: IsoDate | null } | null
}

/** Checks what has changed since the last check, whoever changed it, and brings the log of quality and the findings up to date. */
export async function checkChanges(runtime: Runtime, { dates, exchange, thresholds, dry_run: isDry }: CheckAfter, ports: CheckPorts): Promise<CheckResult | LeftOut> {
  return isDry ? new LeftOut('a dry run writes nothing, so nothing has changed') : checkQuality(runtime, readCheckRequest({ ...dates, exchange, thresholds }), ports)
}
