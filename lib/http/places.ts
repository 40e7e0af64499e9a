import type { Place } from './framework/route.js'

/** Everything that is answered at the root beside the API. */
export const PLACES: readonly Place[] = []
