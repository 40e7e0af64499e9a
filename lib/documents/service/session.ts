import * as v from 'valibot'
import { defineDocument } from '../document.js'

/** Who asks, as the service sees it, and what it lets them do. */
export const SESSION = defineDocument('ohlcv.session/1', v.strictObject({
  access: v.picklist(['everybody', 'reader', 'admin']),
  /** Who an administrator is. */
  name: v.nullable(v.string()),
  /** Whether there are administrators here at all. */
  acting: v.boolean(),
}))
