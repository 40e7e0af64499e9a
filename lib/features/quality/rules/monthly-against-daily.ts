import { MONTH } from '../../../datasets/month.js'
import { againstDaily } from './against-daily.js'

/** Fetched months against those computed of the stored days. */
export const MONTHLY_AGAINST_DAILY = againstDaily(MONTH, 'monthly_against_daily')
