import t from 'tap'
import { commandOf } from '../../lib/documents/commands.js'
import { isoDate } from '../../lib/domain/dates.js'

const [start, end] = [isoDate('2016-11-22'), isoDate('2016-11-25')]

await t.test('a remedy is the command that does it, the dataset named where it is not the daily bars', async (t) => {
  const load = { action: 'load', dataset: 'day_aggs', start, end } as const
  t.equal(commandOf(load), 'ohlcv load --start 2016-11-22 --end 2016-11-25')
  t.equal(commandOf({ ...load, dataset: 'minute_aggs' }), 'ohlcv load --dataset minute --start 2016-11-22 --end 2016-11-25')
  t.equal(commandOf({ ...load, only: 'failed' }), 'ohlcv load --start 2016-11-22 --end 2016-11-25 --only failed')
  t.equal(commandOf({ ...load, accept: true }), 'ohlcv load --start 2016-11-22 --end 2016-11-25 --accept')
  t.equal(commandOf({ ...load, force: true }), 'ohlcv load --start 2016-11-22 --end 2016-11-25 --force')
  t.equal(commandOf({ action: 'status', dataset: 'day_aggs', date: start }), 'ohlcv status --date 2016-11-22')
  t.equal(commandOf({ action: 'status', dataset: 'minute_aggs', date: start }), 'ohlcv status --dataset minute --date 2016-11-22')
})
