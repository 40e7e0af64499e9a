import { ALERTS_ACKNOWLEDGE, acknowledgeDocument } from '../../../documents/alerts.js'
import { acknowledge } from '../../../features/alerts/silence.js'
import { BY_FLAG, readBy } from '../../flags/by.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import { printable } from '../../terminal/printable.js'
import { readAlertId } from './alert-id.js'

/** Notes that somebody looks after an incident, whoever says so. @throws UsageError */
export async function acknowledgeRequested({ alert, note, by }: { alert: number; note: string | null; by: string }, context: Context): Promise<Result<typeof ALERTS_ACKNOWLEDGE>> {
  const data = acknowledgeDocument(await acknowledge(await runtimeOf(context), alert, by, note))
  const { acknowledged_by: who, summary } = data.alert
  return { exitCode: EXIT.ok, data, text: () => `Alert ${alert} is looked after by ${printable(who ?? '')}: ${printable(summary)}\nNobody is reminded of it; it is cleared as any other.` }
}

export const alertsAcknowledge = defineCommand({
  document: ALERTS_ACKNOWLEDGE,
  usage: 'acknowledge <alert>',
  describe: 'Say that somebody looks after an open alert: nobody is reminded of it any more.',
  examples: [['alerts acknowledge 42 --note "asked the vendor"', 'by the user of the shell']],
  positionals: { alert: { type: 'string', demandOption: true, describe: 'its number, as `ohlcv alerts` shows it' } },
  flags: { note: { type: 'string', requiresArg: true, describe: 'what is done about it' }, by: BY_FLAG },
  settings: ['databaseWait'],
  run: ({ alert, note, by }, context) => acknowledgeRequested({ alert: readAlertId(alert), note: note?.trim() || null, by: readBy(by, context) }, context),
})
