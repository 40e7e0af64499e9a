import { readPlace } from '../../page/place.js'
import { renderPage } from '../../page/render.js'
import { asProblem } from '../framework/as-problem.js'
import type { Place } from '../framework/route.js'
import type { Site } from '../framework/site.js'
import { lastSummary, summaryOf, summaryVersion, type Summary } from '../summary.js'
import { assetUrl } from './assets.js'

/** What the page begins with: while the database is away what was last known, which says of when it is. */
async function beginning(site: Site): Promise<Summary | null> {
  try {
    return await summaryOf(site)
  } catch (error) {
    if (asProblem(error).status !== 503) throw error
    return lastSummary(site) ?? null
  }
}

/** The page at a path of its own. Where reading needs a token it is empty: a browser has none to show until it is typed into the page. */
const pageAt = (path: Place['path'], summary: string): Place => ({
  path,
  summary,
  open: true,
  search: true,
  version: summaryVersion,
  lasting: true,
  async answer({ search, who }, site) {
    const mayRead = !site.tokens.readersOnly || who.access !== 'everybody'
    const body = renderPage({
      summary: mayRead ? await beginning(site) : null, place: readPlace(search.toString(), path), access: who, demo: site.demo, now: site.now(),
      assets: { script: assetUrl('page.js'), style: assetUrl('page-style.css'), icon: assetUrl('icon.svg') },
    })
    return { type: 'text/html; charset=utf-8', body }
  },
})

export const page = pageAt('/', 'The page')
export const historicalDataPage = pageAt('/admin/historical-data', 'The page from which a universe is loaded')
