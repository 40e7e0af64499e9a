import type pg from 'pg'
import { databaseFailure } from '../../postgres/failures.js'
import { closeDeadRuns, holdRun } from '../../store/runs/alive.js'
import { closeRun, openRun, reopenRun, type RunEnd } from '../../store/runs/runs.js'
import { HeldLock } from './held-lock.js'
import type { Runtime } from './runtime.js'

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
export async function withRun<T>({ db, log, signal, actionId }: Runtime, run: Run, work: (runId: number) => Promise<{ result: T; end: RunEnd }>): Promise<T> {
  const { runId, client } = await db.prepare(signal, async (first) => {
    for (const died of await closeDeadRuns(first)) log.warn({ run: died }, 'an earlier run had died; its unfinished dates changed nothing')
    const client = await db.connect(signal)
    return { client, runId: await open(client, run, actionId).catch((error: unknown) => {
      client.release(true)
      throw error
    }) }
  })
  const lock = new HeldLock(db, signal, async (client) => {
    await holdRun(client, runId)
    await reopenRun(client, runId)
  })
  lock.keep(client)
  const close = async (end: RunEnd) => {
    try {
      await db.run(signal, (client) => closeRun(client, runId, end))
    } catch (error) {
      if (databaseFailure(error) === undefined) throw error
      log.error({ run: runId, reason: (error as Error).message }, 'could not write down how the run ended; the next one will call it dead')
    }
  }
  try {
    const { result, end } = await work(runId)
    await close(end)
    return result
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    await close({ status: 'failed', exitCode: run.exitCodeOfError(error), totals: null, message })
    throw error
  } finally {
    lock.end()
  }
}
