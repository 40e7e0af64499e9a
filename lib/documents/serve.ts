import * as v from 'valibot'
import { defineDocument } from './document.js'
import { count } from './fields.js'

/** `ohlcv serve`, once it has ended: where it was to be had, and what it answered. */
export const SERVE = defineDocument('ohlcv.serve/1', v.strictObject({ url: v.string(), requests: count }))
