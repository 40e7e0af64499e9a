import { useActs } from '../parts.js'
import { hrefOf, type Place } from '../place.js'
import { words } from '../panels/parts/formats.js'

/** Whether others than all watched assets are shown. */
function isFiltered({ stale, gaps, type, universe, q }: Place): boolean {
  return stale || gaps || type !== null || universe !== null || q !== ''
}

/** What of the assets is shown. A form as any other: where nothing of the page's program runs, the service answers it. */
export function Filters({ place, types }: { place: Place; types: readonly string[] }) {
  const { go } = useActs()
  const set = (change: Partial<Place>) => go(change, { replace: true })
  return (
    <form class="filters" method="get" action="/" role="search" aria-label="Assets" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>Symbol or name</span>
        <input type="search" name="q" value={place.q} spellcheck={false} autocomplete="off" maxLength={100} onInput={({ currentTarget }) => set({ q: currentTarget.value })} />
      </label>
      <label>
        <span>Type</span>
        <select name="type" value={place.type ?? ''} onChange={({ currentTarget }) => set({ type: currentTarget.value || null })}>
          <option value="">any</option>
          {types.map((type) => <option key={type} value={type}>{words(type)}</option>)}
        </select>
      </label>
      <label>
        <span>Universe</span>
        <select name="universe" value={place.universe ?? ''} onChange={({ currentTarget }) => set({ universe: currentTarget.value === 'all' ? 'all' : null })}>
          <option value="">watched</option>
          <option value="all">all securities</option>
        </select>
      </label>
      <label class="check"><input type="checkbox" name="stale" value="1" disabled={place.universe !== null} checked={place.stale} onChange={({ currentTarget }) => set({ stale: currentTarget.checked })} /><span>Stale only</span></label>
      <label class="check"><input type="checkbox" name="gaps" value="1" disabled={place.universe !== null} checked={place.gaps} onChange={({ currentTarget }) => set({ gaps: currentTarget.checked })} /><span>Gaps only</span></label>
      {isFiltered(place) && <a href={hrefOf({ ...place, stale: false, gaps: false, type: null, universe: null, q: '' })}>Show all</a>}
    </form>
  )
}
