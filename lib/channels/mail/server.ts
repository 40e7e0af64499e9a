import type { SMTPTransportOptions } from 'nodemailer'
import { channelUrl, wrongSetting } from '../setting.js'

const CONNECT_MS = 15_000
/** Without a word; a server may look at a mail for a while before it takes it. */
const SILENCE_MS = 60_000

/** What may follow the `?` of the URL, by the names that other programs with such URLs have. */
const OPTIONS: Readonly<Record<string, 'flag' | 'milliseconds' | 'text'>> = {
  requireTLS: 'flag', ignoreTLS: 'flag', 'tls.rejectUnauthorized': 'flag', 'tls.servername': 'text', name: 'text', connectionTimeout: 'milliseconds', greetingTimeout: 'milliseconds', socketTimeout: 'milliseconds',
}

function optionOf(name: string, option: string, value: string): boolean | number | string {
  const kind = OPTIONS[option]
  if (kind === 'text' && value !== '') return value
  if (kind === 'flag' && (value === 'true' || value === 'false')) return value === 'true'
  if (kind === 'milliseconds' && /^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw wrongSetting(name, kind === undefined ? `has the option ${JSON.stringify(option)}; there are ${Object.keys(OPTIONS).join(', ')}` : `has a value of ${option} that it cannot have`)
}

/** A URL whose user and password are written as they must be: else a part of the password would be taken for the name of the server, which is asked of others, or for an option. @throws UsageError CHANNEL_SETTING */
function serverUrl(name: string, value: string): { url: URL; user: string; pass: string } {
  const url = channelUrl(name, value, ['smtps:', 'smtp:'])
  try {
    const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
    if (['', '/'].includes(url.pathname) && url.hash === '' && !url.search.includes('@')) return { url, user, pass }
  } catch {
    // A percent sign that begins nothing.
  }
  throw wrongSetting(name, 'has more than user, password, server, port and options: in a user or password # is written %23, % %25, / %2F, ? %3F and @ %40')
}

/** The server of mails of a URL. A password does not travel but by TLS, unless the URL says so. @throws UsageError CHANNEL_SETTING */
export function mailServer(name: string, value: string): SMTPTransportOptions {
  const { url, user, pass } = serverUrl(name, value)
  const secure = url.protocol === 'smtps:'
  const options = Object.fromEntries([...url.searchParams].map(([option, given]) => [option, optionOf(name, option, given)]))
  const own = Object.fromEntries(Object.entries(options).filter(([option]) => !option.startsWith('tls.')))
  const tls = Object.fromEntries(Object.entries(options).filter(([option]) => option.startsWith('tls.')).map(([option, given]) => [option.slice('tls.'.length), given]))
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? (secure ? 465 : 587) : Number(url.port), secure,
    ...(user && { auth: { user, pass }, requireTLS: !secure }),
    connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, dnsTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, ...own, tls: { minVersion: 'TLSv1.2', ...tls },
  }
}
