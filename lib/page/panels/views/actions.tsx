import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_ACTIONS } from '../../../documents/service/actions.js'
import type { PanelsProps } from '../../parts.js'
import type { Place } from '../../place.js'
import { isOpen } from '../acting/follow.js'
import { SignIn } from '../acting/sign-in.js'
import { spanText, words } from '../parts/formats.js'
import { Goto } from '../parts/goto.js'
import { List } from '../parts/list.js'
import { Progress } from '../parts/progress.js'
import { Instant, State } from '../parts/small.js'
import type { Column } from '../parts/table.js'
import { EVERY, usePages } from '../parts/use-asked.js'

type Document = DocumentOf<typeof SERVICE_ACTIONS>
type Action = Document['actions'][number]

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length > 5 ? `${value.slice(0, 5).join(', ')} and ${value.length - 5} more` : value.join(', ')
  return typeof value === 'object' && value !== null ? requestText({ ...value }) : String(value)
}

/** What was asked for, in a line: what is as usual is left out. */
function requestText(request: Action['request']): string {
  return Object.entries(request).flatMap(([name, value]) => (value === null || value === undefined || value === false ? [] : [value === true ? words(name) : `${words(name)} ${valueText(value)}`])).join(', ')
}

function columnsOf(place: Place): Column<Action>[] {
  return [
    { title: 'asked at (UTC)', cell: ({ requested_at }) => <Instant at={requested_at} /> },
    { title: 'by', cell: ({ requested_by }) => requested_by },
    { title: 'what', cell: ({ action, request }) => <><b>{words(action)}</b><br /><small>{requestText(request)}</small></> },
    { title: 'state', cell: ({ state, code }) => <State of={state} code={code} /> },
    { title: 'took', cell: ({ requested_at, finished_at }) => (finished_at === null ? '–' : spanText(Date.parse(finished_at) - Date.parse(requested_at))) },
    { title: 'runs', cell: ({ runs }) => (runs.length === 0 ? '–' : runs.map(({ run_id, done, planned, status }) => (
      <div key={run_id}><Goto from={place} to={{ view: 'runs', run: run_id }}>run {run_id}</Goto>{status === 'running' && <Progress label={`Run ${run_id}`} done={done} planned={planned} />}</div>
    ))) },
  ]
}

function Listed({ client, place }: PanelsProps) {
  const pages = usePages<Document>('actions', (cursor) => client.get('/actions', { limit: 50, cursor }), (page) => (page?.actions.some(isOpen) ? 2000 : EVERY))
  return <List pages={pages} name="Actions" rowsOf={({ actions }) => actions} empty="Nothing was asked for yet." columns={columnsOf(place)} keyOf={({ action_id }) => action_id} />
}

/** What people had done: who, what, when, and how it ended. */
export function Actions(props: PanelsProps) {
  const { access, place } = props
  if (access.access !== 'admin') return <SignIn what="To see what was asked for" access={access} />
  return (
    <>
      <p class="lead">What people had done here: who, what, when, and how it ended. You are signed in as {access.name}. <Goto from={place} to={{ path: '/admin/historical-data' }}>Load universe data</Goto></p>
      <Listed {...props} />
    </>
  )
}
