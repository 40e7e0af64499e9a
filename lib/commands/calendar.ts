import { calendarClose } from './calendar-close.js'
import { calendarEarly } from './calendar-early.js'
import { calendarIsOpen } from './calendar-is-open.js'
import { calendarNext } from './calendar-next.js'
import { calendarPrevious } from './calendar-previous.js'
import { calendarReopen } from './calendar-reopen.js'
import { calendarShow } from './calendar-show.js'
import { defineGroup } from './shared/command.js'

export const calendar = defineGroup(
  'calendar',
  'Sessions, holidays and early closes of an exchange',
  [calendarNext, calendarPrevious, calendarIsOpen, calendarClose, calendarEarly, calendarReopen],
  calendarShow,
)
