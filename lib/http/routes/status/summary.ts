import { SUMMARY } from '../../../documents/service/summary.js'
import { defineRoute } from '../../framework/route.js'
import { summaryOf, summaryVersion } from '../../summary.js'

export const summary = defineRoute({
  method: 'GET',
  path: '/status/summary',
  tag: 'status',
  summary: 'What there is, how fresh, how good and from where',
  description: 'Each kind of bars as a whole, each watched asset and length of bars, providers, incidents, what needs attention and what runs now.',
  document: SUMMARY,
  version: summaryVersion,
  answer: (_asked, site) => summaryOf(site),
})
