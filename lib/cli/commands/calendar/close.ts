import { CALENDAR_CLOSE } from '../../../documents/calendar.js'
import { putOverride } from '../../../store/calendar/overrides.js'
import { alreadyClosed, changed, openChange, readReason } from './calendar-change.js'
import { DATE_POSITIONAL, EXCHANGE_FLAG } from './calendar-flags.js'
import { defineCommand } from '../../framework/command.js'

export const calendarClose = defineCommand({
  document: CALENDAR_CLOSE,
  usage: 'close <date>',
  describe: 'Keep a closure that was announced since the release: the date is no session from now on',
  examples: [['calendar close 2026-12-09 --reason "Day of mourning"', 'no file is expected for that day']],
  positionals: { date: DATE_POSITIONAL },
  flags: { reason: { type: 'string', demandOption: true, requiresArg: true, describe: 'why, in a few words' }, exchange: EXCHANGE_FLAG },
  async run(args, context) {
    const reason = readReason(args.reason)
    const change = await openChange(context, args)
    const { db, calendar, date } = change
    if (!calendar.session(date)) throw alreadyClosed(change)
    await putOverride(db, calendar.exchange.code, { date, kind: 'closed', closes: null, reason })
    return changed(change)
  },
})
