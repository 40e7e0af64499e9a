import * as v from 'valibot'
import { SERVICE_ASSET, serviceAssetDocument } from '../../documents/service/asset.js'
import { assetAsked } from '../../documents/service/asked.js'
import { SERVICE_ASSETS, serviceAssetsDocument } from '../../documents/service/assets.js'
import { paging } from '../../documents/service/paging.js'
import { id } from '../../documents/fields.js'
import { assetDetail } from '../../routines/summary/asset.js'
import { searchAssets } from '../../store/service/assets.js'
import { pageOf, readCursor } from '../framework/cursor.js'
import { defineRoute } from '../framework/route.js'

/** The keys that a page begins after. */
const KEYS = v.strictObject({ symbol: v.string(), symbolId: id })

export const assets = defineRoute({
  method: 'GET',
  path: '/assets',
  tag: 'data',
  summary: 'Securities of the universe, by symbol',
  query: v.strictObject({
    /** The beginning of a symbol or a part of a name, in any case. */
    q: v.optional(v.pipe(v.string(), v.maxLength(100))),
    type: v.optional(v.pipe(v.string(), v.maxLength(100))),
    ...paging,
  }),
  example: { query: { q: 'AA', limit: 10 } },
  document: SERVICE_ASSETS,
  csv: ({ assets: rows }) => [
    ['asset', 'name', 'type', 'exchange', 'active', 'watched'],
    ...rows.map(({ asset: symbol, name, type, exchange, active, watched }) => [symbol, name, type, exchange, active ? 'yes' : 'no', watched ? 'yes' : 'no']),
  ],
  async answer({ query: { q, type, limit, cursor } }, { pool, watch }) {
    const found = await searchAssets(pool, { q: q ?? null, type: type ?? null, after: readCursor(KEYS, cursor), limit: limit + 1 })
    const page = pageOf(found, limit, ({ symbol, symbolId }) => ({ symbol, symbolId }))
    return serviceAssetsDocument(page.rows, watch, page.next)
  },
})

export const asset = defineRoute({
  method: 'GET',
  path: '/assets/{asset}',
  tag: 'data',
  summary: 'Everything about one security',
  description: 'The security that the symbol names, or named last: each length of its bars as the summary tells of it, its symbols, gaps, fills, quality and providers. It need not be watched.',
  params: v.strictObject({ asset: assetAsked }),
  example: { params: { asset: 'AAPL' } },
  problems: { 404: 'the universe has no such symbol' },
  freshness: 'soon',
  document: SERVICE_ASSET,
  async answer({ params }, { details, now, calendar, publication, staleAfter }) {
    return serviceAssetDocument(await assetDetail(details, params.asset, { calendar: await calendar(), publication, now: now(), staleAfter }))
  },
})
