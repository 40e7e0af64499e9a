import type { Queryable } from './database.js'

/** What a server says of itself. */
export interface ServerFacts {
  /** For people: `18.4`. */
  version: string
  /** `server_version_num`: 180004. */
  versionNumber: number
  clock: Date
  /** The wall clock of New York at 2024-07-01 12:00 UTC, which is 08:00:00 with current time zone data. */
  newYorkNoon: string
  /** Whether btree_gist is there, or could be. */
  extension: 'installed' | 'available' | 'missing'
  standby: boolean
}

export async function readServerFacts(db: Queryable): Promise<ServerFacts> {
  const { rows: [row] } = await db.query<{
    version: string; version_number: number; clock: Date; new_york: string; installed: boolean; available: boolean; standby: boolean
  }>(`
    select current_setting('server_version') as version, current_setting('server_version_num')::integer as version_number,
      clock_timestamp() as clock, (timestamptz '2024-07-01 12:00+00' at time zone 'America/New_York')::time::text as new_york,
      exists (select from pg_extension where extname = 'btree_gist') as installed,
      exists (select from pg_available_extensions where name = 'btree_gist') as available,
      pg_is_in_recovery() as standby`)
  if (!row) throw new Error('a select without from gave no row')
  return {
    version: row.version, versionNumber: row.version_number, clock: row.clock, newYorkNoon: row.new_york,
    extension: row.installed ? 'installed' : row.available ? 'available' : 'missing', standby: row.standby,
  }
}
