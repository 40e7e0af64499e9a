import { partitionsOf } from '../../datasets/partitions.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { daySizes } from '../../store/ledger/days.js'
import { gapTries } from '../../store/quality/gap-tries.js'
import { barsByDate, datesWithBars, rejectedOnDates, unknownThenOnDates } from '../../store/quality/gaps.js'
import { loadUniverse } from '../../store/universe/universe.js'
import type { Runtime } from '../runs/runtime.js'
import { DateBits } from './date-bits.js'
import type { Gaps, GapsRequest, Read } from './gap.js'
import { sessionsAround } from './sessions.js'
import { tellGaps } from './tell.js'

/** From then on what no source had is asked for again. */
const CLOSED_DAYS = 30

async function readAll(db: Queryable, request: GapsRequest, now: Date): Promise<Read> {
  const { dataset, calendar, publication, range, symbolIds } = request
  const loaded = new Map((await daySizes(db, dataset.name, { start: null, end: null })).map(({ date, rowCount }) => [date, rowCount]))
  const withBars = async (dates: readonly IsoDate[]) => (dataset.window === 'day' ? new Set((await barsByDate(db, dataset, dates)).keys()) : new Set<IsoDate>())
  const sessions = await sessionsAround(range, calendar, publication, now, { loaded: new Set(loaded.keys()), withBars })
  const around = { start: sessions.dates[0] ?? range.start, end: sessions.dates.at(-1) ?? range.end }
  const bars = new DateBits(around.start, around.end)
  const read = { request, universe: await loadUniverse(db), sessions, bars, loaded }
  if (dataset.window !== 'day') return { ...read, rejected: [], unknownThen: [], closed: [] }
  for (const piece of partitionsOf(dataset, around)) {
    for (const word of await datesWithBars(db, dataset, piece, around.start, symbolIds)) bars.addWord(word)
  }
  const since = new Date(now.getTime() - CLOSED_DAYS * 86_400_000)
  return {
    ...read, rejected: await rejectedOnDates(db, dataset, range), unknownThen: await unknownThenOnDates(db, dataset, range),
    closed: (await gapTries(db, range)).filter(({ closedAt }) => closedAt !== null && closedAt > since),
  }
}

/** Finds the expected bars of a range that are not there, and why, from what is stored as of one moment. */
export async function findGaps({ db, now, signal }: Pick<Runtime, 'db' | 'now' | 'signal'>, request: GapsRequest): Promise<Gaps> {
  return db.run(signal, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    try {
      return await tellGaps(client, await readAll(client, request, now()))
    } finally {
      await client.query('rollback').catch(() => undefined)
    }
  })
}
