import * as v from 'valibot'
import { date } from '../fields.js'
import { interval } from './parts.js'

// Fields by which the service is asked, in the same words wherever they stand.

/** A symbol, as the exchange writes it: the security that it names, or named last. */
export const assetAsked = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,32}$/, 'must be a symbol'))

/** Length of the bars; those of days unless told. */
export const intervalAsked = v.optional(interval, 'day')

/** Length of the bars that files have. */
export const fileInterval = v.optional(v.picklist(['day', 'minute']), 'day')

/** A word of a list of ours that may grow: the name of a rule or a command. */
export const wordAsked = v.pipe(v.string(), v.regex(/^[\w -]{1,64}$/, 'must be a name'))

/** The first and the last date; without one there is no bound. */
export const windowAsked = { start: v.optional(date), end: v.optional(date) }
