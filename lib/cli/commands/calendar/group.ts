import { calendarClose } from './close.js'
import { calendarEarly } from './early.js'
import { calendarIsOpen } from './is-open.js'
import { calendarNext } from './next.js'
import { calendarPrevious } from './previous.js'
import { calendarReopen } from './reopen.js'
import { calendarShow } from './show.js'
import { NAMES } from '../../framework/names.js'
import { defineGroup } from '../../framework/command.js'

export const calendar = defineGroup(
  NAMES.calendar,
  [calendarNext, calendarPrevious, calendarIsOpen, calendarClose, calendarEarly, calendarReopen],
  calendarShow,
)
