import { useState } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { QUALITY_FINDINGS } from '../../../documents/quality-findings.js'
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

type Document = DocumentOf<typeof QUALITY_FINDINGS> & { next_cursor: string | null }
type Finding = Document['findings'][number]

function figures({ details }: Finding): string {
  return Object.entries(details).flatMap(([name, value]) => (value === null ? [] : [`${words(name)} ${value}`])).join(', ')
}

function columnsOf(place: Place, explain: ((finding: Finding) => void) | null): Column<Finding>[] {
  const columns: Column<Finding>[] = [
    { title: 'date', cell: ({ date }) => <Goto from={place} to={{ date: date as IsoDate }}>{date}</Goto> },
    { title: 'asset', cell: ({ symbol }) => (symbol === null ? 'the date as a whole' : <Goto from={place} to={{ asset: symbol }}>{symbol}</Goto>) },
    { title: 'rule', cell: ({ rule }) => words(rule) },
    { title: 'figures', cell: (finding) => <small>{figures(finding)}</small> },
    { title: 'state', cell: ({ state, cause, reason, explained_by }) => (
      <>
        <State of={state} />
        {(reason ?? cause) !== null && <><br /><small>{reason ?? words(cause!)}{explained_by === null ? '' : ` (${explained_by})`}</small></>}
      </>
    ) },
  ]
  if (explain) {
    columns.push({ title: 'action', cell: (finding) => (finding.state === 'open'
      ? <button type="button" class="small" aria-label={`Explain finding ${finding.finding}`} onClick={() => explain(finding)}>Explain…</button>
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
            {chosen && <Explain key={chosen.finding} client={client} place={place} now={now} finding={chosen.finding} what={`${words(chosen.rule)}, ${chosen.symbol ?? 'the date'} on ${chosen.date}`} onDone={done} onLeave={() => choose(null)} />}
            <Table caption="Findings, the open ones first" columns={columnsOf(place, access.access === 'admin' ? choose : null)} rows={findings} keyOf={({ finding }) => finding} />
            <div class="row"><More pages={pages} shown={findings.length} total={told[0]!.total} /><Exports client={client} path={PATH} query={query} name="findings" csv={false} /></div>
          </>
        )
      }}
    </Shown>
  )
}
