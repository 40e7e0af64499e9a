import type { Queryable } from '../../postgres/database.js'
import { securityNamed } from '../../store/universe/security-named.js'

/** The security that an asset is, by its number; null where none was asked for. @throws UsageError SYMBOL_UNKNOWN */
export async function symbolIdOf(db: Queryable, asset: string | undefined): Promise<number | null> {
  return asset === undefined ? null : (await securityNamed(db, asset, null)).security.symbolId
}
