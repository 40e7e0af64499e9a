import * as v from 'valibot'
import type { OriginRange } from '../../features/lineage/lineage.js'
import { ORIGIN_KINDS } from '../../store/bars/origins.js'
import type { Named } from '../../store/universe/security-named.js'
import { defineDocument } from '../document.js'
import { count, date, id, instant, instantOrNull } from '../fields.js'
import { assetAsked, intervalAsked } from './asked.js'
import { interval } from './parts.js'

/** What is asked of `/lineage`. */
export const LINEAGE_QUERY = v.strictObject({
  asset: assetAsked,
  start: date,
  end: date,
  interval: intervalAsked,
})

const source = v.strictObject({
  /** Dates one after the other that it has bars of; a file has one. */
  start: date,
  end: date,
  bars: count,
  /** By which load of a day file, or by which request: one of the two. */
  load_id: v.nullable(id),
  fetch_id: v.nullable(id),
  /** Of the file's bytes as they came, or of all bytes of the answer. */
  sha256: v.nullable(v.string()),
  pulled_at: v.nullable(instant),
  /** The file's key at its source; told to those only who hold a token. */
  object_key: v.nullable(v.string()),
})

/** Bars of one provider that came in one way, on dates one after the other. */
export const range = v.strictObject({
  start: date,
  end: date,
  /** Whole day files; loads of selected symbols of such; fills: a provider's answers where no file has spoken; answers, of a length that files do not have; or unknown: written by nothing that is written down. */
  kind: v.picklist(ORIGIN_KINDS),
  provider: v.nullable(v.string()),
  /** The kind of file. */
  dataset: v.nullable(v.string()),
  /** Sessions, weeks or months. */
  dates: count,
  bars: count,
  /** The loads and requests that the bars stand on, by date. */
  sources: v.array(source),
})

/**
 * Where every bar of a security came from. A range is bars of one provider that came in one way, on dates one after the other: it ends where a session of the calendar (week, month) has no such bar.
 * Ranges follow by their first date; one date is in two of them where bars of it came in two ways.
 */
export const LINEAGE = defineDocument('ohlcv.lineage/1', v.strictObject({
  /** What the security is called now, or was at last. */
  asset: v.string(),
  symbol_id: id,
  interval,
  start: date,
  end: date,
  bars: count,
  ranges: v.array(range),
}))

type Fields = v.InferInput<typeof LINEAGE.fields>

/** The document of where bars came from. @param tellsKeys whether keys of files are told */
export function lineageDocument({ symbol, security }: Named, asked: Pick<Fields, 'interval' | 'start' | 'end'>, ranges: readonly OriginRange[], tellsKeys: boolean): Fields {
  return {
    asset: symbol, symbol_id: security.symbolId, interval: asked.interval, start: asked.start, end: asked.end,
    bars: ranges.reduce((sum, { bars }) => sum + bars, 0),
    ranges: ranges.map(({ sources, ...range }) => ({
      ...range,
      sources: sources.map(({ start, end, bars, loadId, fetchId, sha256, pulledAt, objectKey }) => ({
        start, end, bars, load_id: loadId, fetch_id: fetchId, sha256, pulled_at: instantOrNull(pulledAt), object_key: tellsKeys ? objectKey : null,
      })),
    })),
  }
}
