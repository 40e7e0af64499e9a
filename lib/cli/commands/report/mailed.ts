import { channelsOf } from '../../../channels/channels.js'
import type { DocumentOf } from '../../../documents/document.js'
import type { REPORT } from '../../../documents/report.js'
import { UsageError } from '../../../domain/errors.js'
import type { Channel } from '../../../features/alerts/channel.js'
import { tellReport } from '../../../features/alerts/tell-report.js'
import type { Context } from '../../framework/command.js'
import { runtimeOf } from '../../framework/runtime.js'

/** What came of mailing a report. */
interface Mailed {
  isSent: boolean
  text: string
}

async function mailed(report: DocumentOf<typeof REPORT>, mail: Channel, context: Context): Promise<Mailed> {
  const { state, answer, code } = await tellReport(await runtimeOf(context), report, mail)
  const texts: Record<typeof state, string> = {
    sent: `Mailed: ${answer}`,
    sent_before: 'The report of these dates was mailed before: it is not mailed again',
    waiting: `It could not be mailed now (${code ?? 'others wait before it'}): ohlcv monitor tries again`,
    given_up: `It could not be mailed (${code ?? 'no reason'}), and nobody tries again until the next --mail`,
  }
  return { isSent: state === 'sent' || state === 'sent_before', text: texts[state] }
}

/** Mails a report unless its dates were mailed before. @throws UsageError at once where no mail is set up */
export function reportMail(context: Context): (report: DocumentOf<typeof REPORT>) => Promise<Mailed> {
  const { env, settings, now } = context
  const mail = channelsOf(env, settings, now).find(({ name }) => name === 'mail')
  if (!mail) throw new UsageError('CHANNEL_NONE', 'nobody is to be mailed', { hint: 'set OHLCV_SMTP_URL and OHLCV_MAIL_TO, or leave --mail out; docs/ALERTS.md has examples' })
  return (report) => mailed(report, mail, context)
}
