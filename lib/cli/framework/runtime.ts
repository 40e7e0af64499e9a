import type { Runtime } from '../../features/runs/runtime.js'
import { SteadyPool } from '../../postgres/steady-pool.js'
import type { Context } from './command.js'
import { failpointsOf } from './failpoint.js'

/** What the features work in that a command calls; opens the database as {@link Context.database} does. @throws UsageError */
export async function runtimeOf({ settings, env, log, now, signal, actionId, database }: Context, options?: { create: boolean }): Promise<Runtime> {
  const failpoint = failpointsOf(env['OHLCV_FAILPOINT'])
  const { pool } = await database(options)
  return { db: new SteadyPool(pool, settings.databaseWait, log), log, now, signal, failpoint, ...(actionId !== undefined && { actionId }) }
}
