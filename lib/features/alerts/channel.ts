import { OhlcvError } from '../../domain/errors.js'
import type { Notice } from './notice.js'

/** By which people can be told. */
export const CHANNEL_NAMES = ['mail', 'slack', 'webhook'] as const
export type ChannelName = (typeof CHANNEL_NAMES)[number]

/** How the other side took it, in a few words without addresses or secrets. */
export interface Sent {
  answer: string
}

/** A way to tell people something. */
export interface Channel {
  name: ChannelName
  /** Whether it takes such a notice: only mails have reports in them. */
  takes: (notice: Pick<Notice, 'event'>) => boolean
  /** Sends it, once. @throws ChannelError */
  send: (notice: Notice, signal: AbortSignal) => Promise<Sent>
}

/** A notice could not be sent. Its message holds no address, host or secret. */
export class ChannelError extends OhlcvError {
  /** Seconds that the other side asked to wait; undefined: it did not say. */
  readonly retryAfter: number | undefined
  /** Whether another try would come to the same: the other side refused the notice itself. */
  readonly permanent: boolean

  constructor(code: string, message: string, { retryAfter, permanent = false, ...options }: { hint?: string; cause?: unknown; retryAfter?: number; permanent?: boolean } = {}) {
    super(code, message, options)
    this.retryAfter = retryAfter
    this.permanent = permanent
  }
}
