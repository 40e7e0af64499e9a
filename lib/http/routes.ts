import type { Route } from './framework/route.js'
import { runs } from './routes/runs.js'
import { session } from './routes/session.js'

/** Everything that is answered below `/api/v1`, in the order of its description. */
export const ROUTES: readonly Route[] = [session, runs]
