import { gauge, type Family } from '../family.js'

const seconds = (at: Date): number => at.getTime() / 1000

/** The program, and its database. */
export const PROGRAM: readonly Family[] = [
  gauge('ohlcv_build_info', 'The version of ohlcv, and of Node; always 1', ['version', 'node'], ({ version, nodeVersion }) => [[1, version, nodeVersion]]),
  gauge('ohlcv_metrics_timestamp_seconds', 'When these metrics were read from the ledger', [], ({ at }) => [[seconds(at)]]),
  gauge('ohlcv_database_size_bytes', 'Disk that the database takes', [], ({ database }) => [[database.bytes]]),
]
