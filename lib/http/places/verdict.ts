import { badge, type BadgeState } from '../../html/badge.js'
import { asProblem } from '../framework/as-problem.js'
import type { Place } from '../framework/route.js'
import type { Site } from '../framework/site.js'
import { summaryOf } from '../summary.js'

/** What is to be done by who watches a status alone. */
const WELL: ReadonlySet<BadgeState> = new Set(['current', 'attention'])

interface Verdict {
  state: BadgeState
  text: string
}

/** Whether everything is current, in a word and a sentence; `unknown` where the database cannot be asked. */
async function verdictOf(site: Site): Promise<Verdict> {
  try {
    return (await summaryOf(site)).verdict
  } catch (error) {
    const { status, message } = asProblem(error)
    if (status !== 503) throw error
    return { state: 'unknown', text: message }
  }
}

export const status: Place = {
  path: '/status',
  summary: 'Whether everything is current, in a line of text; 503 where data is stale, there is none, or it is not known',
  cache: false,
  async answer(_, site) {
    const { state, text } = await verdictOf(site)
    return { status: WELL.has(state) ? 200 : 503, type: 'text/plain; charset=utf-8', body: `${state}: ${text}\n`, headers: { 'cache-control': 'no-store' } }
  },
}

export const badgeImage: Place = {
  path: '/badge.svg',
  summary: 'The same in a word, as an image',
  cache: false,
  async answer(_, site) {
    return { type: 'image/svg+xml', body: badge((await verdictOf(site)).state), headers: { 'cache-control': 'no-cache' } }
  },
}
