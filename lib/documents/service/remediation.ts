import * as v from 'valibot'
import { REMEDIATION_KINDS, REMEDIATION_STATES, type ListedRemediation, type RemediationCount } from '../../store/quality/remediations.js'
import { defineDocument } from '../document.js'
import { count, instantText } from '../fields.js'
import { remediationFields, remediationWords } from '../remediation.js'
import { assetAsked, windowAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'
import { interval } from './parts.js'

/** What is asked of `/status/remediation`. */
export const REMEDIATION_QUERY = v.strictObject({
  asset: v.optional(assetAsked),
  interval: v.optional(interval),
  kind: v.optional(v.picklist(REMEDIATION_KINDS)),
  state: v.optional(v.picklist(REMEDIATION_STATES)),
  ...windowAsked,
  ...paging,
})

/** What was wrong, and what was done about it. */
export const entry = v.strictObject({
  ...remediationFields,
  /** Length of the bars; null: of no length in particular. */
  interval: v.nullable(interval),
  /** The security, as it was called; null: whole dates. */
  asset: v.nullable(v.string()),
})

/** What was wrong with the data and what was done about it, the latest first; without the words of whoever failed at it. */
export const SERVICE_REMEDIATION = defineDocument('ohlcv.service-remediation/1', v.strictObject({
  /** All that was asked for, by kind and how it ended, whatever the page. */
  summary: v.array(v.strictObject({ kind: v.picklist(REMEDIATION_KINDS), state: v.picklist(REMEDIATION_STATES), entries: count })),
  remediations: v.array(entry),
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof SERVICE_REMEDIATION.fields>

/** What a person said of a finding, and who that was. */
const SAID: ReadonlySet<string> = new Set(['reason', 'explained_by'])

/** Figures without what somebody said. */
function figuresOnly(kept: unknown): unknown {
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return kept
  return Object.fromEntries(Object.entries(kept).filter(([name]) => !SAID.has(name)))
}

function entryOf(mending: ListedRemediation): Fields['remediations'][number] {
  const { remediationId, kind, timespan, symbol, symbolId, start, end, provider, action, state, occurrences, runId, command, beganAt, endedAt } = mending
  return {
    remediation_id: remediationId, kind, interval: timespan, asset: symbol, symbol_id: symbolId, start, end, provider, action, state, occurrences, run_id: runId, command,
    began_at: instantText(beganAt), ended_at: instantText(endedAt),
    ...remediationWords({ ...mending, before: figuresOnly(mending.before), after: figuresOnly(mending.after), message: null }),
  }
}

/** The document of mendings. */
export function serviceRemediationDocument(counts: readonly RemediationCount[], mendings: readonly ListedRemediation[], next: string | null): Fields {
  return { summary: counts.map((counted) => ({ ...counted })), remediations: mendings.map(entryOf), next_cursor: next }
}
