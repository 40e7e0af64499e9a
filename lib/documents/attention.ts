import * as v from 'valibot'
import { ATTENTION_KINDS, type Attention, type Cause } from '../features/status/attention.js'
import { commandOf } from './commands.js'
import { count, date } from './fields.js'
import { percentText } from './figures.js'

/** Consecutive dates that need attention for the same cause. */
export const attention = v.strictObject({
  kind: v.picklist(ATTENTION_KINDS),
  /** Whether it is only something to look at. */
  finding: v.boolean(),
  start: date,
  end: date,
  dates: count,
  /** What happened, in a few words. */
  what: v.string(),
  /** The command that mends it, or shows more where a person must judge. */
  command: v.string(),
})

export type AttentionFields = v.InferInput<typeof attention>

/** What codes mean that dates end with most often; docs/ERRORS.md has all of them. */
const MEANINGS: Readonly<Partial<Record<string, string>>> = {
  SOURCE_GZIP_TRUNCATED: 'the file is cut short', SOURCE_GZIP_CORRUPT: 'the file is damaged', SOURCE_TRAILING_BYTES: 'the file is damaged', SOURCE_EMPTY: 'the file is empty', SOURCE_NO_ROWS: 'the file has no rows',
  SOURCE_NOT_CSV: 'the file is something else', SOURCE_WRONG_HEADER: 'the file lacks columns', SOURCE_NETWORK: 'the source could not be reached', SOURCE_UNREACHABLE: 'the source could not be reached',
  SOURCE_FORBIDDEN: 'the source does not give the file', TOO_MANY_REJECTED: 'it would reject too many rows', TOO_MANY_REMOVED: 'it would take too many bars away',
}

function ending({ outcome, code }: { outcome: string; code: string | null }): string {
  if (code === null) return outcome
  const meaning = MEANINGS[code]
  return `${outcome} ${code}${meaning === undefined ? '' : `: ${meaning}`}`
}

function whatOf(cause: Cause): string {
  switch (cause.kind) {
    case 'failed': return ending(cause)
    case 'refused': return `loaded, but the last attempt ended ${ending(cause)}`
    case 'missing': return 'the source has no file'
    case 'not_loaded': return 'not loaded since due'
    case 'stale': return 'the file gives other bars now, because symbols have changed'
    case 'dropped': return `${cause.bars} ${cause.bars === 1 ? 'bar' : 'bars'} dropped by a change of symbols`
    case 'thin': return `thin: ${cause.rowCount} bars, ${Math.floor(cause.coverage)} % of the usual`
    case 'unknown': return `unknown symbols in ${percentText(cause.share)} of the rows, usually ${percentText(cause.usual)}: import or discover them`
    case 'closed_day_file':
  }
  return `a file for a closed day${cause.reason === null ? '' : ` (${cause.reason})`}`
}

/** The same as a document has it. */
export function attentionFields({ cause, finding, start, end, dates, remedy }: Attention): AttentionFields {
  return { kind: cause.kind, finding, start, end, dates, what: whatOf(cause), command: commandOf(remedy) }
}
