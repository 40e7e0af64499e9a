import * as v from 'valibot'
import { timespanNamed } from '../../datasets/timespans.js'
import { addDays } from '../../domain/dates.js'
import { LINEAGE, LINEAGE_QUERY, lineageDocument } from '../../documents/service/lineage.js'
import { keyOfSource, rangesOf, sourcesAfter, type SourceKey } from '../../features/lineage/lineage.js'
import { originsOf } from '../../routines/summary/origins.js'
import { date } from '../../documents/fields.js'
import { pageOf, readCursor } from '../framework/cursor.js'
import { Problem } from '../framework/problem.js'
import { defineRoute } from '../framework/route.js'
import { windowOf } from '../framework/window.js'

/** So many days of minutes are told at once: their bars are counted, and are hundreds a day. */
const MOST_MINUTE_DAYS = 366

/** The key that a page begins after. */
const AFTER = v.tuple([date, date, v.string(), v.number(), v.number()])

export const lineage = defineRoute({
  method: 'GET',
  path: '/lineage',
  tag: 'data',
  summary: 'Where every bar of a security came from',
  description: `Ranges of bars of one provider that came in one way, on dates one after the other, with each load and request that they stand on, a page of these at a time. A window without bars is an empty list. Of minutes at most ${MOST_MINUTE_DAYS} days at once. Keys of files are told to those only who hold a token.`,
  query: LINEAGE_QUERY,
  example: { query: { asset: 'AAPL', start: '2026-02-12', end: '2026-03-09', interval: 'day' } },
  problems: { 404: 'the universe has no such symbol' },
  freshness: 'soon',
  document: LINEAGE,
  csv: ({ ranges }) => [
    ['start', 'end', 'kind', 'provider', 'dataset', 'bars', 'load_id', 'fetch_id', 'sha256', 'pulled_at', 'object_key'],
    ...ranges.flatMap(({ kind, provider, dataset, sources }) => sources.map((source) => [
      source.start, source.end, kind, provider, dataset, source.bars, source.load_id, source.fetch_id, source.sha256, source.pulled_at, source.object_key,
    ])),
  ],
  async answer({ query: { asset, interval, limit, cursor, ...window }, who }, { details, calendar }) {
    const { start, end } = windowOf(window)
    if (interval === 'minute' && end! > addDays(start!, MOST_MINUTE_DAYS - 1)) throw new Problem(400, 'WINDOW_TOO_LONG', `query: ${start} to ${end} are more than ${MOST_MINUTE_DAYS} days of minutes; ask for fewer`)
    const after = readCursor(AFTER, cursor) as SourceKey | null
    const { named, ranges } = await originsOf(details, asset, timespanNamed(interval), { start: start!, end: end! }, await calendar())
    const page = pageOf(sourcesAfter(ranges, after), limit, keyOfSource)
    const told = { bars: ranges.reduce((sum, { bars }) => sum + bars, 0), ranges: rangesOf(page.rows), next: page.next }
    return lineageDocument(named, { interval, start: start!, end: end! }, told, who.access !== 'everybody')
  },
})
