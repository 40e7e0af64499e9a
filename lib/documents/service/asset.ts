import * as v from 'valibot'
import type { AssetDetail } from '../../routines/summary/asset.js'
import type { GivenBars } from '../../store/service/asset-origins.js'
import { defineDocument, type DocumentOf } from '../document.js'
import { count, date, id } from '../fields.js'
import { listedAsset } from './assets.js'
import { interval, vendorState } from './parts.js'
import { asset, assetOf } from './summary.js'

/** Of the gaps of one length so many are told, the latest. */
const MOST_GAPS = 500

const given = { interval, provider: v.string(), bars: count, first: date, last: date }

/** Everything about one security. */
export const SERVICE_ASSET = defineDocument('ohlcv.service-asset/1', v.strictObject({
  ...listedAsset,
  /** What it was called when, the oldest first; null means without bound, and the last date is inclusive. */
  symbols: v.array(v.strictObject({ symbol: v.string(), from: v.nullable(date), to: v.nullable(date) })),
  /** Other securities that the symbol asked for has named. */
  other_securities: v.array(v.strictObject({ symbol_id: id, name: v.nullable(v.string()) })),
  /** Each length of its bars, as the summary tells of it. */
  intervals: v.array(asset),
  /** Sessions (weeks, months) on which a bar is owed and is not there, as stretches, the latest first. */
  gaps: v.array(v.strictObject({ interval, start: date, end: date, sessions: count })),
  /** Earlier ones, which are only counted. */
  gaps_left_out: count,
  /** Bars that providers gave where no file has spoken. */
  fills: v.array(v.strictObject(given)),
  /** What each provider gave of its days, weeks and months, whether or not that stands; and how it is doing. */
  providers: v.array(v.strictObject({ ...given, state: vendorState })),
  /** What rules of quality have found on its days and nobody has explained. */
  open_findings: count,
}))

function givenOf({ interval, provider, bars, first, last }: GivenBars): DocumentOf<typeof SERVICE_ASSET>['fills'][number] {
  return { interval, provider, bars, first, last }
}

/** The document of one security. */
export function serviceAssetDocument({ security, symbol, others, intervals, fills, beside, vendors, openFindings }: AssetDetail): DocumentOf<typeof SERVICE_ASSET> {
  const gaps = intervals.flatMap(({ interval, coverage }) => (coverage?.holes ?? []).toReversed().map(({ start, end, sessions }) => ({ interval, start, end, sessions })))
  const told = intervals.flatMap(({ interval }) => gaps.filter((gap) => gap.interval === interval).slice(0, MOST_GAPS))
  const states = new Map(vendors.map(({ provider, state }) => [provider, state]))
  const { symbolId, name, type, exchange, active, names } = security
  return {
    asset: symbol, symbol_id: symbolId, name, type, exchange, active, symbols: names,
    other_securities: others.map((other) => ({ symbol_id: other.symbolId, name: other.name })),
    intervals: intervals.map(assetOf), gaps: told, gaps_left_out: gaps.length - told.length,
    fills: fills.map(givenOf), providers: beside.map((bars) => ({ ...givenOf(bars), state: states.get(bars.provider) ?? 'unknown' })), open_findings: openFindings,
  }
}
