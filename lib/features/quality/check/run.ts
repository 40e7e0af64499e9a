import type pg from 'pg'
import type { IsoDate } from '../../../domain/dates.js'
import { grouped } from '../../../domain/grouped.js'
import { securitiesWithFindings } from '../../../store/quality/findings.js'
import { rejectedBars } from '../../../store/quality/rejected.js'
import { loadUniverse } from '../../../store/universe/universe.js'
import type { Runtime } from '../../runs/runtime.js'
import { watchAbort } from '../../runs/watch-abort.js'
import type { Rule } from '../rules/rule.js'
import type { CheckPorts, CheckResult } from './ports.js'
import { Judge, type Aside } from './judge.js'
import { judgeByQuery, piecesOf } from './query-rules.js'
import { Reading } from './read.js'
import type { CheckRequest } from './request.js'
import { survey, type Survey } from './survey.js'
import { writeExplanations, writeJudged, writeStaleness, type Writing } from './write.js'

/** Work on a connection that an abort of the signal breaks off. */
export async function abortable<T>({ db, signal }: Runtime, client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  const watch = watchAbort(db.pool, client, signal)
  watch.begin()
  try {
    signal.throwIfAborted()
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    watch.end()
  }
}

async function inTransaction(runtime: Runtime, client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('begin')
  try {
    await work()
    await runtime.failpoint('quality-before-commit')
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
  await runtime.failpoint('quality-after-commit')
}

/** One check that nobody else does at the same time. */
export class Check {
  constructor(
    private readonly runtime: Runtime, private readonly request: CheckRequest, private readonly rules: readonly Rule[], private readonly ports: CheckPorts,
    private readonly result: CheckResult, private readonly writing: Writing,
  ) {}

  async run(client: pg.PoolClient): Promise<void> {
    const { runtime, writing } = this
    const found = await survey(client, this.request, this.rules)
    this.ports.onPlan?.(found.targets.length)
    await runtime.failpoint('quality-opened')
    await inTransaction(runtime, client, () => writeStaleness(writing, found.staleness))
    await runtime.failpoint('quality-marked')
    await this.#judgeByQueries(client, found)
    if (found.targets.length > 0) await this.#judge(found)
    await inTransaction(runtime, client, () => writeExplanations(writing, null))
  }

  /** Before the bars are judged: a date that is judged has been by all rules. */
  async #judgeByQueries(client: pg.PoolClient, { targets }: Survey): Promise<void> {
    const queries = this.rules.filter((rule) => rule.kind === 'query')
    if (queries.length === 0 || targets.length === 0) return
    const universe = await loadUniverse(client)
    for (const range of piecesOf(targets.map(({ date }) => date))) {
      for (const rule of queries) await inTransaction(this.runtime, client, () => judgeByQuery(this.writing, rule, range, this.request.thresholds, universe))
    }
  }

  /** Bars are read in one transaction that sees none of what comes in meanwhile; that makes its dates stale for the next check. */
  async #judge(found: Survey): Promise<void> {
    const { db, signal } = this.runtime
    const reader = await db.connect(signal)
    try {
      await abortable(this.runtime, reader, async () => {
        await reader.query('begin isolation level repeatable read read only')
        await this.#judgeFrom(reader, found)
        await reader.query('commit')
      })
      reader.release(signal.aborted)
    } catch (error) {
      reader.release(true)
      throw error
    }
  }

  async #judgeFrom(reader: pg.PoolClient, { dates, targets }: Survey): Promise<void> {
    const { runtime, writing, result } = this
    const judge = new Judge(this.rules, this.request.thresholds, await loadUniverse(reader))
    const reading = new Reading(reader, judge, (lot) => this.#asidesOf(lot))
    for await (const judged of reading.judged(dates, targets)) {
      runtime.signal.throwIfAborted()
      await inTransaction(runtime, writing.client, () => writeJudged(writing, judged))
      result.dates += judged.length
      result.bars += judged.reduce((sum, { bars }) => sum + bars, 0)
      this.ports.onJudged?.(judged.length, judged.at(-1)!.date)
    }
  }

  async #asidesOf(dates: readonly IsoDate[]): Promise<(date: IsoDate) => Aside> {
    const rejected = grouped(await rejectedBars(this.writing.client, dates), ({ date }) => [date])
    const watched = grouped(await securitiesWithFindings(this.writing.client, dates), ({ date }) => [date])
    return (date) => ({ rejected: rejected.get(date) ?? [], watched: new Set(watched.get(date)?.map(({ symbolId }) => symbolId)) })
  }
}
