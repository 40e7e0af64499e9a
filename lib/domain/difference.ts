/** Why two bars of one period are likely to differ, or one of them is not there; docs/COMPARING.md says how each is told. */
export const DIFFERENCE_REASONS = [
  'adjusted', 'other_session', 'stale', 'high_low', 'open', 'unexplained', 'missing', 'closed', 'range', 'provisional',
] as const
export type DifferenceReason = (typeof DIFFERENCE_REASONS)[number]
