import { CALENDAR_NEXT } from '../../../documents/calendar.js'
import { defineNeighbour } from './calendar-neighbour.js'

export const calendarNext = defineNeighbour(
  CALENDAR_NEXT,
  'next',
  'The first session after a date',
  [
    ['calendar next 2016-11-23', 'Friday the 25th: Thanksgiving lies between'],
    ['calendar next', 'the next session from today'],
  ],
  (calendar, date) => calendar.next(date),
)
