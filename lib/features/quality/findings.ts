import { findingCounts, findings, type Finding, type FindingCount } from '../../store/quality/findings-list.js'
import { securitiesCalled } from '../../store/universe/securities-called.js'
import { UsageError } from '../../domain/errors.js'
import type { Runtime } from '../runs/runtime.js'
import type { FindingsRequest } from './request.js'
import { RULES } from './rules/rules.js'

/** What rules have found. */
export interface Findings {
  /** The open ones first, those of the rules that weigh most before others, then the latest. */
  findings: Finding[]
  /** How many there are in all, by rule and state. */
  counts: FindingCount[]
}

/** The rules by what they cost, the dearest first. */
export const RULE_NAMES: readonly string[] = RULES.toSorted((a, b) => b.weight - a.weight).map(({ name }) => name)

/** Findings, as far as the limit goes. @throws UsageError RULE_UNKNOWN, SYMBOL_UNKNOWN */
export async function listFindings({ db: { pool } }: Runtime, { states, rule, symbols, start, end, limit }: FindingsRequest): Promise<Findings> {
  if (rule !== null && !RULE_NAMES.includes(rule)) throw new UsageError('RULE_UNKNOWN', `there is no rule ${JSON.stringify(rule)}`, { hint: `there are ${RULE_NAMES.join(', ')}` })
  const filter = { ids: null, states, rule, symbolIds: symbols === 'all' ? null : await securitiesCalled(pool, symbols, null), start, end }
  return { findings: await findings(pool, filter, RULE_NAMES, limit), counts: await findingCounts(pool, filter) }
}
