/** What prices are adjusted for: nothing, that is as they were traded; splits; splits and dividends. Volumes are adjusted for splits with any basis but the first. */
export const BASES = ['none', 'split', 'total'] as const
export type Basis = (typeof BASES)[number]
