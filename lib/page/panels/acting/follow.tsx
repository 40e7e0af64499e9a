import { useEffect } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_ACTION } from '../../../documents/service/actions.js'
import type { Client } from '../../parts.js'
import type { Place } from '../../place.js'
import { countText, spanText, words } from '../parts/formats.js'
import { Goto } from '../parts/goto.js'
import { Progress } from '../parts/progress.js'
import { Shown } from '../parts/shown.js'
import { State } from '../parts/small.js'
import { useAsked } from '../parts/use-asked.js'
import type { useAct } from './use-act.js'

type Document = DocumentOf<typeof SERVICE_ACTION>
type Action = Document['action']

/** Whether something may still come of it. */
export function isOpen({ state }: Pick<Action, 'state'>): boolean {
  return state === 'queued' || state === 'running'
}

const ENDINGS: Readonly<Record<Action['state'], string>> = {
  queued: 'waits for its turn', running: 'is being done', done: 'is done', failed: 'has not ended well: its run tells what failed', died: 'has ended without a word: its process is gone',
}

/** What an action has come to, in a sentence. */
function sentence({ action_id, action, state, code }: Action): string {
  return `Action ${action_id} (${words(action)}) ${ENDINGS[state]}${code === null ? '' : `: ${code}`}.`
}

function Of({ document: { action, securities }, place, now }: { document: Document; place: Place; now: () => Date }) {
  return (
    <div class="follow">
      <p class="row"><State of={action.state} /> <span role="status">{sentence(action)}</span>
        <small>{spanText((action.finished_at === null ? now().getTime() : Date.parse(action.finished_at)) - Date.parse(action.requested_at))}</small></p>
      {action.runs.map(({ run_id, command, status, done, planned }) => (
        <div key={run_id} class="follow-run">
          <p class="row"><Goto from={place} to={{ view: 'runs', run: run_id }}>run {run_id}</Goto> <span>{words(command)}</span> <State of={status} /></p>
          <Progress label={`Run ${run_id}`} done={done} planned={planned} />
        </div>
      ))}
      {securities.map(({ type, planned, done, failed }) => (
        <div key={type} class="follow-run">
          <p class="row"><b>{type === 'ETF' ? 'ETFs' : type ?? 'type not known'}</b> {failed > 0 && <span class="bad">{countText(failed)} failed</span>}</p>
          <Progress label={type ?? 'type not known'} done={done} planned={planned} />
        </div>
      ))}
    </div>
  )
}

/** An action until its end, as it goes. */
function Follow({ client, actionId, place, now, onEnd }: { client: Client; actionId: number; place: Place; now: () => Date; onEnd?: (action: Action) => void }) {
  const asked = useAsked<Document>(`action ${actionId}`, () => client.get(`/actions/${actionId}`), (told) => (told === null ? 5000 : isOpen(told.action) ? 1000 : null))
  const ended = asked.data !== null && !isOpen(asked.data.action) ? asked.data.action : null
  useEffect(() => { if (ended) onEnd?.(ended) }, [ended?.action_id])
  return <Shown asked={asked} what={`action ${actionId}`}>{(document) => <Of document={document} place={place} now={now} />}</Shown>
}

/** What has come of a wish: why there is no action, or the action until its end. */
export function Acted({ act: { error, actionId }, ...shown }: { act: ReturnType<typeof useAct>; client: Client; place: Place; now: () => Date; onEnd?: (action: Action) => void }) {
  return (
    <>
      {error !== null && <p class="note note-bad" role="alert">{error}</p>}
      {actionId !== null && <Follow key={actionId} {...shown} actionId={actionId} />}
    </>
  )
}
