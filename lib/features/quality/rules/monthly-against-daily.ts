import { MONTH } from '../../../datasets/month.js'
import { againstDaily } from './against-daily.js'

export const monthlyAgainstDaily = againstDaily(MONTH, 'monthly_against_daily')
