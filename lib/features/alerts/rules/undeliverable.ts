import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { clockTime, counted } from './words.js'

/** Channels by which nobody can be told; the others tell it. */
export function undeliverable({ undeliverable: found, calendar }: Situation): Trouble[] {
  return found.map(({ channel, notices, since, code }) => ({
    kind: 'undeliverable', severity: 'critical', topic: `undeliverable ${channel}`, parts: [''], dataset: null, symbol: null, timespan: null, provider: null,
    summary: `${counted(notices, 'notice')} could not be sent by ${channel}, the first of ${clockTime(since, calendar)}${code === null ? '' : ` (${code})`}.`,
    hint: 'see what the other side says with: ohlcv alerts test; what waits is sent by itself once it takes it',
    details: { found: counted(notices, 'notice'), ...(code !== null && { code }) },
  }))
}
