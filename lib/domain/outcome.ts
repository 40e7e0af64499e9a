/** How a date of a load can end. */
export const OUTCOMES = ['loaded', 'unchanged', 'holiday', 'not_published', 'missing', 'forbidden', 'source_failed', 'db_failed', 'locked', 'interrupted'] as const

/** How a date of a load ended. */
export type Outcome = (typeof OUTCOMES)[number]

/** Outcomes after which a date needs attention: exit 3. */
export const FAILED: ReadonlySet<Outcome> = new Set(['missing', 'forbidden', 'source_failed', 'db_failed', 'locked'])
