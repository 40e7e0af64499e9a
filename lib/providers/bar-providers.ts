import { ALPHA_VANTAGE } from './alpha-vantage/alpha-vantage.js'
import type { BarProvider } from './bar-provider.js'
import { MASSIVE_REST } from './massive/rest/rest.js'
import { STOOQ } from './stooq/stooq.js'
import { YAHOO } from './yahoo/yahoo.js'

/** The providers of bars by requests, those whose fills stand over others' first. */
export const BAR_PROVIDERS: readonly [BarProvider, ...BarProvider[]] = [MASSIVE_REST, ALPHA_VANTAGE, STOOQ, YAHOO]
