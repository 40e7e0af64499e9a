import type { Calendar } from '../../calendar/calendar.js'
import { publication, type PublicationRule } from '../../calendar/publication.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Stretch } from '../../store/quality/security-scores.js'
import type { CheckedDate } from './check/survey.js'

/** Sessions that are not among the loaded ones, as stretches between these; all in order. */
function stretchesOf(loaded: readonly IsoDate[], sessions: readonly IsoDate[]): Stretch[] {
  const isLoaded = new Set(loaded)
  const stretches: Stretch[] = []
  let next = 0
  for (const date of sessions) {
    if (isLoaded.has(date)) continue
    while (next < loaded.length && loaded[next]! < date) next++
    const [before, after] = [loaded[next - 1] ?? null, loaded[next] ?? null]
    const last = stretches.at(-1)
    if (last !== undefined && last.before === before && last.after === after) last.dates.push(date)
    else stretches.push({ before, after, dates: [date] })
  }
  return stretches
}

/**
 * The sessions of a range that are not loaded though their files are due. Where no date was ever loaded, as where all bars come from providers, those
 * without any bar.
 */
export function unloadedStretches(dates: readonly CheckedDate[], range: DateRange, context: { calendar: Calendar; publication: PublicationRule; now: Date }): Stretch[] {
  const { calendar, publication: rule, now } = context
  const sessions = dates.filter(({ session }) => session !== undefined)
  const loaded = sessions.filter(({ isLoaded }) => isLoaded)
  const known = loaded.length > 0 ? loaded : sessions
  if (known.length === 0) return []
  return stretchesOf(known.map(({ date }) => date), calendar.sessions(range).filter(({ date }) => publication(calendar, date, rule).due <= now).map(({ date }) => date))
}
