import type pg from 'pg'
import { beginTransaction, endTransaction, type OpenTransaction } from '../../postgres/transactions.js'
import { giveUpOlder, holdDueDelivery, markFailed, markSent, type DueDelivery, type FailedTry } from '../../store/alerts/deliveries.js'
import type { Runtime } from '../runs/runtime.js'
import { failedTry, givenUpBefore } from './back-off.js'
import type { Channel, ChannelName, Sent } from './channel.js'
import type { Notice, NoticeContent, NoticeEvent } from './notice.js'

/** Milliseconds after which a channel that does not answer has failed. */
const SEND_TIMEOUT = 60_000

/** What came of a try to send a notice by a channel. */
export interface Delivered {
  noticeId: number
  event: NoticeEvent
  channel: ChannelName
  state: 'sent' | 'failed' | 'given_up'
  /** How the other side took it; null: not at all. */
  answer: string | null
  code: string | null
  nextTryAt: Date | null
}

const noticeOf = ({ noticeId, messageId, event, replyTo, document }: DueDelivery): Notice => ({ ...(document as NoticeContent), noticeId, messageId, event: event as NoticeEvent, replyTo })

/** Sends it, without regard to whether the program is to stop: whether it was taken must be known. */
async function tryToSend({ log, now }: Runtime, channel: Channel, due: DueDelivery): Promise<Sent | FailedTry> {
  try {
    return await channel.send(noticeOf(due), AbortSignal.timeout(SEND_TIMEOUT))
  } catch (error) {
    const failed = failedTry(error, due.tries + 1, now())
    log.warn({ channel: channel.name, notice: due.noticeId, code: failed.code, next_try_at: failed.nextTryAt }, 'a notice could not be sent')
    return failed
  }
}

/** Marks a notice as sent in the transaction that holds it; where that was lost, on another connection, which would wait for it as long as the server does not know: it has been sent all the same. */
async function keepSent({ db, now }: Runtime, client: pg.PoolClient, holding: OpenTransaction, channel: Channel, { noticeId }: DueDelivery): Promise<void> {
  try {
    await markSent(client, noticeId, channel.name, now())
    await client.query('commit')
  } catch {
    await client.query('rollback').catch(() => undefined)
    await db.run(new AbortController().signal, async (other) => {
      await endTransaction(other, holding)
      await markSent(other, noticeId, channel.name, now())
    })
  }
}

/** Sends the first notice that is due by a channel, whose row it holds meanwhile; undefined: there is none. */
async function deliverOne(runtime: Runtime, client: pg.PoolClient, channel: Channel): Promise<Delivered | undefined> {
  const { now, failpoint } = runtime
  const holding = await beginTransaction(client)
  const due = await holdDueDelivery(client, channel.name, now())
  if (!due) {
    await client.query('rollback')
    return undefined
  }
  await failpoint('alerts-before-send')
  const tried = await tryToSend(runtime, channel, due)
  const delivered = { noticeId: due.noticeId, event: due.event as NoticeEvent, channel: channel.name }
  if ('answer' in tried) {
    await failpoint('alerts-sent')
    await keepSent(runtime, client, holding, channel, due)
    await failpoint('alerts-marked')
    return { ...delivered, state: 'sent', answer: tried.answer, code: null, nextTryAt: null }
  }
  await markFailed(client, due.noticeId, channel.name, tried, now())
  await client.query('commit')
  return { ...delivered, state: tried.nextTryAt === null ? 'given_up' : 'failed', answer: null, code: tried.code, nextTryAt: tried.nextTryAt }
}

/** Sends what is due by a channel, one after the other, until one fails that is to be tried again: the others would fail as well. */
async function deliverBy(runtime: Runtime, channel: Channel): Promise<Delivered[]> {
  const done: Delivered[] = []
  while (!runtime.signal.aborted) {
    const client = await runtime.db.connect(runtime.signal)
    let isBroken = true
    try {
      const delivered = await deliverOne(runtime, client, channel)
      isBroken = false
      if (delivered) done.push(delivered)
      if (!delivered || delivered.state === 'failed') break
    } finally {
      client.release(isBroken)
    }
  }
  return done
}

/** Sends what is due, by all channels side by side: at least once each, and but for a crash between the other side's answer and the mark only once. */
export async function deliver(runtime: Runtime, channels: readonly Channel[]): Promise<Delivered[]> {
  const { db, signal, now } = runtime
  await db.run(signal, (client) => giveUpOlder(client, givenUpBefore(now()), now()))
  const ended = await Promise.allSettled(channels.map((channel) => deliverBy(runtime, channel)))
  return ended.flatMap((end) => {
    if (end.status === 'rejected') throw end.reason as Error
    return end.value
  })
}
