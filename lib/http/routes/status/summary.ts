import { SUMMARY, summaryDocument } from '../../../documents/service/summary.js'
import { summary as summarise } from '../../../routines/summary/summary.js'
import { defineRoute } from '../../framework/route.js'

export const summary = defineRoute({
  method: 'GET',
  path: '/status/summary',
  tag: 'status',
  summary: 'What there is, how fresh, how good and from where',
  description: 'Each kind of bars as a whole, each watched asset and length of bars, providers, incidents, what needs attention and what runs now.',
  document: SUMMARY,
  freshness: 'soon',
  async answer(_asked, { pool, now, calendar, publication, staleAfter, thinBelow, watch, fileBars }) {
    return summaryDocument(await summarise(pool, { calendar: await calendar(), publication, now: now(), staleAfter, thinBelow, watch, fileBars }))
  },
})
