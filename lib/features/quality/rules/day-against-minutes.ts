import { MINUTE_AGGS } from '../../../datasets/minute.js'
import { beyondMinutes, datesOfMinutes } from '../../../store/quality/minutes.js'
import { sessionsOf } from './calendar-of.js'
import type { Found, QueryRule } from './rule.js'

/** Daily bars against the minutes of the regular session, where both are held; one finding a security and date. */
export const DAY_AGAINST_MINUTES: QueryRule = {
  kind: 'query',
  name: 'day_against_minutes',
  weight: 0,
  meaning: 'the minutes of the regular session go beyond the day by more than this percentage of its high or low, or the other of its volume',
  advice: 'load both files of the date again; if it stays, the day or a minute has a wrong print: hold it against another provider (ohlcv compare)',
  thresholds: ['maxApart', 'maxMinuteVolume'],
  timespan: 'day',
  async find(db, range, thresholds) {
    const held = new Set(await datesOfMinutes(db, MINUTE_AGGS, range))
    if (held.size === 0) return []
    const sessions = (await sessionsOf(db))(range).filter(({ date }) => held.has(date))
    const found: Found[] = []
    for (const session of sessions) {
      const { date } = session
      for (const { symbolId, ...figures } of await beyondMinutes(db, session, { price: thresholds['maxApart']!, volume: thresholds['maxMinuteVolume']! })) {
        const { minutes, dayHigh, minutesHigh, dayLow, minutesLow, dayVolume, minutesVolume } = figures
        found.push({
          symbolId, date, lastDate: date, provider: null, cause: null,
          details: { minutes, day_high: dayHigh, minutes_high: minutesHigh, day_low: dayLow, minutes_low: minutesLow, day_volume: dayVolume, minutes_volume: minutesVolume },
          seen: [dayHigh, dayLow, dayVolume, minutesHigh, minutesLow, minutesVolume].join(' '),
        })
      }
    }
    return found
  },
}
