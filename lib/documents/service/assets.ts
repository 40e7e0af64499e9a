import * as v from 'valibot'
import type { FoundAsset } from '../../store/service/assets.js'
import { defineDocument, type DocumentOf } from '../document.js'
import { id } from '../fields.js'
import { nextCursor } from './paging.js'

/** What the universe knows of a security. */
export const listedAsset = {
  /** What it is called now, or was at last. */
  asset: v.string(),
  symbol_id: id,
  name: v.nullable(v.string()),
  type: v.nullable(v.string()),
  exchange: v.nullable(v.string()),
  /** Whether it still trades. */
  active: v.boolean(),
}

/** A security among all. */
export const listed = v.strictObject({
  ...listedAsset,
  /** Whether the summary tells of it. */
  watched: v.boolean(),
})

/** Securities of the universe, by symbol. */
export const SERVICE_ASSETS = defineDocument('ohlcv.service-assets/1', v.strictObject({ assets: v.array(listed), next_cursor: nextCursor }))

/** The document of a page of securities. */
export function serviceAssetsDocument(found: readonly FoundAsset[], watch: readonly string[], next: string | null): DocumentOf<typeof SERVICE_ASSETS> {
  const watched = new Set(watch)
  return {
    assets: found.map(({ symbol, symbolId, name, type, exchange, active }) => ({ asset: symbol, symbol_id: symbolId, name, type, exchange, active, watched: watched.has(symbol) })),
    next_cursor: next,
  }
}
