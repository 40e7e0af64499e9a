import * as v from 'valibot'
import { defineDocument } from './document.js'
import { id } from './fields.js'

/** `ohlcv act`: what was taken on, and whether it had been already. */
export const ACT = defineDocument('ohlcv.act/1', v.strictObject({ action_id: id, existing: v.boolean() }))
