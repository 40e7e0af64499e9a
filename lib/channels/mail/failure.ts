import { ChannelError } from '../../features/alerts/channel.js'

/** What is known of a mail that was not sent. */
interface SmtpError {
  code?: string
  /** Of the server: 550. */
  responseCode?: number
  /** What it was answered to. */
  command?: string
}

const AUTHENTICATION = new Set([530, 534, 535, 538])
const TIMES: Readonly<Record<string, true>> = { ETIMEDOUT: true }
const TLS_CODES = /^(?:ETLS|EREQUIRETLS|ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|.*SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/

/** Why a mail was not sent. What the server said is not told: it may repeat addresses. */
export function mailFailure(error: unknown): ChannelError {
  const { code = '', responseCode, command = '' } = (error instanceof Error ? error : {}) as SmtpError
  const { originalCode = '' } = (error instanceof Error ? error : {}) as { originalCode?: string }
  const said = responseCode === undefined || responseCode === 0 ? '' : ` (${responseCode})`
  if (code === 'EAUTH' || code === 'ENOAUTH' || (responseCode !== undefined && AUTHENTICATION.has(responseCode))) {
    return new ChannelError('CHANNEL_LOGIN', `the mail server does not take the user and password${said}`, { hint: 'correct OHLCV_SMTP_URL; providers with two factors want a password of the application\'s own' })
  }
  if (TLS_CODES.test(code) || TLS_CODES.test(originalCode)) {
    return new ChannelError('CHANNEL_TLS', 'no TLS connection that can be trusted could be agreed on with the mail server', { hint: 'smtps:// is for TLS from the start (465), smtp:// for STARTTLS (587); name the authority of its certificate with NODE_EXTRA_CA_CERTS' })
  }
  if (TIMES[code]) return new ChannelError('CHANNEL_TIMEOUT', 'the mail server gave no answer in time')
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) return new ChannelError('CHANNEL_BUSY', `the mail server asks to try again later${said}`)
  if (responseCode !== undefined && responseCode >= 500) {
    if (code === 'EMESSAGE') return new ChannelError('CHANNEL_REFUSED', `the mail server refuses the mail${said}`, { permanent: true })
    return new ChannelError('CHANNEL_RECIPIENTS', `the mail server takes no mail ${command === 'MAIL FROM' ? 'of this sender' : 'for these recipients'}${said}`, { hint: 'correct OHLCV_MAIL_FROM or OHLCV_MAIL_TO, or have the server let this user send so' })
  }
  return new ChannelError('CHANNEL_UNREACHABLE', 'the mail server cannot be reached, or broke the connection')
}
