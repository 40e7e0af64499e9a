import { ABSENT } from './absent.js'
import { NULL_CELLS } from './cells.js'
import { BAR_ELSEWHERE } from './bar-elsewhere.js'
import { CLOSED_DAY } from './closed-day.js'
import { CONTINUITY } from './continuity.js'
import { DATE_COUNT } from './date-count.js'
import { DATE_REPEATED } from './date-repeated.js'
import { DATE_VOLUME } from './date-volume.js'
import { DAY_AGAINST_MINUTES } from './day-against-minutes.js'
import { MONTHLY_AGAINST_DAILY } from './monthly-against-daily.js'
import { NEGATIVE } from './negative.js'
import { OHLC_ORDER } from './ohlc-order.js'
import { OUTSIDE_LISTING } from './outside-listing.js'
import { POWER_OF_TEN } from './power-of-ten.js'
import { PROVIDER_AGAINST_CANONICAL } from './provider-against-canonical.js'
import { REPEATED } from './repeated.js'
import type { Rule } from './rule.js'
import { SPIKE } from './spike.js'
import { SPLIT_RATIO } from './split-ratio.js'
import { STALE } from './stale.js'
import { VOLUME } from './volume.js'
import { WEEKLY_AGAINST_DAILY } from './weekly-against-daily.js'
import { WICK } from './wick.js'
import { ZERO_VOLUME } from './zero-volume.js'

/** Every rule of quality, those of bars first. Their weights add up to 100. */
export const RULES: readonly Rule[] = [
  ABSENT, NULL_CELLS, NEGATIVE, OHLC_ORDER, POWER_OF_TEN, SPIKE, WICK, CONTINUITY, REPEATED, STALE, ZERO_VOLUME, SPLIT_RATIO, VOLUME,
  DATE_REPEATED, DATE_COUNT, DATE_VOLUME, CLOSED_DAY,
  OUTSIDE_LISTING, WEEKLY_AGAINST_DAILY, MONTHLY_AGAINST_DAILY, DAY_AGAINST_MINUTES, PROVIDER_AGAINST_CANONICAL, BAR_ELSEWHERE,
]
