import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import { isSelected, type Only } from '../../features/load/range/selection.js'
import { dayState, type DayState, type StateContext } from '../../features/status/day-state.js'
import type { Queryable } from '../../postgres/database.js'
import { loadedDays } from '../../store/ledger/days.js'
import { lastAttempts } from '../../store/runs/attempts.js'

/** What a load is asked for, as far as the ledger can tell what it would do: whether a file has changed only the source knows. */
export interface PreviewRequest {
  dataset: Dataset
  range: DateRange
  only: Exclude<Only, 'changed' | 'loaded'> | null
}

/** What a load would do. */
export interface Preview {
  /** Sessions whose files it would look for and read, and how each stands. */
  dates: { date: IsoDate; state: DayState; code: string | null }[]
  /** Sessions that are loaded: it would see whether their files have changed. */
  checked: number
}

/** Which dates a load would read, from the ledger and the calendar; nothing is asked of the source. */
export async function previewLoad(db: Queryable, { dataset, range, only }: PreviewRequest, context: StateContext): Promise<Preview> {
  const [loaded, attempts] = await Promise.all([loadedDays(db, dataset.name, range), lastAttempts(db, dataset.name, range)])
  const preview: Preview = { dates: [], checked: 0 }
  for (const { date } of context.calendar.sessions(range)) {
    const attempt = attempts.get(date)
    const state = dayState({ date, loaded: loaded.get(date), attempt }, context)!
    if (only === null && state === 'loaded') preview.checked++
    else if (only === null || (await isSelected(only, date, undefined, { loaded, attempts, versionOf: async () => undefined }))) preview.dates.push({ date, state, code: attempt?.code ?? null })
  }
  return preview
}
