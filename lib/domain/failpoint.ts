/**
 * The steps of a run of loads, in order, at which a test may have the program killed or something go wrong. All but the first and
 * the last stand within the load of a date.
 */
export const FAILPOINTS = [
  'run-opened',
  'before-copy',
  'mid-copy',
  'after-copy',
  'before-merge',
  'before-lineage',
  'after-lineage',
  'after-merge',
  'before-commit',
  'after-commit',
  'before-report',
] as const

/** The same of a change of identities: bars are taken out once for each kind of bars, if any symbol names another security. */
export const IDENTITY_FAILPOINTS = ['identity-facts-written', 'identity-bars-taken-out', 'identity-before-commit', 'identity-after-commit'] as const

/** The same of a job of fetches: all but the first within a unit, up to the keeping of an answer once for each request. */
export const FETCH_FAILPOINTS = ['fetch-opened', 'fetch-asked', 'fetch-kept', 'fetch-copied', 'fetch-merged', 'fetch-before-commit', 'fetch-after-commit', 'fetch-before-audit-file'] as const

/** The same of what is done with kept answers: giving up bodies, once a batch, and taking fills back. */
export const ANSWER_FAILPOINTS = ['prune-marked', 'fills-withdrawn'] as const

/** The same of splits and dividends, once for each symbol and source. */
export const ACTION_FAILPOINTS = ['actions-kept', 'actions-before-commit', 'actions-after-commit'] as const

/** The same of a check of quality: the last two once for each lot of dates. */
export const QUALITY_FAILPOINTS = ['quality-opened', 'quality-marked', 'quality-before-commit', 'quality-after-commit'] as const

/** The same of filling gaps: after they were found, and after each kind of source was asked. */
export const GAP_FAILPOINTS = ['gaps-found', 'gaps-files', 'gaps-providers'] as const

/** The same of a look whether anybody has to be told of anything: the first once for each incident that changes, the last three once for each notice and channel. */
export const ALERT_FAILPOINTS = ['alerts-incident-written', 'alerts-before-commit', 'alerts-after-commit', 'alerts-before-send', 'alerts-sent', 'alerts-marked'] as const

export type Failpoint = (
  typeof FAILPOINTS | typeof IDENTITY_FAILPOINTS | typeof FETCH_FAILPOINTS | typeof ANSWER_FAILPOINTS | typeof ACTION_FAILPOINTS | typeof QUALITY_FAILPOINTS | typeof GAP_FAILPOINTS | typeof ALERT_FAILPOINTS
)[number]

/** Called at each step; in normal use it does nothing. What it throws fails the date, or the change, as any error at that step would. */
export type Failpoints = (reached: Failpoint) => void | Promise<void>

export const NO_FAILPOINTS: Failpoints = () => undefined
