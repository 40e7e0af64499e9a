import { CALENDAR_IS_OPEN } from '../../../documents/calendar.js'
import { EXIT } from '../../framework/exit.js'
import { CALENDAR_FLAGS, DATE_OR_TODAY_POSITIONAL, openCalendar, readPositionalDate, todayAt } from './calendar-flags.js'
import { dayData, describeSession, named } from './calendar-report.js'
import { defineCommand } from '../../framework/command.js'
import { printable } from '../../terminal/printable.js'

export const calendarIsOpen = defineCommand({
  document: CALENDAR_IS_OPEN,
  usage: 'is-open [date]',
  describe: 'Whether a date is a session, and why not',
  examples: [
    ['calendar is-open 2016-11-24', 'closed: Thanksgiving Day'],
    ['calendar is-open --exit-code && ./after-close.sh', 'only on days with a session'],
  ],
  positionals: { date: DATE_OR_TODAY_POSITIONAL },
  flags: {
    ...CALENDAR_FLAGS,
    'exit-code': { type: 'boolean', describe: `leave with ${EXIT.dateFailed} when the exchange is closed` },
  },
  async run(args, context) {
    const { calendar } = await openCalendar(context, args)
    const date = args.date === undefined ? todayAt(calendar.exchange, context) : readPositionalDate(args.date)
    const session = calendar.session(date)
    const data = dayData(calendar, date)
    return {
      exitCode: session || !args['exit-code'] ? EXIT.ok : EXIT.dateFailed,
      data,
      text: () => (session ? `open: ${describeSession(session, calendar)}` : `closed: ${named(date)} (${printable(data.reason ?? '')})`),
    }
  },
})
