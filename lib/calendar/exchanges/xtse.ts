import type { IsoDate } from '../../domain/dates.js'
import { FRI, HORIZON, MON, THU, TUE, WED, type Exchange } from '../exchange.js'

/** The exchange's own calendar of holidays. */
const CALENDAR = 'https://www.tsx.com/en/trading/calendars-and-trading-hours/calendar'

/** TMX Group's holiday operating schedule of December 2021: what moves when Christmas and New Year fall on a weekend. */
const SCHEDULE_2021 = 'https://mondovisione.com/media-and-resources/news/tmx-group-holiday-operating-schedule-12/'

/** A holiday on a weekend closes the Monday after. */
const NEXT_MONDAY = { saturday: 2, sunday: 1 }

/** Christmas and Boxing Day follow each other, so each moves two days: one takes the Monday, the other the Tuesday. */
const TWO_DAYS_LATER = { saturday: 2, sunday: 2 }

/** Toronto Stock Exchange; from 2010 on, since when its Christmas Eve hours are known for every year. */
export const XTSE: Exchange = {
  code: 'XTSE',
  aliases: [],
  name: 'Toronto Stock Exchange',
  zone: 'America/Toronto',
  range: { start: '2010-01-01' as IsoDate, end: HORIZON },
  hours: { opens: '09:30', closes: '16:00' },

  holidays: [
    { name: "New Year's Day", day: { month: 1, day: 1 }, observed: NEXT_MONDAY, source: SCHEDULE_2021 },
    { name: 'Family Day', day: { month: 2, weekday: MON, onOrAfter: 15 }, source: CALENDAR },
    { name: 'Good Friday', day: { easter: -2 }, source: CALENDAR },
    // The Monday before 25 May (Holidays Act, R.S.C. 1985, c. H-5).
    { name: 'Victoria Day', day: { month: 5, weekday: MON, onOrAfter: 18 }, source: CALENDAR },
    { name: 'Canada Day', day: { month: 7, day: 1 }, observed: NEXT_MONDAY, source: CALENDAR },
    { name: 'Civic Holiday', day: { month: 8, weekday: MON, onOrAfter: 1 }, source: CALENDAR },
    { name: 'Labour Day', day: { month: 9, weekday: MON, onOrAfter: 1 }, source: CALENDAR },
    { name: 'Thanksgiving Day', day: { month: 10, weekday: MON, onOrAfter: 8 }, source: CALENDAR },
    { name: 'Christmas Day', day: { month: 12, day: 25 }, observed: TWO_DAYS_LATER, source: SCHEDULE_2021 },
    { name: 'Boxing Day', day: { month: 12, day: 26 }, observed: TWO_DAYS_LATER, source: SCHEDULE_2021 },
  ],

  earlyCloses: [
    { name: 'Christmas Eve', day: { month: 12, day: 24 }, weekdays: [MON, TUE, WED, THU, FRI], closes: '13:00', source: SCHEDULE_2021 },
  ],

  closures: [],

  adHocHours: [
    { date: '2018-04-27', closes: '13:39', reason: 'System failure', source: 'http://www.mondovisione.com/media-and-resources/news/tmx-markets-update/' },
  ],
}
