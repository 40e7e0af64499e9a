import * as v from 'valibot'
import type { PagedScore, ScoreTotal } from '../../store/quality/score-pages.js'
import type { Named } from '../../store/universe/security-named.js'
import { defineDocument } from '../document.js'
import { count, date, decimal, id, instant, instantText } from '../fields.js'
import { assetAsked, windowAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'

/** What is asked of `/quality`. */
export const QUALITY_QUERY = v.strictObject({ asset: v.optional(assetAsked), ...windowAsked, ...paging })

/** How good dates are, or (of an asset) the dates on which it lacks something to 1, as they were checked last; the latest first. Scores go from 0 to 1, cut after six digits. */
export const SERVICE_QUALITY = defineDocument('ohlcv.service-quality/1', v.strictObject({
  /** Null: the whole market. */
  asset: v.nullable(v.string()),
  symbol_id: v.nullable(id),
  /** Of all that was asked for, whatever the page: (expected - lost) / expected; null: nothing was checked. */
  score: v.nullable(decimal),
  /** Bars that are there, these and those that were expected and are not, and the sum of what their scores lack to 1. */
  bars: count,
  expected: count,
  lost: decimal,
  scores: v.array(v.strictObject({
    date,
    score: decimal,
    bars: count,
    expected: count,
    lost: decimal,
    /** How many bars fail which rule; `absent`: those that are not there. */
    failed: v.record(v.string(), count),
    checked_at: instant,
  })),
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof SERVICE_QUALITY.fields>

/** The document of scores. @param named null: of the whole market */
export function serviceQualityDocument(named: Named | null, { score, bars, expected, lost }: ScoreTotal, scores: readonly PagedScore[], next: string | null): Fields {
  return {
    asset: named?.symbol ?? null, symbol_id: named?.security.symbolId ?? null, score, bars, expected, lost,
    scores: scores.map(({ checkedAt, ...scored }) => ({ ...scored, checked_at: instantText(checkedAt) })),
    next_cursor: next,
  }
}
