import { createCalendar } from '../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import type { Metrics, Pushed } from '../../domain/metric.js'
import { exportersOf, pushTo } from '../../exporters/push.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { readLimits } from '../../providers/limits.js'
import { metrics } from '../../routines/metrics/metrics.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import type { Context } from './command.js'

/** All metrics as they are now. */
export async function readMetrics({ settings, now, database }: Context): Promise<Metrics> {
  const { publishedAt, missingAfter, providers, watch } = settings
  const limits = await readLimits(providers, BAR_PROVIDERS)
  const { pool } = await database()
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(pool, DEFAULT_EXCHANGE.code))
  return metrics(pool, { calendar, publication: { publishedAt, missingAfter }, now: now(), limits, watch })
}

/**
 * Pushes the metrics to whoever the settings name, and says who took them; where they name nobody nothing is read. A receiver that does not take them is told of
 * in the log and is no failure of what was done.
 */
export async function pushMetrics(context: Context, read: () => Promise<Metrics> = () => readMetrics(context)): Promise<Pushed[]> {
  const { env, settings, log } = context
  const exporters = exportersOf(env, settings.statsd)
  if (exporters.length === 0) return []
  const pushed = await pushTo(exporters, await read())
  for (const { receiver, error } of pushed) if (error) log.warn({ receiver, code: error.code, reason: error.message }, 'metrics could not be pushed')
  return pushed
}
