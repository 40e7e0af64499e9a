import { MASSIVE } from './massive/massive.js'
import type { DayFileProvider } from './provider.js'

/** The providers of day files. A source holds the first one's. */
export const DAY_FILE_PROVIDERS: readonly [DayFileProvider, ...DayFileProvider[]] = [MASSIVE]
