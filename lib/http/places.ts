import type { Place } from './framework/route.js'
import { asset } from './places/assets.js'
import { health, ready } from './places/health.js'
import { metrics } from './places/metrics.js'
import { historicalDataPage, page } from './places/page.js'
import { badgeImage, status } from './places/verdict.js'

/** Everything that is answered at the root beside the API. */
export const PLACES: readonly Place[] = [page, historicalDataPage, asset, status, badgeImage, health, ready, metrics]
