import type { Queryable } from '../../postgres/database.js'

/** A mute that is not written yet; null where it is about all. */
export interface NewMute {
  alertId: number | null
  kind: string | null
  dataset: string | null
  symbol: string | null
  provider: string | null
  reason: string | null
  mutedBy: string
  mutedAt: Date
  until: Date
}

/** A mute as it is kept. */
export interface StoredMute extends NewMute {
  muteId: number
}

const MUTES = `
    select mute_id as "muteId", alert_id as "alertId", kind, dataset, symbol, provider, reason, muted_by as "mutedBy", muted_at as "mutedAt", until
    from alert_mutes`

/** The mutes that hold at an instant, in order. */
export async function mutesAt(db: Queryable, now: Date): Promise<StoredMute[]> {
  const { rows } = await db.query<StoredMute>(`${MUTES} where ended_at is null and until > $1 order by mute_id`, [now])
  return rows
}

/** Writes a mute down. */
export async function insertMute(db: Queryable, { alertId, kind, dataset, symbol, provider, reason, mutedBy, mutedAt, until }: NewMute): Promise<StoredMute> {
  const { rows } = await db.query<StoredMute>(`
    insert into alert_mutes (alert_id, kind, dataset, symbol, provider, reason, muted_by, muted_at, until) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning mute_id as "muteId", alert_id as "alertId", kind, dataset, symbol, provider, reason, muted_by as "mutedBy", muted_at as "mutedAt", until`,
  [alertId, kind, dataset, symbol, provider, reason, mutedBy, mutedAt, until])
  return rows[0]!
}

/** Takes a mute back that holds; whether there is one. */
export async function endMuteOf(db: Queryable, muteId: number, at: Date): Promise<boolean> {
  const { rowCount } = await db.query('update alert_mutes set ended_at = $2 where mute_id = $1 and ended_at is null and until > $2', [muteId, at])
  return rowCount === 1
}
