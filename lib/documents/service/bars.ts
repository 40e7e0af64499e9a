import * as v from 'valibot'
import { BASES } from '../../domain/basis.js'
import type { Adjustment } from '../../store/bars/of-security.js'
import type { PagedBar } from '../../store/bars/page.js'
import { symbolOn, type Named } from '../../store/universe/security-named.js'
import { defineDocument } from '../document.js'
import { barValues, date, id } from '../fields.js'
import { assetAsked, intervalAsked, windowAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'
import { barTime, barTimeText, interval } from './parts.js'

/** What is asked of `/bars`. */
export const BARS_QUERY = v.strictObject({
  asset: assetAsked,
  interval: intervalAsked,
  ...windowAsked,
  /** What prices are adjusted for; only those of days can be. */
  adjusted: v.optional(v.picklist(BASES), 'none'),
  /** By what was known on this date, and no later bars; by all that is known up to the last bar unless told. */
  as_of: v.optional(date),
  /** The oldest first, or the latest. */
  order: v.optional(v.picklist(['asc', 'desc']), 'asc'),
  ...paging,
})

/** A stored bar. */
export const bar = v.strictObject({
  /** When it begins. */
  time: barTime,
  /** What the security was called then. */
  asset: v.nullable(v.string()),
  ...barValues,
  /** The load of a file that wrote it last; null for a bar of an answer. */
  load_id: v.nullable(id),
  /** The request of a provider that it came by; null for a bar of a file. */
  fetch_id: v.nullable(id),
  /** The provider of a fill: a bar where no file has spoken. */
  filled_by: v.nullable(v.string()),
  /** Whether it was not over when it was asked for. */
  partial: v.boolean(),
})

/** The stored bars of a security. */
export const SERVICE_BARS = defineDocument('ohlcv.service-bars/1', v.strictObject({
  /** What the security is called now, or was at last. */
  asset: v.string(),
  symbol_id: id,
  name: v.nullable(v.string()),
  interval,
  basis: v.picklist(BASES),
  as_of: v.nullable(date),
  bars: v.array(bar),
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof SERVICE_BARS.fields>

/** The document of a page of bars. */
export function serviceBarsDocument({ symbol, security }: Named, of: Pick<Fields, 'interval'> & Adjustment, bars: readonly PagedBar[], next: string | null): Fields {
  return {
    asset: symbol, symbol_id: security.symbolId, name: security.name, interval: of.interval, basis: of.basis, as_of: of.asOf,
    bars: bars.map((bar) => ({
      time: barTimeText(bar.time), asset: symbolOn(security, bar.date), open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume, transactions: bar.transactions,
      load_id: bar.loadId, fetch_id: bar.fetchId, filled_by: bar.filledBy, partial: bar.partial,
    })),
    next_cursor: next,
  }
}
