import { UsageError } from '../../domain/errors.js'
import type { Queryable } from '../../postgres/database.js'
import { listTypes } from './list.js'

/** Refuses a type that no security has, in any case of its letters. @throws UsageError TYPE_UNKNOWN with those there are */
export async function requireType(db: Queryable, type: string): Promise<void> {
  const types = await listTypes(db)
  if (types.some((known) => known.toLowerCase() === type.toLowerCase())) return
  throw new UsageError('TYPE_UNKNOWN', `no security has the type ${JSON.stringify(type)}`, { hint: types.length > 0 ? `there are ${types.join(', ')}` : 'no security has a type' })
}
