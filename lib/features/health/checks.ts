import type { HealthCheck } from './check.js'
import { clock, disk, extension, schema, server, universe } from './database.js'
import { answers, providers } from './fetches.js'
import { credentials, node, source, timeZones } from './surroundings.js'

/** Everything that is looked at, in the order in which it is told; what one needs stands before it. */
export const HEALTH_CHECKS: readonly HealthCheck[] = [node, timeZones, credentials, source, server, extension, schema, universe, clock, disk, providers, answers]
