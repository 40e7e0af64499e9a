import * as v from 'valibot'
import { defineDocument } from './document.js'

/** What a document has in place of its own fields when the command failed. */
export const failure = v.strictObject({
  error: v.strictObject({
    /** Stable; docs/ERRORS.md lists all. */
    code: v.string(),
    message: v.string(),
    /** What to do. */
    hint: v.nullable(v.string()),
  }),
})

export type Failure = v.InferInput<typeof failure>

/** That a command line could not be understood: there is no command whose document it could be. */
export const USAGE = defineDocument('ohlcv.usage/1', failure)
