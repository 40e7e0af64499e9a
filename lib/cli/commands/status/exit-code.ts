import type { Attention } from '../../../features/status/attention.js'
import type { DayStatus } from '../../../features/status/survey.js'
import { EXIT } from '../../framework/exit.js'

/** The exit code of a status that is asked for as a check: findings do not count. */
export function exitCodeOfAttention(attention: readonly Attention[], days: readonly DayStatus[]): number {
  if (attention.some(({ finding }) => !finding)) return EXIT.dateFailed
  return days.some(({ state }) => state === 'not_published') ? EXIT.notPublished : EXIT.ok
}
