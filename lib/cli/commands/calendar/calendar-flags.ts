import { createCalendar, type Calendar, type CalendarOverride } from '../../../calendar/calendar.js'
import type { Exchange } from '../../../calendar/exchange.js'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES, exchangeNamed } from '../../../calendar/exchanges.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import { isIsoDate, type IsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import { wallTime } from '../../../domain/zone.js'
import type { ArgsOf, Context } from '../../framework/command.js'

/** The flag of every calendar command: whose calendar. */
export const EXCHANGE_FLAG = {
  type: 'string', requiresArg: true, choices: EXCHANGE_CODES, default: DEFAULT_EXCHANGE.code, describe: 'exchange, by its market identifier code',
} as const

/** The flags of commands that look at a calendar. */
export const CALENDAR_FLAGS = {
  exchange: EXCHANGE_FLAG,
  'built-in': { type: 'boolean', describe: 'leave out the closures you keep; needs no database' },
} as const

/** The date of commands that begin with one. */
export const DATE_POSITIONAL = { type: 'string', demandOption: true, describe: 'exchange date, YYYY-MM-DD' } as const

/** The date of commands that begin with one and take today, in exchange time, when there is none. */
export const DATE_OR_TODAY_POSITIONAL = { type: 'string', describe: 'exchange date, YYYY-MM-DD; today if left out' } as const

export function findExchange(code: string): Exchange {
  return exchangeNamed(code) ?? DEFAULT_EXCHANGE
}

export function todayAt(exchange: Exchange, context: Context): IsoDate {
  return wallTime(context.now(), exchange.zone).date
}

/**
 * The date a command begins with.
 * @throws UsageError when it is no real date
 */
export function readPositionalDate(text: string): IsoDate {
  if (isIsoDate(text)) return text
  throw new UsageError('DATE_INVALID', `"${text}" is not a date`, { hint: 'dates are exchange dates, written YYYY-MM-DD' })
}

/** Whether a database is set, or an embedded one was ever made: only then can it hold overrides. */
async function mayHoldOverrides({ env, settings }: Context): Promise<boolean> {
  const [{ externalTarget }, { findPlace, hasCluster, homeFolder }] = await Promise.all([import('../../../postgres/connect.js'), import('../../../postgres/embedded/place.js')])
  return externalTarget(env) !== undefined || hasCluster(findPlace(homeFolder(settings.home, process.cwd())))
}

/** What the user keeps about an exchange. Looking at a calendar never makes an embedded server just to find nothing in it. */
async function readOverrides(context: Context, exchange: Exchange): Promise<CalendarOverride[]> {
  if (!(await mayHoldOverrides(context))) return []
  const { pool } = await context.database()
  return listOverrides(pool, exchange.code)
}

/** The calendar to look at, and what the user keeps of it. */
export async function openCalendar(
  context: Context,
  args: ArgsOf<typeof CALENDAR_FLAGS>,
): Promise<{ calendar: Calendar; overrides: CalendarOverride[] }> {
  const exchange = findExchange(args.exchange)
  const overrides = args['built-in'] ? [] : await readOverrides(context, exchange)
  return { calendar: createCalendar(exchange, overrides), overrides }
}
