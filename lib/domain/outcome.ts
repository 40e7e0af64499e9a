/** How a date of a load ended. */
export type Outcome =
  | 'loaded'
  | 'unchanged'
  | 'holiday'
  | 'not_published'
  | 'missing'
  | 'forbidden'
  | 'source_failed'
  | 'db_failed'
  | 'locked'
  | 'interrupted'

/** Outcomes after which a date needs attention: exit 3. */
export const FAILED: ReadonlySet<Outcome> = new Set(['missing', 'forbidden', 'source_failed', 'db_failed', 'locked'])
