import { SYNC, symbolsSyncDocument, syncDocument } from '../../../documents/sync.js'
import { VERSION } from '../../../domain/version.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import type { SymbolsSyncRequest } from '../../../routines/sync/request.js'
import { syncSymbols } from '../../../routines/sync/symbols.js'
import { sync as syncDays } from '../../../routines/sync/sync.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { NAMES } from '../../framework/names.js'
import { pingAfter } from '../../framework/ping.js'
import { runtimeOf } from '../../framework/runtime.js'
import { exitCodeOfSymbols, exitCodeOfSync } from './exit-code.js'
import { openPorts, type OpenPorts } from './ports.js'
import { requestOf, symbolsRequestOf, SYNC_FLAGS, type SyncFlags } from './request.js'
import { symbolsText, syncText } from './sync-report.js'

/** What a sync of either kind comes to, its ports opened and closed. */
async function withPorts(context: Context, work: (runtime: Runtime, ports: OpenPorts, seconds: () => number) => Promise<Result<typeof SYNC>>): Promise<Result<typeof SYNC>> {
  const ports = await openPorts(context)
  const started = performance.now()
  try {
    return await work(await runtimeOf(context, { create: true }), ports, () => (performance.now() - started) / 1000)
  } finally {
    await ports.close()
  }
}

/** Has providers give the days of some symbols, whoever asks. @throws UsageError */
export function symbolsRequested(request: SymbolsSyncRequest, context: Context): Promise<Result<typeof SYNC>> {
  const { signal, room } = context
  return withPorts(context, async (runtime, ports, seconds) => {
    const result = await syncSymbols(runtime, request, { ...ports, exitCodes: { ...ports.exitCodes, ofSync: (result) => exitCodeOfSymbols(result, signal) } })
    const data = symbolsSyncDocument(result, VERSION, seconds())
    return { exitCode: exitCodeOfSymbols(result, signal), data, text: () => symbolsText(data, room) }
  })
}

async function run({ symbol, ...flags }: SyncFlags, context: Context): Promise<Result<typeof SYNC>> {
  const { settings, signal, room } = context
  if (symbol !== undefined) return symbolsRequested(symbolsRequestOf({ ...flags, symbol }, settings), context)
  const request = requestOf(flags, settings)
  const synced = await withPorts(context, async (runtime, ports, seconds) => {
    const result = await syncDays(runtime, request, { ...ports, exitCodes: { ...ports.exitCodes, ofSync: (result) => exitCodeOfSync(result, signal) } })
    const data = syncDocument(result, VERSION, seconds())
    return { exitCode: exitCodeOfSync(result, signal), data, text: () => syncText(data, room) }
  })
  if (!request.dry_run) await pingAfter(context, synced.exitCode)
  return synced
}

export const sync = defineCommand({
  document: SYNC,
  ...NAMES.sync,
  examples: [
    ['sync', 'yesterday and what is missing of the last seven days: what a timer starts every night'],
    ['sync --days 30 --no-fetch', 'the last thirty days, from day files only'],
    ['sync --symbol AAPL --start 2026-01-01 --end 2026-01-19', 'the days of one symbol by providers, checked'],
    ['sync --dry-run', 'what there is to do'],
  ],
  flags: SYNC_FLAGS,
  settings: [
    'source', 'providers', 'answers', 'lanes', 'fetchLanes', 'maxRejected', 'maxRemoved', 'publishedAt', 'missingAfter', 'thinBelow', 'dateTimeout', 'databaseWait', 'maxLineBytes', 'maxFileBytes',
    'maxFileLines', 'maxRejectedRows',
  ],
  run,
})
