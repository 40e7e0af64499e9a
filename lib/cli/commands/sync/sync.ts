import { SYNC, syncDocument } from '../../../documents/sync.js'
import { VERSION } from '../../../domain/version.js'
import { sync as syncDays } from '../../../routines/sync/sync.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import { exitCodeOfSync } from './exit-code.js'
import { openPorts } from './ports.js'
import { requestOf, SYNC_FLAGS, type SyncFlags } from './request.js'
import { syncText } from './sync-report.js'

async function run(flags: SyncFlags, context: Context): Promise<Result<typeof SYNC>> {
  const { settings, signal, room } = context
  const request = requestOf(flags, settings)
  const ports = await openPorts(context)
  const started = performance.now()
  try {
    const result = await syncDays(await runtimeOf(context, { create: true }), request, ports)
    const data = syncDocument(result, VERSION, (performance.now() - started) / 1000)
    return { exitCode: exitCodeOfSync(result, signal), data, text: () => syncText(data, room) }
  } finally {
    await ports.close()
  }
}

export const sync = defineCommand({
  document: SYNC,
  ...NAMES.sync,
  examples: [
    ['sync', 'yesterday and what is missing of the last seven days: what a timer starts every night'],
    ['sync --days 30 --no-fetch', 'the last thirty days, from day files only'],
    ['sync --dry-run', 'what there is to do'],
  ],
  flags: SYNC_FLAGS,
  settings: [
    'source', 'providers', 'answers', 'lanes', 'fetchLanes', 'maxRejected', 'maxRemoved', 'publishedAt', 'missingAfter', 'thinBelow', 'dateTimeout', 'databaseWait', 'maxLineBytes', 'maxFileBytes',
    'maxFileLines', 'maxRejectedRows',
  ],
  run,
})
