import { roughly } from './figures.js'
import type { DateRule } from './rule.js'

/** A date on which everything traded a multiple. */
export const DATE_VOLUME: DateRule = {
  kind: 'date',
  name: 'date_volume',
  weight: 0,
  meaning: 'the volumes of a date as a whole are this many times those of the session before and of the session after',
  advice: 'hold some symbols against another provider (ohlcv compare), then load the date again once the vendor has mended its file',
  thresholds: ['dateVolume'],
  judge({ volumeToBefore, volumeToAfter }, { dateVolume }) {
    if (volumeToBefore === null || volumeToAfter === null || Math.min(volumeToBefore, volumeToAfter) < dateVolume!) return undefined
    return { cause: null, details: { to_before: roughly(volumeToBefore), to_after: roughly(volumeToAfter) } }
  },
}
