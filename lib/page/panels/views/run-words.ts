import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_RUNS } from '../../../documents/service/runs.js'
import { countText, spanText, words } from '../parts/formats.js'

type Run = DocumentOf<typeof SERVICE_RUNS>['runs'][number]

/** How often what lives is asked for. */
export const LIVE = 2000

/** How many dates or symbols ended how. */
export function outcomesText(outcomes: Run['outcomes']): string {
  return Object.entries(outcomes).map(([outcome, many]) => `${countText(many)} ${words(outcome)}`).join(', ') || '–'
}

/** How long a run took, or has taken by now. */
export function tookText({ started_at, finished_at, status }: Pick<Run, 'started_at' | 'finished_at' | 'status'>, now: Date): string {
  if (finished_at === null && status !== 'running') return '–'
  return spanText((finished_at === null ? now.getTime() : Date.parse(finished_at)) - Date.parse(started_at))
}
