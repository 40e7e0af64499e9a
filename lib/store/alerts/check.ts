import type { Queryable } from '../../postgres/database.js'

/** That it was looked whether anybody has to be told of anything. */
export interface AlertCheck {
  checkedAt: Date
  milliseconds: number
  /** How many things were found. */
  troubles: number
}

/** When it was last looked; undefined: never. */
export async function lastCheck(db: Queryable): Promise<AlertCheck | undefined> {
  const { rows } = await db.query<AlertCheck>('select checked_at as "checkedAt", milliseconds, troubles from alert_check')
  return rows[0]
}

/** Notes that it was looked. */
export async function writeCheck(db: Queryable, { checkedAt, milliseconds, troubles }: AlertCheck): Promise<void> {
  await db.query(`
    insert into alert_check (checked_at, milliseconds, troubles) values ($1, $2, $3)
    on conflict (only_row) do update set checked_at = excluded.checked_at, milliseconds = excluded.milliseconds, troubles = excluded.troubles`, [checkedAt, milliseconds, troubles])
}
