import { calendarClose } from './calendar-close.js'
import { calendarEarly } from './calendar-early.js'
import { calendarIsOpen } from './calendar-is-open.js'
import { calendarNext } from './calendar-next.js'
import { calendarPrevious } from './calendar-previous.js'
import { calendarReopen } from './calendar-reopen.js'
import { calendarShow } from './calendar-show.js'
import { NAMES } from './names.js'
import { defineGroup } from './shared/command.js'

export const calendar = defineGroup(
  NAMES.calendar,
  [calendarNext, calendarPrevious, calendarIsOpen, calendarClose, calendarEarly, calendarReopen],
  calendarShow,
)
