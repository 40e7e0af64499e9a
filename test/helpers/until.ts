import { setTimeout as delay } from 'node:timers/promises'

/** Of `pg_locks`, which tells those of every database: tables that were made alike have the same number in each. */
export const IN_THIS_DATABASE = 'database = (select oid from pg_database where datname = current_database())'

/** Resolves once it is so; what it waits for has the processor in between. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(5)
}
