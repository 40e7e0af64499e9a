import type { BarSource } from './bar-provider.js'
import { BAR_PROVIDERS } from './bar-providers.js'
import { LEGACY } from './legacy/legacy.js'

/** Everyone whose bars there may be, those whose fills stand over others' first; the last cannot be asked. */
export const BAR_SOURCES: readonly BarSource[] = [...BAR_PROVIDERS, LEGACY]

/** Their names: of these a fill of one stands over those of the ones after it. */
export const AUTHORITY: readonly string[] = BAR_SOURCES.map(({ name }) => name)
