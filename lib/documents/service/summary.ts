import * as v from 'valibot'
import { DAY_STATES, type DayState } from '../../features/status/day-state.js'
import { attention } from '../attention.js'
import { defineDocument } from '../document.js'
import { count, date, id, instant, percent } from '../fields.js'
import { dataset } from '../ledger-fields.js'
import { alert, barTime, interval, vendorState } from './parts.js'

/**
 * How each date stands, a letter a date: of a loaded one whether it has the usual number of bars (`L`), less (`l`), or far less (`t`, thin).
 * A blank is a date of which there is nothing to say: a weekend.
 */
export const DATE_LETTERS = { L: 'loaded', l: 'loaded', t: 'loaded', s: 'stale', h: 'holiday', p: 'not_published', M: 'missing', F: 'failed', n: 'not_loaded' } as const satisfies Record<string, DayState>

/** How one kind of bars stands as a whole. */
const whole = v.strictObject({
  dataset,
  interval,
  totals: v.strictObject(Object.fromEntries(DAY_STATES.map((state) => [state, count])) as Record<DayState, typeof count>),
  /** The first and the latest loaded session. */
  first_loaded: v.nullable(date),
  latest_loaded: v.nullable(date),
  /** Loaded sessions in percent of those owed since the first. */
  coverage: v.nullable(percent),
  /** Since when the oldest session owed of late is due, in minutes; 0: nothing is owed; null: nothing was ever loaded. */
  lag_minutes: v.nullable(count),
  /** Whether that is more than is put up with. */
  stale: v.boolean(),
  /** The next file that is to come, and when it is due. */
  next_due: v.nullable(v.strictObject({ date, at: instant })),
  open_findings: v.nullable(count),
  /** Mean score of its latest dates, from 0 to 1. */
  quality: v.nullable(v.number()),
  /** How each date stands, from `start` on, a letter a date: see `letters` of the document. */
  calendar: v.nullable(v.strictObject({ start: date, states: v.string() })),
})

/** One security's bars of one length. */
const asset = v.strictObject({
  asset: v.string(),
  /** Null: the universe does not know it. */
  symbol_id: v.nullable(id),
  name: v.nullable(v.string()),
  type: v.nullable(v.string()),
  interval,
  /** Its first bar and its latest. */
  first: v.nullable(barTime),
  latest: v.nullable(barTime),
  /** Sessions with a bar, sessions between its first bar and the latest session owed, and the one in percent of the other. */
  sessions: count,
  expected: count,
  coverage: v.nullable(percent),
  /** Sessions among those without a bar, and how many stretches they are. */
  gap_sessions: count,
  gaps: count,
  lag_minutes: v.nullable(count),
  stale: v.boolean(),
  /** Mean score of its latest sessions, from 0 to 1. */
  quality: v.nullable(v.number()),
  /** Who its latest bar came from, and how that provider is doing. */
  vendor: v.nullable(v.strictObject({ provider: v.string(), state: vendorState })),
  /** The latest date it has a bar on, with the checksum of that date as a whole. */
  checksum: v.nullable(v.strictObject({ date, value: v.string() })),
  last_alert: v.nullable(alert),
})

/** What there is, how fresh, how good and from where: all that the page needs at once. */
export const SUMMARY = defineDocument('ohlcv.summary/1', v.strictObject({
  /** When all this was so. */
  as_of: instant,
  /** In a sentence: whether everything is current, and what that hangs on. */
  verdict: v.strictObject({ state: v.picklist(['current', 'attention', 'stale', 'empty']), text: v.string() }),
  /** What needs a person, the worst first, with the dataset it is about; the rest of many is only counted. */
  attention: v.array(v.strictObject({ dataset, ...attention.entries })),
  attention_left_out: count,
  /** When something last looked whether all is well, and whether that is too long ago; null: nothing ever did. */
  checker: v.strictObject({ checked_at: v.nullable(instant), late: v.boolean() }),
  /** What the letters of calendars mean. */
  letters: v.record(v.picklist(Object.keys(DATE_LETTERS) as (keyof typeof DATE_LETTERS)[]), v.picklist(DAY_STATES)),
  datasets: v.array(whole),
  assets: v.array(asset),
  vendors: v.array(v.strictObject({
    provider: v.string(), state: vendorState, code: v.nullable(v.string()), checked_at: v.nullable(instant), changed_at: v.nullable(instant), valid_until: v.nullable(instant),
  })),
  alerts: v.strictObject({ open: count, last: v.nullable(alert) }),
  /** What runs now: of how many dates or symbols it has done how many, where that is known. */
  running: v.array(v.strictObject({ run_id: id, command: v.string(), started_at: instant, done: count, planned: v.nullable(count) })),
}))
