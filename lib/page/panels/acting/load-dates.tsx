import { useState } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_PREVIEW } from '../../../documents/service/actions.js'
import { useActs, type PanelsProps } from '../../parts.js'
import { countText, counted } from '../parts/formats.js'
import { Shown } from '../parts/shown.js'
import { Badge, State } from '../parts/small.js'
import { Table, type Column } from '../parts/table.js'
import { EVERY, useAsked } from '../parts/use-asked.js'
import { DAY_FILES } from './day-files.js'
import { Acted } from './follow.js'
import { useAct } from './use-act.js'

type Preview = DocumentOf<typeof SERVICE_PREVIEW>

/** So many dates of a preview are listed. */
const MOST_LISTED = 20

const COLUMNS: readonly Column<Preview['dates'][number]>[] = [
  { title: 'date', cell: ({ date }) => date },
  { title: 'is', cell: ({ state }) => <State of={state} /> },
  { title: 'last attempt', cell: ({ code }) => code ?? '–' },
]

/** What a load would do, before it is done. */
function Plan({ preview: { dates, total, checked } }: { preview: Preview }) {
  return (
    <>
      <p>{total === 0 ? 'There is nothing to load.' : `The files of ${counted(total, 'session')} would be looked for and read.`}{checked > 0 && ` Of ${counted(checked, 'session')} that are loaded it would be seen whether their files have changed.`}</p>
      {dates.length > 0 && <Table caption="Sessions that would be loaded" columns={COLUMNS} rows={dates.slice(0, MOST_LISTED)} keyOf={({ date }) => date} />}
      {total > MOST_LISTED && <p class="more">and {countText(total - MOST_LISTED)} more</p>}
    </>
  )
}

/** Which dates can be loaded from where one is. */
export interface Span {
  label: string
  start: string
  end: string
  /** Those only that are not whole: never loaded, stale or failed. */
  only: 'incomplete' | null
}

/** A load of dates: what it would do, seen by everybody; done for who may act, and followed until it has ended. */
export function LoadDates({ client, access, place, now, dataset, spans, onDone }: PanelsProps & { dataset: string; spans: readonly Span[]; onDone: () => void }) {
  const { refresh } = useActs()
  const [at, setAt] = useState<number | null>(null)
  const act = useAct(client)
  const span = at === null ? null : spans[at]!
  const asked = useAsked<Preview | null>(`preview ${JSON.stringify([dataset, span])}`, () => {
    if (span === null) return Promise.resolve(null)
    const { start, end, only } = span
    return client.get<Preview>('/actions/preview', { interval: dataset === DAY_FILES.minute ? 'minute' : 'day', start, end, only })
  }, () => (act.actionId === null && span !== null ? EVERY : null))
  const isAdmin = access.access === 'admin'
  const choose = (chosen: number) => {
    act.forget()
    setAt(at === chosen ? null : chosen)
  }
  return (
    <>
      <p class="row">{spans.map(({ label }, index) => <button key={label} type="button" aria-expanded={at === index} onClick={() => choose(index)}>{label}…</button>)}</p>
      {span && (
        <section class="act" aria-label={span.label}>
          <p class="row"><b>{span.label}</b> <Badge tone="quiet">{act.actionId === null ? 'nothing is done yet' : `action ${act.actionId}`}</Badge></p>
          <Shown asked={asked} what="what would be done">{(preview) => preview && <Plan preview={preview} />}</Shown>
          {isAdmin && act.actionId === null && asked.data && asked.data.total + asked.data.checked > 0 && (
            <p class="row">
              <button type="button" class="primary" disabled={act.busy} onClick={() => act.start({ action: 'load', request: { dataset, dates: { start: span.start, end: span.end }, only: span.only } })}>{act.busy ? 'Starting…' : 'Load now'}</button>
              <button type="button" onClick={() => setAt(null)}>Cancel</button>
            </p>
          )}
          {!isAdmin && <p>With the token of an administrator it can be done from here.</p>}
          <Acted act={act} client={client} place={place} now={now} onEnd={() => { onDone(); void refresh() }} />
        </section>
      )}
    </>
  )
}
