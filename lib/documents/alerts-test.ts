import * as v from 'valibot'
import { CHANNEL_NAMES } from '../features/alerts/channel.js'
import type { TestedChannel } from '../features/alerts/test-channels.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count } from './fields.js'

/** `ohlcv alerts test`: what each channel answered. */
export const ALERTS_TEST = defineDocument('ohlcv.alerts.test/1', v.strictObject({
  channels: v.array(v.strictObject({
    channel: v.picklist(CHANNEL_NAMES),
    /** Whether the other side took it. */
    sent: v.boolean(),
    /** How, in a few words; null where it did not. */
    answer: v.nullable(v.string()),
    /** Why not: by its code, in words, and what to do; null where it did. */
    code: v.nullable(v.string()),
    message: v.nullable(v.string()),
    hint: v.nullable(v.string()),
    milliseconds: count,
  })),
}))

/** The document of a test. */
export function alertsTestDocument(tested: readonly TestedChannel[]): DocumentOf<typeof ALERTS_TEST> {
  return {
    channels: tested.map(({ channel, answer, failure, milliseconds }) => ({
      channel, sent: failure === null, answer, code: failure && failure.code, message: failure && failure.message, hint: failure?.hint ?? null, milliseconds,
    })),
  }
}
