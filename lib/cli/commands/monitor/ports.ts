import { createCalendar } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import { channelsOf } from '../../../channels/channels.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { homeFolder } from '../../../postgres/embedded/place.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import type { MonitorPorts } from '../../../routines/monitor/monitor.js'
import { situationOf } from '../../../routines/monitor/situation.js'
import type { DiskPlace } from '../../../routines/monitor/surroundings.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import type { Context } from '../../framework/command.js'
import { pushMetrics } from '../../framework/metrics.js'
import { answersPlace } from '../../framework/kept-answers.js'

/** Where something is written on this machine; a bucket is none. */
function disksOf({ settings, ...context }: Context): DiskPlace[] {
  const answers = answersPlace({ settings, ...context })
  return [{ name: 'database', folder: homeFolder(settings.home, process.cwd()) }, ...(/^s3:/i.test(answers) ? [] : [{ name: 'answers', folder: answers }])]
}

/** What a monitor works with, as the settings have it. @throws UsageError where a channel is set up by half, or limits cannot be read */
export async function monitorPorts(context: Context, { db }: Runtime): Promise<MonitorPorts> {
  const { settings, env, now } = context
  const { publishedAt, missingAfter, staleAfter, staleAfterOf, minDataQuality, minDiskFree, watch } = settings
  const limits = await readLimits(settings.providers, BAR_PROVIDERS)
  return {
    channels: channelsOf(env, settings, now),
    afterLook: async () => void (await pushMetrics(context)),
    look: async (at) => situationOf(db.pool, {
      calendar: createCalendar(DEFAULT_EXCHANGE, await listOverrides(db.pool, DEFAULT_EXCHANGE.code)), publication: { publishedAt, missingAfter }, now: at,
      thresholds: { staleAfter, staleAfterOf, minQuality: minDataQuality, minDiskFree }, watch, limits, disks: disksOf(context),
    }),
  }
}
