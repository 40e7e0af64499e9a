import type { Source } from '../../../sources/source.js'
import type { Asked } from '../../runs/with-refusals.js'

/** Who is asked for the files of a source, where that may refuse. */
export function askedOf({ provider, refusals }: Source): Asked[] {
  return refusals === undefined ? [] : [{ provider, of: 'day files', refusals }]
}
