import { looseDocument } from '../../../documents/loose.js'
import { EXIT } from '../../framework/exit.js'
import {
  BUILT_IN_FLAG, DATE_OR_TODAY_POSITIONAL, describeSession, EXCHANGE_FLAG, named, openCalendar, readPositionalDate, sessionJson, todayAt,
} from './options.js'
import { defineCommand } from '../../framework/command.js'
import { printable } from '../../terminal/printable.js'

export const calendarIsOpen = defineCommand({
  document: looseDocument('ohlcv.calendar.is-open/1'),
  usage: 'is-open [date]',
  describe: 'Whether a date is a session, and why not',
  examples: [
    ['calendar is-open 2016-11-24', 'closed: Thanksgiving Day'],
    ['calendar is-open --exit-code && ./after-close.sh', 'only on days with a session'],
  ],
  positionals: { date: DATE_OR_TODAY_POSITIONAL },
  flags: {
    exchange: EXCHANGE_FLAG,
    'built-in': BUILT_IN_FLAG,
    'exit-code': { type: 'boolean', describe: `leave with ${EXIT.dateFailed} when the exchange is closed` },
  },
  async run(args, context) {
    const { calendar } = await openCalendar(context, args)
    const date = args.date === undefined ? todayAt(calendar.exchange, context) : readPositionalDate(args.date)
    const session = calendar.session(date)
    const reason = calendar.closure(date)?.reason ?? 'weekend'
    return {
      exitCode: session || !args['exit-code'] ? EXIT.ok : EXIT.dateFailed,
      text: () => session ? `open: ${describeSession(session, calendar)}` : `closed: ${named(date)} (${printable(reason)})`,
      data: {
        exchange: calendar.exchange.code,
        date,
        is_open: session !== undefined,
        session: session ? sessionJson(session) : null,
        reason: session ? session.reason ?? null : reason,
      },
    }
  },
})
