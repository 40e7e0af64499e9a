import type { SendMailOptions } from 'nodemailer'
import type { Channel, Sent } from '../../features/alerts/channel.js'
import type { Notice } from '../../features/alerts/notice.js'
import type { DocumentOf } from '../../documents/document.js'
import { counted, figure } from '../../documents/figures.js'
import { noticeDocument, type NoticeFields } from '../../documents/notice.js'
import type { REPORT } from '../../documents/report.js'
import { VERSION } from '../../domain/version.js'
import { noticePage } from '../../html/notice.js'
import { reportPage, reportTitle } from '../../html/report.js'
import { withinTime } from '../../transport/time-limit.js'
import type { ChannelOptions } from '../options.js'
import { wrongSetting } from '../setting.js'
import { mailFailure } from './failure.js'
import { mailServer } from './server.js'
import { noticeText, reportText } from './text.js'

/** Of all of a mail. One that the server took later than that comes again, with the same number. */
const TIMEOUT_MS = 50_000

/** `mail@example.com`, or `Name <mail@example.com>`; of nobody who could be two. */
const ADDRESS = /^(?:[^<>@,;"\p{Cc}]*<([^\s<>@,;:"()[\]\\]+@[^\s<>@,;:"()[\]\\]+)>|([^\s<>@,;:"()[\]\\]+@[^\s<>@,;:"()[\]\\]+))$/u

/** The address itself. @throws UsageError CHANNEL_SETTING */
function addressOf(name: string, text: string): string {
  const [, named, bare] = ADDRESS.exec(text.trim()) ?? []
  const address = named ?? bare
  if (address === undefined) throw wrongSetting(name, 'must have addresses as mail@example.com or Name <mail@example.com>')
  return address
}

/** What a mail says. */
interface Letter {
  title: string
  text: string
  html: string
}

function reportLetter(report: DocumentOf<typeof REPORT>, statusUrl: string | undefined): Letter {
  const { goals: { met, missed, not_checked: unchecked } } = report
  return {
    title: `${reportTitle(report)}: ${counted(met, 'goal')} met, ${figure(missed)} missed, ${figure(unchecked)} not checked`,
    text: reportText(report, statusUrl), html: reportPage(report),
  }
}

function letterOf(notice: Notice, document: NoticeFields, statusUrl: string | undefined): Letter {
  if (notice.report !== null) return reportLetter(notice.report as DocumentOf<typeof REPORT>, statusUrl)
  return { title: document.title, text: noticeText(document), html: noticePage(document) }
}

/** For rules of readers: what it is, without reading it. */
function headersOf(document: NoticeFields, domain: string): Record<string, string> {
  const { event, incidents } = document
  const [only] = incidents.length === 1 ? incidents : []
  return {
    'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'List-Id': `ohlcv <ohlcv.${domain}>`, 'X-Ohlcv-Event': event,
    ...(only && { 'X-Ohlcv-Incident': String(only.alert_id), 'X-Ohlcv-Kind': only.kind, 'X-Ohlcv-Severity': only.severity }),
  }
}

/** A notice as a mail: the same at every try. */
function mailOf(notice: Notice, { mailTo, mailPrefix, statusUrl }: ChannelOptions['settings'], from: string): SendMailOptions {
  const document = noticeDocument(notice, statusUrl)
  const { title, text, html } = letterOf(notice, document, statusUrl)
  const domain = addressOf('OHLCV_MAIL_FROM', from).split('@')[1]!
  const { event, incidents } = document
  const isUrgent = event !== 'cleared' && event !== 'reminder' && incidents.some(({ severity }) => severity === 'critical')
  return {
    from, to: [...mailTo], subject: `${mailPrefix} ${title}`.trim(), text, html, textEncoding: 'quoted-printable', date: new Date(notice.at), messageId: `<${notice.messageId}@${domain}>`,
    ...(notice.replyTo !== null && { inReplyTo: `<${notice.replyTo}@${domain}>`, references: `<${notice.replyTo}@${domain}>` }),
    headers: headersOf(document, domain), xMailer: `ohlcv ${VERSION}`, ...(isUrgent && { priority: 'high' }), disableFileAccess: true, disableUrlAccess: true,
  }
}

/** Mails, one to all; null where nobody is to be mailed. @throws UsageError CHANNEL_SETTING */
export function mailChannel({ env, settings }: ChannelOptions): Channel | null {
  const { mailTo, mailFrom } = settings
  const name = env['OHLCV_SMTP_URL'] ? 'OHLCV_SMTP_URL' : 'SMTP_URL'
  const address = env[name]
  if (mailTo.length === 0) {
    if (env['OHLCV_SMTP_URL']) throw wrongSetting('OHLCV_MAIL_TO', 'is not set, and OHLCV_SMTP_URL is: nobody would be mailed')
    return null
  }
  if (!address) throw wrongSetting('OHLCV_SMTP_URL', 'is not set, and OHLCV_MAIL_TO is: there is no server to send mails by')
  for (const one of mailTo) addressOf('OHLCV_MAIL_TO', one)
  const server = mailServer(name, address)
  const from = mailFrom ?? server.auth?.user ?? ''
  if (mailFrom === undefined && !ADDRESS.test(from)) throw wrongSetting('OHLCV_MAIL_FROM', 'is not set, and the user of the mail server is no address')
  addressOf('OHLCV_MAIL_FROM', from)
  return {
    name: 'mail',
    takes: () => true,
    async send(notice, signal) {
      const { createTransport } = await import('nodemailer')
      const transport = createTransport(server)
      try {
        return answerOf(await withinTime(TIMEOUT_MS, signal, (limit) => transport.sendMail({ ...mailOf(notice, settings, from), signal: limit })))
      } catch (error) {
        signal.throwIfAborted()
        throw mailFailure(error)
      } finally {
        transport.close()
      }
    },
  }
}

/** What the server said, in its numbers: its words may hold addresses. One that took it for some has it: to send it again would be to tell the others twice. */
function answerOf({ response, accepted, rejected }: { response: string; accepted: unknown[]; rejected: unknown[] }): Sent {
  const status = /^\d{3}/.exec(response)?.[0] ?? ''
  const all = accepted.length + rejected.length
  return { answer: `taken for ${rejected.length === 0 ? counted(all, 'recipient') : `${figure(accepted.length)} of ${counted(all, 'recipient')}`} (${status})` }
}
