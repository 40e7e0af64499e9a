import * as v from 'valibot'
import { DIVIDEND_KINDS } from '../domain/action.js'
import type { IsoDate } from '../domain/dates.js'
import { CONFLICT_KINDS } from '../features/actions/conflicts.js'
import { totalsOf, type ActionsResult } from '../features/actions/fetch.js'
import type { ActionList } from '../features/actions/list.js'
import { ACTION_STATUSES } from '../store/actions/fetches.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, date, decimal, id } from './fields.js'

/** What became of the rows of sources. */
const changes = { inserted: count, updated: count, unchanged: count, removed: count }

/** What every row of a source has; `symbol`: as the security was called on the date. */
const told = { symbol: v.string(), symbol_id: id, ex_date: date, source: v.string(), known_since: date, applied: v.boolean() }

/** `ohlcv actions`: splits and dividends as each source tells them, and where they contradict each other. */
export const ACTIONS = defineDocument('ohlcv.actions/1', v.strictObject({
  /** Of `from` old shares `to` new ones. */
  splits: v.array(v.strictObject({
    ...told,
    from: decimal,
    to: decimal,
    /** Whether it is a ratio that splits have. */
    usual: v.boolean(),
    /** What a person has decided; null where nobody has. */
    ruling: v.nullable(v.boolean()),
  })),
  /** For one share as there were on the date, unadjusted. */
  dividends: v.array(v.strictObject({
    ...told,
    kind: v.picklist(DIVIDEND_KINDS),
    amount: decimal,
    currency: v.nullable(v.string()),
    declared_on: v.nullable(date),
    recorded_on: v.nullable(date),
    paid_on: v.nullable(date),
  })),
  conflicts: v.array(v.strictObject({
    kind: v.picklist(CONFLICT_KINDS),
    action: v.picklist(['split', 'dividend']),
    symbol: v.string(),
    symbol_id: id,
    ex_date: date,
    /** Null where the source tells nothing of it. */
    sayings: v.array(v.strictObject({ source: v.string(), ex_date: date, value: v.nullable(v.string()) })),
  })),
}))

/** `ohlcv actions fetch`: what was asked for, and what came of it. */
export const ACTIONS_FETCH = defineDocument('ohlcv.actions.fetch/1', v.strictObject({
  run: id,
  /** `symbols` null: every active security. */
  parameters: v.strictObject({ start: date, end: date, symbols: v.nullable(v.array(v.string())), symbol_count: count, providers: v.array(v.string()) }),
  totals: v.strictObject({ ...changes, splits: count, dividends: count, requests: count, failed: count }),
  sources: v.array(v.strictObject({
    source: v.string(),
    /** Symbols that it has no name for, and was not asked about. */
    nameless: count,
    /** Symbols that were not come to. */
    not_reached: count,
    /** Why nothing else was asked of it. */
    stopped: v.nullable(v.strictObject({ code: v.string(), message: v.string() })),
  })),
  /** Symbols that name no security on these dates. */
  unnamed: v.array(v.string()),
  results: v.array(v.strictObject({
    symbol: v.string(),
    source: v.string(),
    status: v.picklist(ACTION_STATUSES),
    code: v.nullable(v.string()),
    message: v.nullable(v.string()),
    splits: count,
    dividends: count,
    ...changes,
    requests: count,
  })),
}))

/** `ohlcv actions apply` and `ignore`: what was decided of a split. */
export const ACTIONS_RULE = defineDocument('ohlcv.actions.rule/1', v.strictObject({ symbol: v.string(), symbol_id: id, ex_date: date, applies: v.boolean() }))

/** The document of what is known of splits and dividends. */
export function actionsDocument({ splits, dividends, conflicts }: ActionList): DocumentOf<typeof ACTIONS> {
  return {
    splits: splits.map(({ symbolId, exDate, knownSince, ...split }) => ({ ...split, symbol_id: symbolId, ex_date: exDate, known_since: knownSince })),
    dividends: dividends.map(({ symbolId, exDate, knownSince, declaredOn, recordedOn, paidOn, ...dividend }) => ({
      ...dividend, symbol_id: symbolId, ex_date: exDate, known_since: knownSince, declared_on: declaredOn, recorded_on: recordedOn, paid_on: paidOn,
    })),
    conflicts: conflicts.map(({ symbolId, exDate, sayings, ...conflict }) => ({
      ...conflict, symbol_id: symbolId, ex_date: exDate, sayings: sayings.map(({ source, exDate: said, value }) => ({ source, ex_date: said, value })),
    })),
  }
}

/** The document of a fetch of them. */
export function actionsFetchDocument(result: ActionsResult): DocumentOf<typeof ACTIONS_FETCH> {
  const { runId, parameters, sources, unnamed, results } = result
  return {
    run: runId,
    parameters,
    totals: totalsOf(result),
    sources: sources.map(({ source, nameless, notReached, stopped }) => ({ source, nameless, not_reached: notReached, stopped: stopped && { code: stopped.code, message: stopped.message } })),
    unnamed,
    results: results.map(({ counts, ...asked }) => ({ ...asked, ...counts })),
  }
}

/** The document of a decision. */
export function ruleDocument(symbol: string, symbolId: number, exDate: IsoDate, applies: boolean): DocumentOf<typeof ACTIONS_RULE> {
  return { symbol, symbol_id: symbolId, ex_date: exDate, applies }
}
