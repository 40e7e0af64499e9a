import type { Channel } from '../features/alerts/channel.js'
import { mailChannel } from './mail/mail.js'
import type { ChannelSettings, Environment } from './options.js'
import { slackChannel } from './slack.js'
import { webhookChannel } from './webhook.js'

/**
 * The channels that are set up. Nothing is loaded and nobody asked before one sends.
 * @throws UsageError CHANNEL_SETTING where one is set up by half
 */
export function channelsOf(env: Environment, settings: ChannelSettings, now: () => Date): Channel[] {
  const options = { env, settings, now }
  return [mailChannel(options), slackChannel(options), webhookChannel(options)].filter((channel) => channel !== null)
}
