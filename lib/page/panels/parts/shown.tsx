import type { ComponentChildren } from 'preact'
import type { Asked } from './use-asked.js'

/** What was asked for, in each state that it can be in: waited for, failed, old, empty, there. */
export function Shown<T>({ asked, what, isEmpty, empty, children }: {
  asked: Pick<Asked<T>, 'data' | 'error' | 'busy' | 'again'>
  /** What it is, in a sentence after "loading". */
  what: string
  isEmpty?: (data: T) => boolean
  empty?: ComponentChildren
  children: (data: T) => ComponentChildren
}) {
  const { data, error, busy, again } = asked
  if (data === null && error === null) return <p class="note note-busy" role="status">Loading {what}…</p>
  return (
    <>
      {error !== null && (
        <p class="note note-bad" role="alert">
          <span>{data === null ? `${what} cannot be shown` : 'This may be old'}: {error}</span>
          {' '}<button type="button" disabled={busy} onClick={again}>Try again</button>
        </p>
      )}
      {data !== null && (isEmpty?.(data) ? <p class="note">{empty}</p> : children(data))}
    </>
  )
}
