import { ALERTS_MUTE, ALERTS_UNMUTE, muteDocument } from '../../../documents/alerts.js'
import { DATASETS } from '../../../datasets/datasets.js'
import { UsageError } from '../../../domain/errors.js'
import { endMute, mute, type MuteRequest } from '../../../features/alerts/silence.js'
import { ALERT_KINDS } from '../../../features/alerts/trouble.js'
import { BY_FLAG, readBy } from '../../flags/by.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import { instant } from '../../terminal/times.js'
import { readAlertId } from './alert-id.js'
import { readUntil } from './until.js'
import { mutedText } from './words.js'

/** Has nobody be told of what is named until an instant, whoever says so. @throws UsageError */
export async function muteRequested(request: MuteRequest, context: Context): Promise<Result<typeof ALERTS_MUTE>> {
  const data = muteDocument(await mute(await runtimeOf(context), request))
  const { mute_id: id, until } = data.mute
  return { exitCode: EXIT.ok, data, text: () => `Nobody is told of ${mutedText(data.mute)} until ${instant(new Date(until))}. It is looked for all the same; ohlcv alerts unmute ${id} takes this back.` }
}

export const alertsMute = defineCommand({
  document: ALERTS_MUTE,
  usage: 'mute [alert]',
  describe: 'Have nobody be told of one alert, or of what agrees with all that is named, until an instant. It is looked for all the same, and told then if it is still there.',
  examples: [
    ['alerts mute 42 --for 2h', 'one alert, for two hours'],
    ['alerts mute --kind provider --provider yahoo --until 2026-12-01', 'that a provider does not answer, new ones as well'],
    ['alerts mute --symbol TWTR --for 30d --reason "taken private"', 'all about one security'],
  ],
  positionals: { alert: { type: 'string', describe: 'its number, as `ohlcv alerts` shows it' } },
  flags: {
    until: { type: 'string', requiresArg: true, describe: 'to this date (its beginning, UTC), or to this instant' },
    for: { type: 'string', requiresArg: true, describe: 'for so long from now: 30m, 2h, 3d' },
    kind: { choices: ALERT_KINDS, requiresArg: true, describe: 'all that is wrong in this way' },
    dataset: { choices: DATASETS.map(({ flag }) => flag), requiresArg: true, describe: 'all about these files' },
    symbol: { type: 'string', requiresArg: true, describe: 'all about this one symbol' },
    provider: { type: 'string', requiresArg: true, describe: 'all about this provider' },
    reason: { type: 'string', requiresArg: true, describe: 'why' },
    by: BY_FLAG,
  },
  settings: ['databaseWait'],
  run({ alert, until, for: lasting, kind = null, dataset, symbol = null, provider = null, reason, by }, context) {
    const about = { alertId: alert === undefined ? null : readAlertId(alert), kind, dataset: DATASETS.find(({ flag }) => flag === dataset)?.name ?? null, symbol, provider }
    return muteRequested({ ...about, until: readUntil(until, lasting, context.now()), reason: reason?.trim() || null, mutedBy: readBy(by, context) }, context)
  },
})

/** @throws UsageError MUTE_ID */
function readMuteId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new UsageError('MUTE_ID', `${JSON.stringify(text)} is no number of a mute`, { hint: 'ohlcv alerts lists those that hold' })
}

export const alertsUnmute = defineCommand({
  document: ALERTS_UNMUTE,
  usage: 'unmute <mutes..>',
  describe: 'Take mutes back that still hold: what is open and was never told is told at the next look.',
  examples: [['alerts unmute 3', 'by its number, as `ohlcv alerts` shows it below the alerts']],
  positionals: { mutes: { type: 'string', array: true, demandOption: true, describe: 'numbers of mutes' } },
  flags: {},
  settings: ['databaseWait'],
  async run({ mutes }, context) {
    const ids = [...new Set(mutes.map(readMuteId))]
    const runtime = await runtimeOf(context)
    for (const id of ids) await endMute(runtime, id)
    return { exitCode: EXIT.ok, data: { mutes: ids }, text: () => ids.map((id) => `Mute ${id} is taken back.`).join('\n') }
  },
})
