import * as v from 'valibot'
import type { Filled, FillPlan } from '../routines/fill-gaps.js'
import type { Mending } from '../routines/gaps/settle.js'
import { OUTCOMES } from '../domain/outcome.js'
import { count, date, id } from './fields.js'

const dates = { start: date, end: date }

const mending = v.strictObject({
  /** Null: of the dates as a whole. */
  symbol: v.nullable(v.string()),
  symbol_id: v.nullable(id),
  ...dates,
  sessions: count,
  action: v.string(),
  provider: v.nullable(v.string()),
  /** What became of it, in words. */
  message: v.nullable(v.string()),
})

/** What filling has done, or would do. */
export const fillFields = v.strictObject({
  dry_run: v.boolean(),
  /** Null in a dry run, of which no record is kept. */
  run_id: v.nullable(id),
  lacking_before: v.nullable(count),
  /** Dates whose files were asked again and how each ended, or in a dry run the dates that would be; null where there is no source of them. */
  files: v.nullable(v.array(v.strictObject({ ...dates, outcome: v.nullable(v.picklist(OUTCOMES)), code: v.nullable(v.string()), message: v.nullable(v.string()) }))),
  /** What providers were or would be asked for; symbols null: all of the dates. */
  asked: v.array(v.strictObject({ ...dates, symbols: v.nullable(count) })),
  /** Why providers were not asked. */
  left_out: v.nullable(v.string()),
  /** What could not be asked, and why. */
  faults: v.array(v.strictObject({ symbol: v.nullable(v.string()), ...dates, code: v.string(), message: v.string() })),
  filled: v.array(mending),
  /** What no source had; closed: it is not asked for again for a month. */
  in_vain: v.array(v.strictObject({ ...mending.entries, closed: v.boolean() })),
})

/** What there is to tell of filling. */
export type FillGiven = { filled: Filled } | { plan: FillPlan }

function mendingData({ security, dates, sessions, action, provider, message }: Mending): v.InferInput<typeof mending> {
  return { symbol: security?.symbol ?? null, symbol_id: security?.symbolId ?? null, ...dates, sessions, action, provider, message }
}

/** The same as a document has it. */
export function fillData(given: FillGiven): v.InferInput<typeof fillFields> {
  if ('plan' in given) {
    const { before, files, leftOut, providers } = given.plan
    const planned = [...providers.whole.map((range) => ({ ...range, symbols: null })), ...providers.some.map(({ dates: range, symbolIds }) => ({ ...range, symbols: symbolIds.length }))]
    return {
      dry_run: true, run_id: null, lacking_before: before.lacking, files: files && files.map((range) => ({ ...range, outcome: null, code: null, message: null })),
      asked: leftOut === null ? planned : [], left_out: leftOut, faults: [], filled: [], in_vain: [],
    }
  }
  const { runId, before, files, providers, filled, failed } = given.filled
  return {
    dry_run: false, run_id: runId, lacking_before: before.lacking,
    files: files.provider === null && files.days.size === 0 ? null : [...files.days.values()].map(({ date: day, outcome, code, message }) => ({ start: day, end: day, outcome, code, message })),
    asked: providers.asked.map(({ dates: range, symbols }) => ({ ...range, symbols })), left_out: providers.leftOut,
    faults: providers.faults.map(({ symbol, dates: range, code, message }) => ({ symbol, ...range, code, message })),
    filled: filled.map(mendingData), in_vain: failed.map((each) => ({ ...mendingData(each), closed: each.state === 'closed' })),
  }
}
