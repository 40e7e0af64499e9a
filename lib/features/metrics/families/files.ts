import type { FileFigures } from '../../../store/metrics/files.js'
import { counter, gauge, type Family } from '../family.js'

/** What becomes of the rows of a file: each row is counted under one of these. */
const RESULTS = { inserted: 'inserted', updated: 'updated', unchanged: 'unchanged', rejected: 'rejected', unknown: 'unknown', notSelected: 'not_selected', duplicates: 'duplicate' } as const satisfies Partial<Record<keyof FileFigures, string>>
const RESULT_NAMES = Object.keys(RESULTS) as (keyof typeof RESULTS)[]

/** Day files and their rows. The counters are of the lineage of bars, from which nothing is ever taken away. */
export const FILES: readonly Family[] = [
  counter('ohlcv_loads_total', 'Day files whose bars were committed', ['dataset', 'provider'], ({ files }) => files.map(({ dataset, provider, loads }) => [loads, dataset, provider])),
  counter('ohlcv_file_bytes_total', 'Bytes of these files, as they came', ['dataset', 'provider'], ({ files }) => files.map(({ dataset, provider, bytes }) => [bytes, dataset, provider])),
  counter('ohlcv_file_rows_total', 'Rows of these files, by what became of them; together all that were read', ['dataset', 'provider', 'result'],
    ({ files }) => files.flatMap((file) => RESULT_NAMES.map((name) => [file[name], file.dataset, file.provider, RESULTS[name]] as const))),
  counter('ohlcv_bars_removed_total', 'Bars that were taken out because a later version of their file lacks them', ['dataset', 'provider'], ({ files }) => files.map(({ dataset, provider, removed }) => [removed, dataset, provider])),
  gauge('ohlcv_last_load_timestamp_seconds', 'When the last of these files was committed', ['dataset', 'provider'], ({ files }) => files.map(({ dataset, provider, lastLoad }) => [lastLoad, dataset, provider])),
  gauge('ohlcv_file_bars', 'Stored bars that are of files', ['dataset'], ({ fileBars }) => fileBars.map(({ dataset, bars }) => [bars, dataset])),
]
