import type { BarProvider } from './bar-provider.js'

/** The providers of bars by requests, those whose fills stand over others' first. */
export const BAR_PROVIDERS: readonly BarProvider[] = []
