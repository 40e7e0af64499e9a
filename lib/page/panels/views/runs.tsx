import { useState } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_RUNS } from '../../../documents/service/runs.js'
import type { PanelsProps } from '../../parts.js'
import type { Place } from '../../place.js'
import { asked, Filters } from '../parts/filters.js'
import { words } from '../parts/formats.js'
import { Goto } from '../parts/goto.js'
import { List } from '../parts/list.js'
import { Progress } from '../parts/progress.js'
import { Instant, State } from '../parts/small.js'
import type { Column } from '../parts/table.js'
import { EVERY, usePages } from '../parts/use-asked.js'
import { OneRun } from './run.js'
import { LIVE, outcomesText, tookText } from './run-words.js'

type Document = DocumentOf<typeof SERVICE_RUNS>
type Run = Document['runs'][number]

const STATES = ['running', 'succeeded', 'failed', 'interrupted', 'died'] as const
function columnsOf(place: Place, now: () => Date): Column<Run>[] {
  return [
    { title: 'run', cell: ({ run_id }) => <Goto from={place} to={{ view: 'runs', run: run_id }} label={`Run ${run_id}`}>{run_id}</Goto> },
    { title: 'what', cell: ({ command, action_id }) => <>{words(command)}{action_id !== null && <><br /><small>action {action_id}</small></>}</> },
    { title: 'state', cell: ({ status, exit_code }) => <><State of={status} />{exit_code !== null && exit_code !== 0 && <><br /><small>exit code {exit_code}</small></>}</> },
    { title: 'began (UTC)', cell: ({ started_at }) => <Instant at={started_at} /> },
    { title: 'took', numeric: true, cell: (run) => tookText(run, now()) },
    { title: 'how its dates ended', cell: ({ run_id, progress, outcomes }) => <>{progress && <Progress label={`Run ${run_id}`} {...progress} />}{progress && Object.keys(outcomes).length === 0 ? null : outcomesText(outcomes)}</> },
  ]
}

/** What ran, the newest first; what runs now tells how far it is. */
export function Runs(props: PanelsProps) {
  const { client, place, now } = props
  const [filter, setFilter] = useState<Record<'status' | 'command', string>>({ status: '', command: '' })
  const query = asked(filter)
  const pages = usePages<Document>(JSON.stringify(query), (cursor) => client.get('/ingestion/runs', { ...query, limit: 50, cursor }), (page) => (page?.runs.some(({ status }) => status === 'running') ? LIVE : EVERY))
  if (place.run !== null) return <OneRun {...props} run={place.run} />
  return (
    <>
      <Filters label="Runs" filter={filter} onChange={setFilter} fields={[{ name: 'status', label: 'State', options: STATES }, { name: 'command', label: 'Command' }]} />
      <List pages={pages} name="Runs" rowsOf={({ runs }) => runs} empty="Nothing of the kind ran." columns={columnsOf(place, now)} keyOf={({ run_id }) => run_id} />
    </>
  )
}
