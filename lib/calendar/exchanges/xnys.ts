import type { IsoDate } from '../../domain/dates.js'
import { FRI, HORIZON, MON, THU, TUE, WED, type Exchange } from '../exchange.js'

/** "History of New York Stock Exchange Holidays" and "Special Closings, 1885-date", the exchange's own list, revised January 2011. */
const HISTORY = 'https://github.com/rsheftel/pandas_market_calendars/files/6827110/Stocks.NYSE-Closings.pdf'

/** NYSE Rule 7.2 (before: Rule 51): the Sunday and the Saturday rule, here as the announcement of December 2021 applies it. */
const RULE = 'https://mondovisione.com/media-and-resources/news/nyse-group-announces-2022-2023-and-2024-holiday-and-early-closings-calendar/'

/** The day before Independence Day 2013, a Wednesday: the first of its kind to close early. */
const CALENDAR_2013 = 'http://www.wealthdaily.com/resources/nyse-holiday-calendar/22'

/** The exchange's yearly announcements of holidays and early closings, three years at a time. */
const ANNOUNCED_2022 = 'https://www.businesswire.com/news/home/20221221005578/en/NYSE-Group-Announces-2023-2024-and-2025-Holiday-and-Early-Closings-Calendar'
const ANNOUNCED_2025 =
  'https://mondovisione.com/media-and-resources/news/nyse-group-announces-2026-2027-and-2028-holiday-and-early-closings-calendar-20251223/'

/** NYSE Euronext's announcement of 29 October 2012. */
const SANDY = 'https://valdostaceo.com/news/2012/10/markets-closed-due-weather-consecutive-days-first-time-1888'

/** A Saturday holiday closes the Friday before, a Sunday one the Monday after (board policy of 3 July 1959, now Rule 7.2). */
const NEAREST_WEEKDAY = { saturday: -1, sunday: 1 }

