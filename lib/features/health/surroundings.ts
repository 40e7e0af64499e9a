import { DAY_AGGS } from '../../datasets/day.js'
import { addDays } from '../../domain/dates.js'
import { nodeFault } from '../../domain/node-version.js'
import { wallTime } from '../../domain/zone.js'
import { openSource } from '../../sources/open-source.js'
import { failed, ok, skipped, warning, type HealthCheck } from './check.js'

// What needs no database.

const SUMMER = new Date('2024-07-01T12:00:00Z')
const WINTER = new Date('2024-01-02T12:00:00Z')
const RECENT_DAYS = 31

export const node: HealthCheck = {
  name: 'node',
  look() {
    const fault = nodeFault(process.versions.node)
    return fault === undefined ? ok(`v${process.versions.node}`) : failed(fault, { hint: 'install a newer Node' })
  },
}

export const timeZones: HealthCheck = {
  name: 'time zones',
  look() {
    const zone = 'America/New_York'
    const right = wallTime(SUMMER, zone).time === '08:00:00' && wallTime(WINTER, zone).time === '07:00:00'
    return right ? ok(`this Node knows ${zone}, tz data ${process.versions['tz'] ?? 'of the system'}`) : failed(`this Node has no right time for ${zone}`, { hint: 'use a Node with full ICU data' })
  },
}

/** Says whether credentials are there, never what they are. */
export const credentials: HealthCheck = {
  name: 'credentials',
  look({ settings, env }) {
    if (!/^s3:/i.test(settings.source ?? '')) return skipped('no S3 source is set')
    if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) return ok('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set')
    if (env['AWS_ACCESS_KEY_ID'] || env['AWS_SECRET_ACCESS_KEY']) {
      return failed(`${env['AWS_ACCESS_KEY_ID'] ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is not set, but its counterpart is`, { hint: 'set both' })
    }
    if (env['AWS_PROFILE']) return ok('those of the AWS_PROFILE')
    return skipped('none in the environment; the AWS SDK\'s other places apply')
  },
}

export const source: HealthCheck = {
  name: 'source',
  async look({ settings, env, now, signal, figure }) {
    if (settings.source === undefined) return skipped('none is set (OHLCV_SOURCE)')
    const source = openSource(settings.source, { env, maxFileBytes: settings.maxFileBytes })
    try {
      const end = wallTime(now(), DAY_AGGS.zone).date
      const files = await source.list(DAY_AGGS, { start: addDays(end, -RECENT_DAYS), end }, signal)
      if (files.size === 0) {
        return warning(`${source.uri} has no day file of the last ${RECENT_DAYS} days`, { hint: 'if it should, see whether it is the right one and still gets its files; one of older files is loaded with --start and --end' })
      }
      return ok(`${source.uri}: ${figure(files.size)} day file${files.size === 1 ? '' : 's'} of the last ${RECENT_DAYS} days`)
    } finally {
      await source.close()
    }
  },
}
