import type pg from 'pg'
import type { Logger } from 'pino'
import { closeDeadRuns, holdRun } from '../db/locks.js'
import { closeRun, openRun, type RunEnd } from '../db/runs.js'

/**
 * Keeps the record of a run while `work` does it: opens it, holds its lock so that others can tell it is alive, and closes
 * it with how it ended. Runs of processes that died without a word are closed first.
 */
export async function withRun<T>(
  pool: pg.Pool,
  run: { command: string; parameters: unknown; version: string; exitCodeOfError: (error: unknown) => number },
  log: Logger,
  work: (runId: number) => Promise<{ result: T; end: RunEnd }>,
): Promise<T> {
  for (const died of await closeDeadRuns(pool)) log.warn({ run: died }, 'an earlier run had died; its unfinished dates changed nothing')
  const client = await pool.connect()
  try {
    const runId = await openRun(client, run.command, run.parameters, run.version)
    await holdRun(client, runId)
    try {
      const { result, end } = await work(runId)
      await closeRun(pool, runId, end)
      return result
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      await closeRun(pool, runId, { status: 'failed', exitCode: run.exitCodeOfError(error), totals: null, message }).catch(() => undefined)
      throw error
    }
  } finally {
    // Ends the session, and with it the lock.
    client.release(true)
  }
}
