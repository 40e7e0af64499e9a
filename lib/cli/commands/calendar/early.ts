import { CALENDAR_EARLY } from '../../../documents/calendar.js'
import { putOverride } from '../../../store/calendar/overrides.js'
import { UsageError } from '../../../domain/errors.js'
import { alreadyClosed, changed, openChange, readReason } from './calendar-change.js'
import { DATE_POSITIONAL, EXCHANGE_FLAG } from './calendar-flags.js'
import { defineCommand } from '../../framework/command.js'

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

export const calendarEarly = defineCommand({
  document: CALENDAR_EARLY,
  usage: 'early <date>',
  describe: 'Keep an early close that was announced since the release',
  examples: [['calendar early 2026-12-31 --closes 13:00 --reason "New Year\'s Eve"', 'the session ends at one, exchange time']],
  positionals: { date: DATE_POSITIONAL },
  flags: {
    closes: { type: 'string', demandOption: true, requiresArg: true, describe: 'when it closes, HH:MM in exchange time' },
    reason: { type: 'string', demandOption: true, requiresArg: true, describe: 'why, in a few words' },
    exchange: EXCHANGE_FLAG,
  },
  async run(args, context) {
    const reason = readReason(args.reason)
    const change = await openChange(context, args)
    const { db, calendar, date } = change
    const { code, hours } = calendar.exchange
    if (!TIME.test(args.closes) || args.closes <= hours.opens || args.closes >= hours.closes) {
      throw new UsageError('CALENDAR_CLOSES', `--closes "${args.closes}" is no early close: ${code} is open from ${hours.opens} to ${hours.closes}`, {
        hint: 'give a time between the two, HH:MM in exchange time',
      })
    }
    if (!calendar.session(date)) throw alreadyClosed(change)
    await putOverride(db, code, { date, kind: 'early', closes: args.closes, reason })
    return changed(change)
  },
})
