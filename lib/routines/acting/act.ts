import type pg from 'pg'
import { messageWithHint, OhlcvError, UsageError } from '../../domain/errors.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { withRecord } from '../../features/runs/with-record.js'
import { unusableDatabase } from '../../postgres/unusable.js'
import { actionOfKey, finishAction, holdAction, insertAction, livingActions, lockActions, type ActionEnd, type NewAction } from '../../store/service/actions.js'

/** An action that is known by its number, and whether it was there already. */
export interface Taken {
  actionId: number
  existing: boolean
}

/** How an action is done. */
export interface ActPorts {
  /** Most actions that may be done at once. */
  most: number
  /** Told once the action is written down, before anything is done. */
  onTaken: (taken: Taken) => Promise<void>
  /** Does it; returns the exit code that the same command would have. */
  work: (actionId: number) => Promise<number>
  exitCodeOfError: (error: unknown) => number
}

/** Writes an action down, or finds the one of its key; of a new one the connection holds the lock. @throws UsageError ACTION_KEY_USED, ACTIONS_AT_ONCE */
async function takeOn(client: pg.PoolClient, action: NewAction, most: number): Promise<Taken> {
  await client.query('begin')
  await lockActions(client)
  const known = action.idempotencyKey === null ? undefined : await actionOfKey(client, action)
  if (known !== undefined) {
    await client.query('rollback')
    if (known.same) return { actionId: known.actionId, existing: true }
    throw new UsageError('ACTION_KEY_USED', `this idempotency key was given to another request, which is action ${known.actionId}`, { hint: 'give a new request a new key' })
  }
  if (await livingActions(client) >= most) throw new UsageError('ACTIONS_AT_ONCE', `as many actions are being done as may be at once: ${most}`, { hint: 'wait until one of them has ended' })
  const actionId = await insertAction(client, action)
  await holdAction(client, actionId)
  await client.query('commit')
  return { actionId, existing: false }
}

/** How an action ended that threw. */
function endOf(error: unknown, exitCode: number): ActionEnd {
  const known = error instanceof OhlcvError ? error : undefined
  return { exitCode, code: known?.code ?? 'INTERNAL', message: known ? messageWithHint(known) : String(error) }
}

/**
 * Does what somebody asked for, once: an action of the same key that is there already, also from long ago, is left as it is. Nothing is tried again by itself where
 * the connection breaks as the action is written down: who asked may ask again with the key.
 * @returns the exit code
 * @throws UsageError where it is not taken on; what `work` throws
 */
export async function act(runtime: Runtime, action: NewAction, ports: ActPorts): Promise<number> {
  const { db, signal } = runtime
  const client = await db.connect(signal).catch((error: unknown) => {
    throw unusableDatabase(error) ?? error
  })
  const taken = await takeOn(client, action, ports.most).catch((error: unknown) => {
    client.release(true)
    throw unusableDatabase(error) ?? error
  })
  if (taken.existing) {
    client.release()
    await ports.onTaken(taken)
    return 0
  }
  const { actionId } = taken
  return withRecord(runtime, {
    client,
    takeAgain: (again) => holdAction(again, actionId),
    done: (db, exitCode) => finishAction(db, actionId, { exitCode, code: null, message: null }),
    failed: (db, error) => finishAction(db, actionId, endOf(unusableDatabase(error) ?? error, ports.exitCodeOfError(error))),
    unwritten: [{ action: actionId }, 'could not write down how the action ended; it will be taken for dead'],
  }, async () => {
    await ports.onTaken(taken)
    return ports.work(actionId)
  })
}
