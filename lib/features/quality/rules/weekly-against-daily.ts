import { WEEK } from '../../../datasets/week.js'
import { againstDaily } from './against-daily.js'

export const weeklyAgainstDaily = againstDaily(WEEK, 'weekly_against_daily')