/** New York Stock Exchange, and with it NASDAQ. */
export const XNYS: Exchange = {
  code: 'XNYS',
  aliases: ['XNAS'],
  name: 'New York Stock Exchange',
  zone: 'America/New_York',
  range: { start: '1990-01-01' as IsoDate, end: HORIZON },
  hours: { opens: '09:30', closes: '16:00' },

  holidays: [
    // On a Saturday it is not observed: the Friday before ends a yearly accounting period.
    { name: "New Year's Day", day: { month: 1, day: 1 }, observed: { sunday: 1 }, source: `${RULE}; ${ANNOUNCED_2025}` },
    { name: 'Martin Luther King, Jr. Day', day: { month: 1, weekday: MON, onOrAfter: 15 }, since: 1998, source: HISTORY },
    { name: "Washington's Birthday", day: { month: 2, weekday: MON, onOrAfter: 15 }, source: HISTORY },
    { name: 'Good Friday', day: { easter: -2 }, source: HISTORY },
    { name: 'Memorial Day', day: { month: 5, weekday: MON, onOrAfter: 25 }, source: HISTORY },
    { name: 'Juneteenth', day: { month: 6, day: 19 }, observed: NEAREST_WEEKDAY, since: 2022, source: ANNOUNCED_2022 },
    { name: 'Independence Day', day: { month: 7, day: 4 }, observed: NEAREST_WEEKDAY, source: `${HISTORY}; ${RULE}` },
    { name: 'Labor Day', day: { month: 9, weekday: MON, onOrAfter: 1 }, source: HISTORY },
    { name: 'Thanksgiving Day', day: { month: 11, weekday: THU, onOrAfter: 22 }, source: HISTORY },
    { name: 'Christmas Day', day: { month: 12, day: 25 }, observed: NEAREST_WEEKDAY, source: `${HISTORY}; ${RULE}` },
  ],

  earlyCloses: [
    { name: 'Day before Independence Day', day: { month: 7, day: 3 }, weekdays: [MON, TUE, THU], since: 1995, closes: '13:00', source: `${HISTORY}; ${ANNOUNCED_2025}` },
    // With the holiday on a Thursday it was the Friday after that closed early, until 2013 moved it to the Wednesday before.
    { name: 'Day after Independence Day', day: { month: 7, day: 5 }, weekdays: [FRI], since: 1995, until: 2012, closes: '13:00', source: HISTORY },
    { name: 'Day before Independence Day', day: { month: 7, day: 3 }, weekdays: [WED], since: 2013, closes: '13:00', source: `${CALENDAR_2013}; ${ANNOUNCED_2022}` },
    { name: 'Day after Thanksgiving', day: { month: 11, weekday: FRI, onOrAfter: 23 }, weekdays: [FRI], since: 1992, until: 1992, closes: '14:00', source: HISTORY },
    { name: 'Day after Thanksgiving', day: { month: 11, weekday: FRI, onOrAfter: 23 }, weekdays: [FRI], since: 1993, closes: '13:00', source: `${HISTORY}; ${ANNOUNCED_2025}` },
    // Never on a Friday: then Christmas Day is a Saturday and observed on Christmas Eve.
    { name: 'Christmas Eve', day: { month: 12, day: 24 }, weekdays: [MON, TUE, WED, THU], until: 1992, closes: '14:00', source: HISTORY },
    { name: 'Christmas Eve', day: { month: 12, day: 24 }, weekdays: [MON, TUE, WED, THU], since: 1993, closes: '13:00', source: `${HISTORY}; ${ANNOUNCED_2025}` },
  ],

  closures: [
    { date: '1994-04-27', reason: 'Funeral of President Nixon', source: HISTORY },
    { date: '2001-09-11', reason: 'Attack on the World Trade Center', source: HISTORY },
    { date: '2001-09-12', reason: 'Attack on the World Trade Center', source: HISTORY },
    { date: '2001-09-13', reason: 'Attack on the World Trade Center', source: HISTORY },
    { date: '2001-09-14', reason: 'Attack on the World Trade Center', source: HISTORY },
    { date: '2004-06-11', reason: 'Day of mourning for President Reagan', source: HISTORY },
    { date: '2007-01-02', reason: 'Day of mourning for President Ford', source: HISTORY },
    { date: '2012-10-29', reason: 'Hurricane Sandy', source: SANDY },
    { date: '2012-10-30', reason: 'Hurricane Sandy', source: SANDY },
    { date: '2018-12-05', reason: 'Day of mourning for President George H. W. Bush', source: 'https://www.tmcnet.com/usubmit/2018/12/01/8860763.htm' },
    { date: '2025-01-09', reason: 'Day of mourning for President Carter', source: 'https://mondovisione.com/media-and-resources/news/the-new-york-stock-exchange-will-close-markets-on-january-9-to-honor-the-passing/' },
  ],

  // First and last moment of regular trading. A halt within the session (a circuit breaker, a failed system, a minute of
  // silence at noon) that trading resumed from changes neither, and is not here.
  adHocHours: [
    { date: '1990-12-27', opens: '11:00', reason: 'Explosion of a transformer', source: HISTORY },
    { date: '1991-01-17', opens: '09:31', reason: 'Minute of silence for the troops in the Persian Gulf', source: HISTORY },
    { date: '1991-02-25', opens: '09:31', reason: 'Minute of silence for the troops in the Persian Gulf', source: HISTORY },
    { date: '1994-02-11', closes: '14:30', reason: 'Snowstorm', source: HISTORY },
    { date: '1995-12-18', opens: '10:30', reason: 'Computer trouble', source: HISTORY },
    { date: '1996-01-08', opens: '11:00', closes: '14:00', reason: 'Snowstorm', source: HISTORY },
    { date: '1997-10-27', closes: '15:30', reason: 'Circuit breaker ended the day', source: HISTORY },
    { date: '1997-12-26', closes: '13:00', reason: 'Friday after Christmas', source: HISTORY },
    { date: '1999-12-31', closes: '13:00', reason: "New Year's Eve", source: HISTORY },
    { date: '2001-09-17', opens: '09:33', reason: 'Two minutes of silence for the victims of the attack', source: HISTORY },
    { date: '2001-10-08', opens: '09:31', reason: 'Minute of silence for the troops', source: HISTORY },
    { date: '2002-09-11', opens: '12:00', reason: 'Anniversary of the attack on the World Trade Center', source: HISTORY },
    { date: '2003-03-20', opens: '09:32', reason: 'Two minutes of silence for the troops', source: HISTORY },
    { date: '2003-12-26', closes: '13:00', reason: 'Friday after Christmas', source: HISTORY },
    { date: '2004-06-07', opens: '09:32', reason: 'Two minutes of silence for President Reagan', source: HISTORY },
    { date: '2005-06-01', closes: '15:56', reason: 'Communications failure', source: HISTORY },
    { date: '2006-12-27', opens: '09:32', reason: 'Two minutes of silence for President Ford', source: HISTORY },
    { date: '2009-07-02', closes: '16:15', reason: 'System irregularities', source: HISTORY },
  ],
}
