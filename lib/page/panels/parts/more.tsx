import { countText } from './formats.js'
import type { Pages } from './use-asked.js'

/** How many rows of a list are shown, and a button for the next ones. */
export function More<D>({ pages: { busy, more }, shown, total }: { pages: Pages<D>; shown: number; total?: number | undefined }) {
  return (
    <p class="more">
      <span role="status">{countText(shown)}{total === undefined ? '' : ` of ${countText(total)}`} shown{more ? '' : ', all there are'}</span>
      {more && <button type="button" disabled={busy} onClick={more}>{busy ? 'Loading…' : 'Show more'}</button>}
    </p>
  )
}
