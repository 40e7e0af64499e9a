import type { DateRange, IsoDate } from './dates.js'

/** What mends something about dates of a dataset, or shows more of it where a person must judge. */
export type Remedy =
  | (DateRange & {
    action: 'load'
    dataset: string
    /** Which of the dates; left out: all. */
    only?: 'failed' | 'unloaded'
    /** Take the file whatever share of its rows it rejects or of the bars it removes. */
    accept?: true
    /** Read the file even if it is known to be unchanged. */
    force?: true
  })
  | { action: 'status'; dataset: string; date: IsoDate }
