import { createHmac } from 'node:crypto'
import type { Channel } from '../features/alerts/channel.js'
import { NOTICE, noticeDocument } from '../documents/notice.js'
import { VERSION } from '../domain/version.js'
import type { ChannelOptions } from './options.js'
import { post } from './post.js'
import { channelUrl, wrongSetting } from './setting.js'

const SHORTEST_SECRET = 16

/** The key of signatures: what follows `whsec_` is base64, as the programs of https://www.standardwebhooks.com write it; anything else is text. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
}

/** The headers by which a receiver knows that a body is ours, of now, and which one (Standard Webhooks). */
function signed(secret: string, id: string, at: Date, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

/** Notices as JSON to a server of the user's; null where none is set. @throws UsageError CHANNEL_SETTING */
export function webhookChannel({ env, settings: { statusUrl }, now }: ChannelOptions): Channel | null {
  const { OHLCV_WEBHOOK_URL: address, OHLCV_WEBHOOK_SECRET: secret } = env
  if (!address) return null
  const url = channelUrl('OHLCV_WEBHOOK_URL', address, ['https:', 'http:'])
  if (!secret || keyOf(secret).length < SHORTEST_SECRET) throw wrongSetting('OHLCV_WEBHOOK_SECRET', `must have ${SHORTEST_SECRET} bytes or more: what OHLCV_WEBHOOK_URL is sent is signed with it`)
  return {
    name: 'webhook',
    takes: ({ event }) => event !== 'report',
    send: (notice, signal) => {
      const at = now()
      const body = JSON.stringify({ schema: NOTICE.name, ...noticeDocument(notice, statusUrl) })
      return post({ channel: 'webhook', url, headers: { 'user-agent': `ohlcv/${VERSION}`, ...signed(secret, notice.messageId, at, body) }, body, now: at }, signal)
    },
  }
}
