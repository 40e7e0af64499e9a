import { CALENDAR_REOPEN } from '../../../documents/calendar.js'
import { deleteOverride, putOverride } from '../../../store/calendar/overrides.js'
import { UsageError } from '../../../domain/errors.js'
import { changed, openChange, readReason } from './calendar-change.js'
import { DATE_POSITIONAL, EXCHANGE_FLAG } from './calendar-flags.js'
import { named } from './calendar-report.js'
import { defineCommand } from '../../framework/command.js'

export const calendarReopen = defineCommand({
  document: CALENDAR_REOPEN,
  usage: 'reopen <date>',
  describe: 'Forget what you keep about a date; or keep that the exchange holds a full session on a day it closes, or closes early, by rule',
  examples: [
    ['calendar reopen 2026-12-09', 'forget the closure kept with calendar close'],
    ['calendar reopen 2026-11-27 --reason "Full day this year"', 'a regular session in place of an early close'],
  ],
  positionals: { date: DATE_POSITIONAL },
  flags: { reason: { type: 'string', requiresArg: true, describe: 'why it opens against the rules, in a few words' }, exchange: EXCHANGE_FLAG },
  async run(args, context) {
    const reason = args.reason === undefined ? undefined : readReason(args.reason)
    const change = await openChange(context, args)
    const { db, calendar, date, kept } = change
    const { code } = calendar.exchange
    if (kept) {
      await deleteOverride(db, code, date)
    } else if (calendar.session(date)?.reason === undefined && !calendar.closure(date)) {
      throw new UsageError('CALENDAR_REGULAR', `${named(date)} is a regular session of ${code}: there is nothing to reopen`)
    } else if (reason === undefined) {
      const rule = calendar.closure(date)?.reason ?? calendar.session(date)?.reason
      throw new UsageError('CALENDAR_REASON', `${code} keeps ${named(date)} by rule (${rule}), so opening it needs a reason`, { hint: 'say why with --reason' })
    } else {
      await putOverride(db, code, { date, kind: 'open', closes: null, reason })
    }
    return changed(change)
  },
})
