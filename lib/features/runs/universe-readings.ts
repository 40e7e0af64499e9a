import type { Universe } from '../../domain/universe.js'
import type { Queryable } from '../../postgres/database.js'
import { lastIdentityChange } from '../../store/universe/changes.js'
import { loadUniverse } from '../../store/universe/universe.js'

/** The readings that the dates of a run use: the same one for as long as no identity changes. A reading itself never changes. */
export class UniverseReadings {
  #latest: Universe | undefined

  /** The universe as it is now. */
  async current(db: Queryable): Promise<Universe> {
    const known = this.#latest
    if (known !== undefined && known.identitySeq === await lastIdentityChange(db)) return known
    const latest = await loadUniverse(db)
    this.#latest = latest
    return latest
  }
}
