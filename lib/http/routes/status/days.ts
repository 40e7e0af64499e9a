import * as v from 'valibot'
import { DATASETS } from '../../../datasets/datasets.js'
import { DAY_AGGS } from '../../../datasets/day.js'
import type { Dataset } from '../../../datasets/dataset.js'
import { windowAsked } from '../../../documents/service/asked.js'
import { SERVICE_DATE, serviceDateDocument } from '../../../documents/service/date.js'
import { SERVICE_DAYS, serviceDaysDocument } from '../../../documents/service/days.js'
import { paging } from '../../../documents/service/paging.js'
import { date } from '../../../documents/fields.js'
import { dataset } from '../../../documents/ledger-fields.js'
import type { IsoDate } from '../../../domain/dates.js'
import { DAY_STATES } from '../../../features/status/day-state.js'
import { survey, type SurveyOptions } from '../../../features/status/survey.js'
import { inSnapshot } from '../../../postgres/transactions.js'
import { dateDetail } from '../../../routines/summary/date.js'
import { ledgerOfDays } from '../../../store/service/ledger-of-days.js'
import { pageOf, readCursor } from '../../framework/cursor.js'
import { defineRoute } from '../../framework/route.js'
import type { Site } from '../../framework/site.js'
import { dateOf, windowOf } from '../../framework/window.js'

const datasetAsked = v.optional(dataset, DAY_AGGS.name)

function datasetNamed(name: string): Dataset {
  return DATASETS.find((dataset) => dataset.name === name)!
}

async function surveyOptions({ calendar, publication, now, thinBelow }: Site, name: string): Promise<Omit<SurveyOptions, 'range'>> {
  return { dataset: datasetNamed(name), calendar: await calendar(), publication, now: now(), thinBelow }
}

export const days = defineRoute({
  method: 'GET',
  path: '/status/days',
  tag: 'status',
  summary: 'How each date stands, in order',
  description: 'From the first loaded date to the latest session that has closed, unless told. Weekends are told only where something was tried.',
  query: v.strictObject({ dataset: datasetAsked, ...windowAsked, state: v.optional(v.picklist(DAY_STATES)), ...paging }),
  example: { query: { dataset: 'day_aggs', start: '2026-03-01', end: '2026-03-31' } },
  document: SERVICE_DAYS,
  freshness: 'soon',
  csv: ({ days: rows }) => [
    ['date', 'state', 'outcome', 'code', 'row_count', 'coverage', 'read', 'staged', 'inserted', 'updated', 'unchanged', 'removed', 'rejected', 'unknown', 'not_selected', 'duplicates', 'checksum', 'attempts'],
    ...rows.map(({ date, state, outcome, code, row_count, coverage, counts, checksum, attempts }) => [
      date, state, outcome, code, row_count, coverage, counts?.read ?? null, counts?.staged ?? null, counts?.inserted ?? null, counts?.updated ?? null, counts?.unchanged ?? null,
      counts?.removed ?? null, counts?.rejected ?? null, counts?.unknown ?? null, counts?.not_selected ?? null, counts?.duplicates ?? null, checksum, attempts,
    ]),
  ],
  async answer({ query: { dataset: name, state, limit, cursor, ...window } }, site) {
    const [after, options] = [readCursor(date, cursor), await surveyOptions(site, name)]
    return inSnapshot(site.pool, async (client) => {
      const { range, days: all } = await survey(client, { ...options, range: windowOf(window) })
      const wanted = all.filter((day) => (state === undefined || day.state === state) && (after === null || day.date > after))
      const page = pageOf(wanted.slice(0, limit + 1), limit, (last) => last.date)
      const [first, last] = [page.rows[0], page.rows.at(-1)]
      const ledgers = first && last ? await ledgerOfDays(client, name, { start: first.date, end: last.date }) : new Map<IsoDate, never>()
      return serviceDaysDocument({ dataset: name, ...range }, page.rows, ledgers, page.next)
    })
  },
})

export const day = defineRoute({
  method: 'GET',
  path: '/status/days/{date}',
  tag: 'status',
  summary: 'Everything about one date',
  description: 'Its file, what became of the rows, attempts, rejected rows, changed bars, fills, and the symbols it lacks or has anew. A date that nothing is known of is told as such.',
  params: v.strictObject({ date }),
  query: v.strictObject({ dataset: datasetAsked }),
  example: { params: { date: '2026-03-02' }, query: { dataset: 'day_aggs' } },
  freshness: 'soon',
  document: SERVICE_DATE,
  async answer({ params, query }, site) {
    const asked = dateOf('date', params.date, 'path')!
    return serviceDateDocument(query.dataset, await dateDetail(site.details, asked, await surveyOptions(site, query.dataset)))
  },
})
