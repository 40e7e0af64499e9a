import type { Route } from './framework/route.js'
import { runs } from './routes/runs.js'
import { session } from './routes/session.js'
import { summary } from './routes/status/summary.js'

/** Everything that is answered below `/api/v1`, in the order of its description. */
export const ROUTES: readonly Route[] = [session, summary, runs]
