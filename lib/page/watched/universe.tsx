import type { DocumentOf } from '../../documents/document.js'
import type { SERVICE_ASSETS } from '../../documents/service/assets.js'
import { Exports } from '../panels/parts/exports.js'
import { More } from '../panels/parts/more.js'
import { Shown } from '../panels/parts/shown.js'
import { Table } from '../panels/parts/table.js'
import { usePages } from '../panels/parts/use-asked.js'
import type { Client } from '../parts.js'
import { closed, hrefOf, type Place } from '../place.js'

type Listed = DocumentOf<typeof SERVICE_ASSETS>

/** Every security that there is, as far as the filters leave them: each leads to its details. */
export function Universe({ place, client }: { place: Place; client: Client }) {
  const query = { q: place.q === '' ? null : place.q, type: place.type }
  const pages = usePages(`${place.q} ${place.type}`, (cursor) => client.get<Listed>('/assets', { ...query, cursor }))
  return (
    <Shown asked={pages} what="securities" isEmpty={([first]) => first?.assets.length === 0} empty="No security of the universe is left by these filters.">
      {(all) => {
        const rows = all.flatMap(({ assets }) => assets)
        return (
          <>
            <Table
              caption="Securities" rows={rows} keyOf={({ symbol_id: id }) => id}
              columns={[
                { title: 'Asset', cell: ({ asset }) => <a class="symbol" href={hrefOf({ ...closed(place), asset })}>{asset}</a> },
                { title: 'Name', cell: ({ name }) => name ?? '–' },
                { title: 'Type', cell: ({ type }) => type ?? '–' },
                { title: 'Exchange', cell: ({ exchange }) => exchange ?? '–' },
                { title: 'Traded', cell: ({ active }) => (active ? 'yes' : 'no longer') },
                { title: 'Watched', cell: ({ watched }) => (watched ? 'yes' : 'no') },
              ]}
            />
            <More pages={pages} shown={rows.length} />
            <Exports client={client} path="/assets" query={query} name="securities" list="assets" />
          </>
        )
      }}
    </Shown>
  )
}
