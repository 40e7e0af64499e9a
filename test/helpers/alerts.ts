import type pg from 'pg'
import type { Channel, ChannelName, Sent } from '../../lib/features/alerts/channel.js'
import type { Notice, NoticeEvent } from '../../lib/features/alerts/notice.js'
import type { Trouble } from '../../lib/features/alerts/trouble.js'
import type { Runtime } from '../../lib/features/runs/runtime.js'
import { monitor, type MonitorResult } from '../../lib/routines/monitor/monitor.js'
import { runtimeOf, type LoadOptions } from './load.js'
import { minute, situationAt } from './troubles.js'

/** A channel that keeps what it is given; `fail` makes it fail. */
export class TestChannel implements Channel {
  sent: Notice[] = []
  /** What is thrown instead of sending; undefined: nothing. */
  fail: ((notice: Notice) => Error | undefined) | undefined
  tries = 0

  constructor(readonly name: ChannelName = 'mail', readonly refuses: readonly NoticeEvent[] = []) {}

  takes = ({ event }: Pick<Notice, 'event'>): boolean => !this.refuses.includes(event)

  send = async (notice: Notice): Promise<Sent> => {
    this.tries++
    const error = this.fail?.(notice)
    if (error) throw error
    this.sent.push(notice)
    return { answer: '250 ok' }
  }

  /** A line for each notice that was sent: the event and what it is of. */
  get lines(): string[] {
    return this.sent.map(({ event, incidents }) => `${event} ${incidents.map(({ summary }) => summary).join(' + ')}`)
  }
}

/** A database that is looked after, with a clock that is set. */
export class Watch {
  now = minute(0)
  troubles: Trouble[] = []
  channels: Channel[]
  runtime: Runtime

  /** What the rules find. */
  find = (): Trouble[] => this.troubles

  constructor(readonly pool: pg.Pool, readonly mail = new TestChannel(), options: LoadOptions = {}) {
    this.channels = [mail]
    this.runtime = { ...runtimeOf(pool, options), now: () => this.now }
  }

  /** Looks at a minute at what is wrong then; what was sent by mail. */
  async at(at: number, ...troubles: Trouble[]): Promise<string[]> {
    this.now = minute(at)
    this.troubles = troubles
    const before = this.mail.lines.length
    await this.monitor()
    return this.mail.lines.slice(before)
  }

  monitor(): Promise<MonitorResult> {
    return monitor(this.runtime, { channels: this.channels, look: async (now) => situationAt(now), rules: [() => this.find()] })
  }
}
