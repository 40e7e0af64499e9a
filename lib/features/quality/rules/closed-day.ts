import type { DateRule } from './rule.js'

/** Bars where there was no session. */
export const CLOSED_DAY: DateRule = {
  kind: 'date',
  name: 'closed_day',
  weight: 0,
  meaning: 'bars stand on a day on which the exchange was closed',
  advice: 'compare it with the sessions around it: a file of another date, or one that the vendor should not have made',
  thresholds: [],
  judge: ({ session, bars }) => (session || bars === 0 ? undefined : { cause: null, details: { bars } }),
}
