import { countText } from './formats.js'

/** How far something has come; where nobody knows how much it is, how much is done. */
export function Progress({ label, done, planned }: { label: string; done: number; planned: number | null }) {
  return (
    <p class="progress">
      {planned !== null && planned > 0 && <progress aria-label={label} max={planned} value={Math.min(done, planned)} />}
      <span>{countText(done)}{planned === null ? ' done' : ` of ${countText(planned)}`}{planned !== null && planned > 0 && ` (${Math.floor((100 * Math.min(done, planned)) / planned)} %)`}</span>
    </p>
  )
}
