import { isIsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** A date (the beginning of it, UTC), or an instant with its zone. */
const FORM = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/

/** An instant as it is typed; an invalid one where the date is none that there is. */
const instantOf = (text: string): Date => new Date(FORM.test(text) && isIsoDate(text.slice(0, 10)) ? text : Number.NaN)

/** When something is to end: at an instant, or so long from now. @throws UsageError UNTIL_INVALID, UNTIL_CONFLICT */
export function readUntil(until: string | undefined, lasting: string | undefined, now: Date): Date {
  const hint = 'for example --for 2h, --for 3d, --until 2026-12-01 or --until 2026-12-01T09:30-05:00'
  if ((until === undefined) === (lasting === undefined)) throw new UsageError('UNTIL_CONFLICT', 'it has to be said once when it ends: with --until or with --for', { hint })
  const [, many = '', unit = 'h'] = /^(\d{1,4})([mhd])$/.exec(lasting ?? '') ?? []
  const given = lasting === undefined ? instantOf(until!) : new Date(many === '' ? Number.NaN : now.getTime() + Number(many) * UNIT_MS[unit as keyof typeof UNIT_MS])
  if (Number.isNaN(given.getTime())) throw new UsageError('UNTIL_INVALID', lasting === undefined ? `--until must be a date or an instant with its zone, not ${JSON.stringify(until)}` : `--for must be minutes, hours or days, not ${JSON.stringify(lasting)}`, { hint })
  return given
}
