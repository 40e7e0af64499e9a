import { MONITOR, monitorDocument } from '../../../documents/monitor.js'
import { monitor as monitorOnce } from '../../../routines/monitor/monitor.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import { monitorText } from './monitor-report.js'
import { monitorPorts } from './ports.js'

export const monitor = defineCommand({
  document: MONITOR,
  ...NAMES.monitor,
  examples: [
    ['monitor', 'one look; that something is wrong is no failure of the look: exit code 0'],
    ['monitor --stale-after 30 --json', 'told half an hour after a file was due; for programs'],
  ],
  flags: {},
  settings: ['staleAfter', 'staleAfterOf', 'watch', 'minDataQuality', 'minDiskFree', 'publishedAt', 'missingAfter', 'providers', 'statsd', 'statusUrl', 'mailTo', 'mailFrom', 'mailPrefix', 'databaseWait'],
  async run(_args, context) {
    const runtime = await runtimeOf(context)
    const ports = await monitorPorts(context, runtime)
    const data = monitorDocument(await monitorOnce(runtime, ports), ports.channels.map(({ name }) => name))
    return { exitCode: EXIT.ok, data, text: () => monitorText(data, context.room, context.colour) }
  },
})
