import { randomUUID } from 'node:crypto'
import { OhlcvError, UsageError } from '../../domain/errors.js'
import type { Runtime } from '../runs/runtime.js'
import type { Channel, ChannelName } from './channel.js'
import type { Notice } from './notice.js'

/** What came of a test of a channel. */
export interface TestedChannel {
  channel: ChannelName
  /** How the other side took it; null: not at all. */
  answer: string | null
  /** Why it was not sent; null: it was. */
  failure: OhlcvError | null
  milliseconds: number
}

async function testOne({ now, signal }: Pick<Runtime, 'now' | 'signal'>, channel: Channel, notice: Notice): Promise<TestedChannel> {
  const began = now().getTime()
  const tested = (answer: string | null, failure: OhlcvError | null): TestedChannel => ({ channel: channel.name, answer, failure, milliseconds: Math.max(0, now().getTime() - began) })
  try {
    const { answer } = await channel.send(notice, signal)
    return tested(answer, null)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof OhlcvError)) throw error
    return tested(null, error)
  }
}

/** Sends a notice that nothing is wrong through every channel now, once. It stands in no record: nothing waits for it, and no database is needed. @throws UsageError CHANNEL_NONE */
export async function testChannels(runtime: Pick<Runtime, 'now' | 'signal'>, channels: readonly Channel[]): Promise<TestedChannel[]> {
  if (channels.length === 0) throw new UsageError('CHANNEL_NONE', 'nobody can be told of anything: no mail, Slack or webhook is set up', { hint: 'set OHLCV_SMTP_URL and OHLCV_MAIL_TO, OHLCV_SLACK_WEBHOOK, or OHLCV_WEBHOOK_URL and OHLCV_WEBHOOK_SECRET; docs/ALERTS.md has examples' })
  const notice: Notice = { noticeId: 0, event: 'test', messageId: randomUUID(), replyTo: null, at: runtime.now().toISOString(), incidents: [], report: null }
  return Promise.all(channels.map((channel) => testOne(runtime, channel, notice)))
}
