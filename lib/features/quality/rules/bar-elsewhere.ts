import { barsElsewhere } from '../../../store/quality/bar-elsewhere.js'
import type { QueryRule } from './rule.js'

/** On a loaded date the file has spoken: what a provider has besides is told, and never stored as a bar. */
export const BAR_ELSEWHERE: QueryRule = {
  kind: 'query',
  timespan: 'day',
  name: 'bar_elsewhere',
  weight: 0,
  meaning: 'a provider has a bar on a loaded date, and the day file has none',
  advice: 'ask the vendor of the files why the row is missing; on a loaded date a bar of a provider is never stored',
  thresholds: [],
  async find(db, range) {
    const found = await barsElsewhere(db, range)
    return found.map(({ symbolId, date, provider, close, volume }) => ({ symbolId, date, lastDate: date, provider, cause: null, details: { close, volume }, seen: `${close} ${volume}` }))
  },
}
