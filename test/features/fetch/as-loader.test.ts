import t from 'tap'
import { prune } from '../../../lib/features/fetch/answers/prune.js'
import { removeFills } from '../../../lib/features/fetch/answers/remove.js'
import { openAnswers } from '../../../lib/transport/answers/answers.js'
import { fetchWorld } from '../../helpers/fetch-world.js'
import { poolAs } from '../../helpers/roles.js'
import { startS3Server } from '../../helpers/s3-server.js'

// What the nightly run may do, and where its answers may be kept.

const JOB = { timespans: ['hour', 'day', 'week', 'month', 'minute'] as const, symbols: ['SPY', 'AAPL'], start: '2025-12-22', end: '2026-01-02' }

await t.test('with the loader\'s rights alone bars are fetched, replayed, taken back and their answers given up, in a bucket', async (t) => {
  const warnings: string[] = []
  const warned = ({ name }: Error) => void warnings.push(name)
  process.on('warning', warned)
  t.teardown(() => process.off('warning', warned))
  const owner = await fetchWorld(t, '2026-01-02T23:00:00Z')
  const loader = owner.by(await poolAs(t, owner, 'ohlcv_loader'))
  const bucket = await startS3Server()
  t.teardown(() => bucket.close())
  const kept = { raw: 's3://flatfiles/kept', env: bucket.env }

  const { result } = await loader.fetch({ ...JOB, timespans: [...JOB.timespans] }, { ...kept, job: 'nightly' })
  t.equal(result.state, 'completed')
  t.match(await loader.counts(), { hour: 28, day: 16, week: 4, month: 4 })
  t.equal((await loader.fetch({ ...JOB, timespans: [...JOB.timespans] }, kept)).result.symbols.flatMap(({ units }) => units).every(({ status }) => status === 'unchanged'), true)
  t.match((await loader.fetch({ start: '2025-12-29', end: '2025-12-30', grouped: true }, kept)).result.state, 'completed')

  const before = await owner.lines('select symbol_id, time, close, volume, filled_by from ohlcv_daily order by time, symbol_id')
  await owner.pool.query(`delete from ohlcv_daily where time = '2025-12-24'; update ohlcv_hourly set close = 1, low = 1; delete from ohlcv_minute; update ohlcv_monthly set partial = true`)
  const mended = await loader.replay(kept)
  t.match(mended, { day: 2, month: 2 })
  t.ok(mended['minute']! > 1000 && mended['hour']! > 60)
  t.same(await owner.lines('select symbol_id, time, close, volume, filled_by from ohlcv_daily order by time, symbol_id'), before)
  t.same(Object.values(await loader.replay(kept)), [0, 0, 0, 0, 0])

  const reader = owner.by(await poolAs(t, owner, 'ohlcv_reader'))
  const relations = await reader.lines(`select relation from ohlcv_rights union select bars::text from datasets`)
  t.ok(relations.length > 30)
  const counts = await Promise.all(relations.map(async (relation) => [relation, Number((await reader.lines(`select count(*) from ${relation}`))[0])] as const))
  const filled = new Set(counts.filter(([, count]) => count > 0).map(([relation]) => relation))
  for (const relation of ['jobs', 'fetches', 'ingestion_audit', 'provider_metrics', 'tickstock.ohlcv_hourly', 'tickstock.ohlcv_1min', 'tickstock.price_history_daily', 'tickstock.ingestion_audit']) t.ok(filled.has(relation), relation)

  const answers = openAnswers(kept.raw, kept.env)
  t.teardown(() => answers.close())
  const removed = await removeFills(loader.runtime(), answers, { provider: null, job: 'nightly', start: null, end: null, dry_run: false })
  t.match(removed, { fetches: 6, beyond: 0 })
  const bodies = bucket.objects.size
  loader.now = '2026-01-04T23:00:00Z'
  t.match(await prune(loader.runtime(), answers, { answers_older_than: 1, bars_older_than: 1, dry_run: false }), { runningMonthLeft: false })
  t.ok(bodies > 10)
  t.equal(bucket.objects.size, 0)
  t.notOk(warnings.includes('MaxListenersExceededWarning'), 'however many bodies are on their way')
})
