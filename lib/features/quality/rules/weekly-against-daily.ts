import { WEEK } from '../../../datasets/week.js'
import { againstDaily } from './against-daily.js'

/** Fetched weeks against those computed of the stored days. */
export const WEEKLY_AGAINST_DAILY = againstDaily(WEEK, 'weekly_against_daily')
