import * as v from 'valibot'
import type { Findings } from '../features/quality/findings.js'
import type { Rule, Thresholds } from '../features/quality/rules/rule.js'
import { FINDING_STATES } from '../store/quality/findings.js'
import type { Finding } from '../store/quality/findings-list.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, date, id, instant, instantText } from './fields.js'

const finding = v.strictObject({
  finding: id,
  rule: v.string(),
  /** Null, as `symbol_id`: of the date as a whole. */
  symbol: v.nullable(v.string()),
  symbol_id: v.nullable(id),
  date,
  last_date: date,
  provider: v.nullable(v.string()),
  state: v.picklist(FINDING_STATES),
  /** By what it is explained. */
  cause: v.nullable(v.string()),
  /** The figures that say why; prices and volumes as they are stored. */
  details: v.record(v.string(), v.nullable(v.union([v.string(), v.number()]))),
  /** What a person said of it, and who. */
  reason: v.nullable(v.string()),
  explained_by: v.nullable(v.string()),
  found_at: instant,
  changed_at: instant,
})

/** `ohlcv quality findings`: what rules have found, the open ones first. */
export const QUALITY_FINDINGS = defineDocument('ohlcv.quality.findings/1', v.strictObject({
  total: count,
  counts: v.array(v.strictObject({ rule: v.string(), state: v.picklist(FINDING_STATES), findings: count })),
  findings: v.array(finding),
}))

/** `ohlcv quality explain` and `reopen`: the findings as they are now. */
export const QUALITY_EXPLAIN = defineDocument('ohlcv.quality.explain/1', v.strictObject({ findings: v.array(finding) }))

/** `ohlcv quality rules`: each rule, those that cost most first. */
export const QUALITY_RULES = defineDocument('ohlcv.quality.rules/1', v.strictObject({
  rules: v.array(v.strictObject({
    rule: v.string(),
    /** What it judges: a bar by those around it, a date as a whole, or what a query finds. */
    kind: v.picklist(['bar', 'date', 'query']),
    /** What a bar that fails it loses, in hundredths. */
    weight: count,
    meaning: v.string(),
    advice: v.string(),
    /** The settings that it is asked with, and what they are. */
    thresholds: v.record(v.string(), v.number()),
  })),
}))

function findingOf({ findingId, rule, symbol, symbolId, date: on, lastDate, provider, state, cause, details, reason, explainedBy, foundAt, changedAt }: Finding): v.InferInput<typeof finding> {
  return {
    finding: findingId, rule, symbol, symbol_id: symbolId, date: on, last_date: lastDate, provider, state, cause, details, reason, explained_by: explainedBy,
    found_at: instantText(foundAt), changed_at: instantText(changedAt),
  }
}

/** The document of findings. */
export function findingsDocument({ findings, counts }: Findings): DocumentOf<typeof QUALITY_FINDINGS> {
  return { total: counts.reduce((sum, { findings: found }) => sum + found, 0), counts: [...counts], findings: findings.map(findingOf) }
}

/** The document of findings that were explained. */
export function explainDocument(findings: readonly Finding[]): DocumentOf<typeof QUALITY_EXPLAIN> {
  return { findings: findings.map(findingOf) }
}

/** The document of the rules. @param settingOf what a threshold is called as a setting */
export function rulesDocument(rules: readonly Rule[], thresholds: Thresholds, settingOf: (threshold: string) => string): DocumentOf<typeof QUALITY_RULES> {
  return {
    rules: rules.toSorted((a, b) => b.weight - a.weight).map(({ name, kind, weight, meaning, advice, thresholds: names }) => ({
      rule: name, kind, weight, meaning, advice, thresholds: Object.fromEntries(names.map((setting) => [settingOf(setting), thresholds[setting]!])),
    })),
  }
}
