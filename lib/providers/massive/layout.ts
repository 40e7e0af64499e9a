import { isIsoDate, type DateRange, type IsoDate } from '../../domain/dates.js'
import type { DayFileLayout } from '../provider.js'

/** The day files of one kind: `FOLDER/YYYY/MM/YYYY-MM-DD.csv.gz`, as in the vendor's bucket. */
export function massiveLayout(folder: string): DayFileLayout {
  const pathOf = (date: IsoDate): string => `${folder}/${monthOf(date)}/${date}.csv.gz`
  return {
    folder,
    form: `${folder}/YYYY/MM/YYYY-MM-DD.csv.gz`,
    pathOf,
    dateOf(path) {
      const date = path.slice(-'YYYY-MM-DD.csv.gz'.length, -'.csv.gz'.length)
      return isIsoDate(date) && path === pathOf(date) ? date : undefined
    },
    foldersOf: (range) => [...monthsOf(range)].map((month) => `${folder}/${month}`),
  }
}

const monthOf = (date: IsoDate): string => date.slice(0, 7).replace('-', '/')

/** The months of a range as the layout writes them, in order. */
function* monthsOf({ start, end }: DateRange): Generator<string> {
  let [year = 0, month = 0] = start.split('-').map(Number)
  for (;;) {
    const name = `${String(year).padStart(4, '0')}/${String(month).padStart(2, '0')}`
    if (name > monthOf(end)) return
    yield name
    month = (month % 12) + 1
    if (month === 1) year++
  }
}
