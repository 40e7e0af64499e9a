import { useEffect, useRef, useState } from 'preact/hooks'
import type { Client } from '../../parts.js'
import type { Place } from '../../place.js'
import { Acted } from './follow.js'
import { useAct } from './use-act.js'

/** Says why a finding is right as it is. */
export function Explain({ client, place, now, finding, what, onDone, onLeave }: { client: Client; place: Place; now: () => Date; finding: number; what: string; onDone: () => void; onLeave: () => void }) {
  const [reason, setReason] = useState('')
  const act = useAct(client)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    act.forget()
    field.current!.focus()
  }, [finding])
  return (
    <form
      class="act" aria-label={`Explain finding ${finding}`}
      onSubmit={(event) => {
        event.preventDefault()
        act.start({ action: 'explain', request: { ids: [finding], reason: reason.trim() } })
      }}
    >
      <p><b>Explain:</b> {what}. It costs no score from then on, and is among the open ones again when its values change. Your name and the reason are kept with it.</p>
      <label><span>Why it is right as it is</span><input type="text" required maxLength={1000} value={reason} ref={field} autocomplete="off" onInput={({ currentTarget }) => setReason(currentTarget.value)} /></label>
      <p class="row">
        <button type="submit" class="primary" disabled={act.busy || act.actionId !== null || reason.trim() === ''}>Explain it</button>
        <button type="button" onClick={onLeave}>Cancel</button>
      </p>
      <Acted act={act} client={client} place={place} now={now} onEnd={({ state }) => { if (state === 'done') onDone() }} />
    </form>
  )
}
