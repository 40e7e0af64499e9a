import * as v from 'valibot'
import { BASES } from '../domain/basis.js'
import type { Adjustment, StoredBar } from '../store/bars/of-security.js'
import type { Security } from '../store/universe/symbols.js'
import { defineDocument } from './document.js'
import { barValues, date, id } from './fields.js'

/** What a security was called when; null means without bound, and the last date is inclusive. */
const symbols = v.array(v.strictObject({ symbol: v.string(), from: v.nullable(date), to: v.nullable(date) }))

const security = { symbol_id: id, name: v.nullable(v.string()), symbols }

/** `ohlcv bars`: the stored daily bars of a security. */
export const BARS = defineDocument('ohlcv.bars/1', v.strictObject({
  /** What it is called now, or was at last. */
  symbol: v.string(),
  ...security,
  /** Others that the symbol asked for has named. */
  other_securities: v.array(v.strictObject(security)),
  /** What prices are adjusted for. */
  basis: v.picklist(BASES),
  /** By what was known then; null: by all that is known up to the last bar. */
  as_of: v.nullable(date),
  /** The oldest first, each with what the security was called then. */
  bars: v.array(v.strictObject({
    date,
    symbol: v.nullable(v.string()),
    ...barValues,
    /** Null for a fill. */
    load_id: v.nullable(id),
    /** The provider that gave the bar where no file has spoken; null for a bar of a file. */
    filled_by: v.nullable(v.string()),
  })),
}))

type BarFields = v.InferInput<typeof BARS.fields>

/** A bar with what its security was called then. */
export interface NamedBar extends StoredBar {
  symbol: string | null
}

function securityOf({ symbolId, name, names }: Security): BarFields['other_securities'][number] {
  return { symbol_id: symbolId, name, symbols: names }
}

/** The document of a security's bars. */
export function barsDocument(named: { symbol: string; security: Security; others: readonly Security[] }, bars: readonly NamedBar[], { basis, asOf }: Adjustment): BarFields {
  return {
    symbol: named.symbol,
    ...securityOf(named.security),
    other_securities: named.others.map(securityOf),
    basis,
    as_of: asOf,
    bars: bars.map(({ loadId, filledBy, ...bar }) => ({ ...bar, load_id: loadId, filled_by: filledBy })),
  }
}
