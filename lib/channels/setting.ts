import { UsageError } from '../domain/errors.js'

/** A channel is set up by half, or by something that cannot be. The value is not told: it may be a secret. */
export function wrongSetting(name: string, what: string): UsageError {
  return new UsageError('CHANNEL_SETTING', `${name} ${what}`, { hint: 'docs/ALERTS.md tells how channels are set up' })
}

/** A URL of a channel. @throws UsageError CHANNEL_SETTING */
export function channelUrl(name: string, value: string, protocols: readonly string[]): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || url.hostname === '' || !protocols.includes(url.protocol)) throw wrongSetting(name, `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`)
  return url
}
