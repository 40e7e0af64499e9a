import * as v from 'valibot'
import type { OriginRange } from '../../features/lineage/lineage.js'
import { ORIGIN_KINDS } from '../../store/bars/origins.js'
import type { Named } from '../../store/universe/security-named.js'
import { defineDocument } from '../document.js'
import { count, date, id, instant, instantOrNull } from '../fields.js'
import { assetAsked, intervalAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'
import { interval } from './parts.js'

/** What is asked of `/lineage`. */
export const LINEAGE_QUERY = v.strictObject({
  asset: assetAsked,
  start: date,
  end: date,
  interval: intervalAsked,
  /** How many sources are told at once, over all ranges. */
  ...paging,
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
  /** How many loads and requests the bars stand on, and those of them that are of this page, by date. */
  sources_total: count,
  sources: v.array(source),
})

/**
 * Where every bar of a security came from. A range is bars of one provider that came in one way, on dates one after the other: it ends where a session of the calendar (week, month) has no such bar.
 * Ranges follow by their first date; one date is in two of them where bars of it came in two ways. A page has so many sources and the ranges they are of: one that goes on is told whole in each.
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
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof LINEAGE.fields>

/** Which bars are told of: all of the window, and of a page of their ranges. */
export interface LineagePage {
  bars: number
  /** With how many sources each has over all pages. */
  ranges: readonly (OriginRange & { sourcesTotal: number })[]
  next: string | null
}

/** The document of where bars came from. @param tellsKeys whether keys of files are told */
export function lineageDocument({ symbol, security }: Named, asked: Pick<Fields, 'interval' | 'start' | 'end'>, { bars, ranges, next }: LineagePage, tellsKeys: boolean): Fields {
  return {
    asset: symbol, symbol_id: security.symbolId, interval: asked.interval, start: asked.start, end: asked.end, bars,
    ranges: ranges.map(({ sources, sourcesTotal, ...range }) => ({
      ...range, sources_total: sourcesTotal,
      sources: sources.map(({ start, end, bars, loadId, fetchId, sha256, pulledAt, objectKey }) => ({
        start, end, bars, load_id: loadId, fetch_id: fetchId, sha256, pulled_at: instantOrNull(pulledAt), object_key: tellsKeys ? objectKey : null,
      })),
    })),
    next_cursor: next,
  }
}
