import * as v from 'valibot'
import { RULE_NAMES } from '../../features/quality/findings.js'
import { FINDING_STATES } from '../../store/quality/findings.js'
import type { Finding, FindingCount } from '../../store/quality/findings-list.js'
import { defineDocument } from '../document.js'
import { count, date, id, instant, instantText } from '../fields.js'
import { assetAsked, windowAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'

/** What is asked of `/quality/findings`. */
export const FINDINGS_QUERY = v.strictObject({ asset: v.optional(assetAsked), rule: v.optional(v.picklist(RULE_NAMES)), state: v.optional(v.picklist([...FINDING_STATES, 'all']), 'open'), ...windowAsked, ...paging })

/** What rules have found, the latest first; without who explained it. */
export const SERVICE_FINDINGS = defineDocument('ohlcv.service-findings/1', v.strictObject({
  /** All that was asked for, by rule and state, whatever the page. */
  counts: v.array(v.strictObject({ rule: v.string(), state: v.picklist(FINDING_STATES), findings: count })),
  findings: v.array(v.strictObject({
    finding_id: id,
    rule: v.string(),
    /** What the security was called; null, as `symbol_id`: of the date as a whole. */
    asset: v.nullable(v.string()),
    symbol_id: v.nullable(id),
    start: date,
    end: date,
    provider: v.nullable(v.string()),
    /** A person should look; its cause says why it is no fault; or the data is not so any more. */
    state: v.picklist(FINDING_STATES),
    cause: v.nullable(v.string()),
    /** The figures that say why; prices and volumes as they are stored. */
    details: v.record(v.string(), v.nullable(v.union([v.string(), v.number()]))),
    /** What was said of it. */
    reason: v.nullable(v.string()),
    found_at: instant,
    changed_at: instant,
  })),
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof SERVICE_FINDINGS.fields>

function findingOf({ findingId, rule, symbol, symbolId, date: start, lastDate: end, provider, state, cause, details, reason, foundAt, changedAt }: Finding): Fields['findings'][number] {
  return { finding_id: findingId, rule, asset: symbol, symbol_id: symbolId, start, end, provider, state, cause, details, reason, found_at: instantText(foundAt), changed_at: instantText(changedAt) }
}

/** The document of findings. */
export function serviceFindingsDocument(counts: readonly FindingCount[], findings: readonly Finding[], next: string | null): Fields {
  return { counts: [...counts], findings: findings.map(findingOf), next_cursor: next }
}
