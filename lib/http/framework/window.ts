import { isIsoDate, type IsoDate } from '../../domain/dates.js'
import { Problem } from './problem.js'
import type { Part } from './read-request.js'

/** The date of a field; null where it was left out. @throws Problem where it is no real date */
export function dateOf(field: string, text: string | undefined, part: Part = 'query'): IsoDate | null {
  if (text === undefined) return null
  if (isIsoDate(text)) return text
  throw new Problem(400, 'DATE_INVALID', `${part}: ${field} is no date of the calendar`)
}

/** The dates that are asked for, each end null where it was left out. @throws Problem where one is no real date, or the first comes after the last */
export function windowOf(query: { start?: string | undefined; end?: string | undefined }): { start: IsoDate | null; end: IsoDate | null } {
  const [start, end] = [dateOf('start', query.start), dateOf('end', query.end)]
  if (start !== null && end !== null && start > end) throw new Problem(400, 'DATES_BACKWARDS', `query: start ${start} is after end ${end}`)
  return { start, end }
}
