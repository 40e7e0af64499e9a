import { CALENDAR_PREVIOUS } from '../../../documents/calendar.js'
import { defineNeighbour } from './calendar-neighbour.js'

export const calendarPrevious = defineNeighbour(
  CALENDAR_PREVIOUS,
  'previous',
  'The last session before a date',
  [
    ['calendar previous 2001-09-17', 'Monday the 10th: the exchange was closed for the rest of that week'],
    ['calendar previous', 'the last session before today'],
  ],
  (calendar, date) => calendar.previous(date),
)
