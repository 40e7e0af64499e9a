import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'

/** The flags by which requests to providers are chosen. */
export const FETCHED_FLAGS = {
  job: { type: 'string', requiresArg: true, describe: 'only of this job' },
  provider: { type: 'string', requiresArg: true, describe: 'only of this provider' },
  symbol: { type: 'string', requiresArg: true, describe: 'only of this symbol' },
  timespan: { choices: TIMESPAN_NAMES, requiresArg: true, describe: 'only bars of this length' },
} as const

/** A provider as it is stored, whichever of its names was given; null where none was. */
export function readProvider(name: string | undefined): string | null {
  return BAR_PROVIDERS.find(({ aliases }) => name !== undefined && aliases.includes(name))?.name ?? name ?? null
}
