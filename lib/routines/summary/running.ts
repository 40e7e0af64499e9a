import type { Calendar } from '../../calendar/calendar.js'
import { isIsoDate } from '../../domain/dates.js'
import type { Running } from '../../store/service/running.js'

/** A run that is alive, with how many dates it is to go through; null where nobody knows before it ends. */
export interface RunningRun extends Running {
  planned: number | null
}

/** How many dates a run goes through: the sessions of the range of a load that takes all of them. */
export function plannedDates({ command, parameters }: Running, calendar: Calendar): number | null {
  const { start, end, only, include_closed: closed } = parameters
  if (command !== 'load' || only !== null || closed === true || typeof start !== 'string' || typeof end !== 'string' || !isIsoDate(start) || !isIsoDate(end)) return null
  return calendar.sessions({ start, end }).length
}
