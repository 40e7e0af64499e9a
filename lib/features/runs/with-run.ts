import type pg from 'pg'
import { closeDeadRuns, holdRun } from '../../store/runs/alive.js'
import { closeRun, openRun, reopenRun, type RunEnd } from '../../store/runs/runs.js'
import type { Runtime } from './runtime.js'
import { withRecord } from './with-record.js'

/** What is written down of a run when it begins. */
export interface Run {
  command: string
  parameters: unknown
  version: string
  exitCodeOfError: (error: unknown) => number
}

/** Opens a run and takes its lock in one transaction: nobody sees it open without. */
async function open(client: pg.PoolClient, { command, parameters, version }: Run, actionId: number | undefined): Promise<number> {
  await client.query('begin')
  const runId = await openRun(client, command, parameters, version, actionId)
  await holdRun(client, runId)
  await client.query('commit')
  return runId
}

/**
 * Keeps the record of a run while `work` does it: opens it, holds its lock so that others can tell it is alive, and closes
 * it with how it ended. Runs of processes that died without a word are closed first.
 * @throws UsageError when the database takes no run at all; what `work` throws
 */
export async function withRun<T>(runtime: Runtime, run: Run, work: (runId: number) => Promise<{ result: T; end: RunEnd }>): Promise<T> {
  const { db, log, signal, actionId } = runtime
  const { runId, client } = await db.prepare(signal, async (first) => {
    for (const died of await closeDeadRuns(first)) log.warn({ run: died }, 'an earlier run had died; its unfinished dates changed nothing')
    const client = await db.connect(signal)
    return { client, runId: await open(client, run, actionId).catch((error: unknown) => {
      client.release(true)
      throw error
    }) }
  })
  const { result } = await withRecord(runtime, {
    client,
    async takeAgain(again) {
      await holdRun(again, runId)
      await reopenRun(again, runId)
    },
    done: (db, { end }) => closeRun(db, runId, end),
    failed: (db, error) => closeRun(db, runId, { status: 'failed', exitCode: run.exitCodeOfError(error), totals: null, message: error instanceof Error ? error.message : String(error) }),
    unwritten: [{ run: runId }, 'could not write down how the run ended; the next one will call it dead'],
  }, () => work(runId))
  return result
}
