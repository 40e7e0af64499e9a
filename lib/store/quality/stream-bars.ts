import type { Readable } from 'node:stream'
import copyStreams from 'pg-copy-streams'
import type pg from 'pg'
import type { IsoDate } from '../../domain/dates.js'

/** The daily bars of a date as lines of COPY's text format: symbol_id, open, high, low, close, volume. */
export function streamBars(client: pg.ClientBase, date: IsoDate): Readable {
  return client.query(copyStreams.to(`copy (select symbol_id, open, high, low, close, volume from ohlcv_daily where time = '${date}') to stdout`))
}
