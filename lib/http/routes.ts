import type { Route } from './framework/route.js'
import { action, actions, backfill, oneAction, preview } from './routes/actions.js'
import { acknowledgeAlert, alerts, muteAlert, oneAlert, testAlerts } from './routes/alerts.js'
import { asset, assets } from './routes/assets.js'
import { bars } from './routes/bars.js'
import { rejects, revisions } from './routes/changes.js'
import { failures } from './routes/failures.js'
import { lineage } from './routes/lineage.js'
import { findings, quality } from './routes/quality.js'
import { remediation } from './routes/remediation.js'
import { run, runs } from './routes/runs.js'
import { session } from './routes/session.js'
import { day, days } from './routes/status/days.js'
import { summary } from './routes/status/summary.js'

/** Everything that is answered below `/api/v1`, in the order of its description. */
export const ROUTES: readonly Route[] = [
  session,
  summary, days, day, assets, asset, remediation,
  lineage, bars, quality, findings, revisions, rejects,
  runs, run, failures,
  backfill, action, actions, preview, oneAction,
  alerts, oneAlert, testAlerts, acknowledgeAlert, muteAlert,
]
