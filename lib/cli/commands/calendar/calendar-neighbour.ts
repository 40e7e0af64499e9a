import type { CALENDAR_NEXT } from '../../../documents/calendar.js'
import type { Calendar, Session } from '../../../calendar/calendar.js'
import type { IsoDate } from '../../../domain/dates.js'
import { EXIT } from '../../framework/exit.js'
import { CALENDAR_FLAGS, DATE_OR_TODAY_POSITIONAL, openCalendar, readPositionalDate, todayAt } from './calendar-flags.js'
import { describeSession, sessionData } from './calendar-report.js'
import { defineCommand, type Registration } from '../../framework/command.js'

/** A command that goes from a date to a session near it. */
export function defineNeighbour(
  document: typeof CALENDAR_NEXT,
  name: string,
  describe: string,
  examples: [string, string][],
  find: (calendar: Calendar, date: IsoDate) => Session,
): Registration {
  return defineCommand({
    document,
    usage: `${name} [date]`,
    describe,
    examples,
    positionals: { date: DATE_OR_TODAY_POSITIONAL },
    flags: CALENDAR_FLAGS,
    async run(args, context) {
      const { calendar } = await openCalendar(context, args)
      const date = args.date === undefined ? todayAt(calendar.exchange, context) : readPositionalDate(args.date)
      const session = find(calendar, date)
      return {
        exitCode: EXIT.ok,
        data: { exchange: calendar.exchange.code, from: date, session: sessionData(session) },
        text: () => describeSession(session, calendar),
      }
    },
  })
}
