import { useState } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { SERVICE_FINDINGS } from '../../../documents/service/findings.js'
import type { PanelsProps } from '../../parts.js'
import type { Place } from '../../place.js'
import { Explain } from '../acting/explain.js'
import { Exports } from './exports.js'
import { asked, type Filter } from './filters.js'
import { words } from './formats.js'
import { Goto } from './goto.js'
import { More } from './more.js'
import { Shown } from './shown.js'
import { State } from './small.js'
import { Table, type Column } from './table.js'
import { usePages } from './use-asked.js'

const PATH = '/quality/findings'

type Document = DocumentOf<typeof SERVICE_FINDINGS>
type Finding = Document['findings'][number]

function figures({ details }: Finding): string {
  return Object.entries(details).flatMap(([name, value]) => (value === null ? [] : [`${words(name)} ${value}`])).join(', ')
}

function columnsOf(place: Place, explain: ((finding: Finding) => void) | null): Column<Finding>[] {
  const columns: Column<Finding>[] = [
    { title: 'date', cell: ({ start }) => <Goto from={place} to={{ date: start as IsoDate }}>{start}</Goto> },
    { title: 'asset', cell: ({ asset }) => (asset === null ? 'the date as a whole' : <Goto from={place} to={{ asset }}>{asset}</Goto>) },
    { title: 'rule', cell: ({ rule }) => words(rule) },
    { title: 'figures', cell: (finding) => <small>{figures(finding)}</small> },
    { title: 'state', cell: ({ state, cause, reason }) => (
      <>
        <State of={state} />
        {(reason ?? cause) !== null && <><br /><small>{reason ?? words(cause!)}</small></>}
      </>
    ) },
  ]
  if (explain) {
    columns.push({ title: 'action', cell: (finding) => (finding.state === 'open'
      ? <button type="button" class="small" aria-label={`Explain finding ${finding.finding_id}`} onClick={() => explain(finding)}>Explain…</button>
      : '–') })
  }
  return columns
}

/** Findings that a filter leaves, with a way to explain them for who may act. */
export function FindingList({ client, access, place, now, filter }: PanelsProps & { filter: Filter }) {
  const query = asked(filter)
  const [chosen, choose] = useState<Finding | null>(null)
  const pages = usePages<Document>(JSON.stringify(query), (cursor) => client.get(PATH, { ...query, limit: 50, cursor }))
  const done = () => {
    choose(null)
    pages.again()
  }
  return (
    <Shown asked={pages} what="findings" isEmpty={([first]) => first!.findings.length === 0} empty="No findings: nothing here needs to be judged.">
      {(told) => {
        const findings = told.flatMap(({ findings: of }) => of)
        return (
          <>
            {chosen && <Explain key={chosen.finding_id} client={client} place={place} now={now} finding={chosen.finding_id} what={`${words(chosen.rule)}, ${chosen.asset ?? 'the date'} on ${chosen.start}`} onDone={done} onLeave={() => choose(null)} />}
            <Table caption="Findings, the latest first" columns={columnsOf(place, access.access === 'admin' ? choose : null)} rows={findings} keyOf={({ finding_id }) => finding_id} />
            <div class="row"><More pages={pages} shown={findings.length} total={told[0]!.counts.reduce((sum, { findings: of }) => sum + of, 0)} /><Exports client={client} path={PATH} query={query} name="findings" list="findings" /></div>
          </>
        )
      }}
    </Shown>
  )
}
