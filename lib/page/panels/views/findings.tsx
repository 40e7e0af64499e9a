import { useState } from 'preact/hooks'
import type { PanelsProps } from '../../parts.js'
import { FindingList } from '../parts/finding-list.js'
import { Filters } from '../parts/filters.js'

const STATES = ['open', 'explained', 'resolved', 'all'] as const

/** What rules of quality have found; who may act explains what is right as it is. */
export function Findings(props: PanelsProps) {
  const { place } = props
  const [filter, setFilter] = useState<Record<'asset' | 'rule' | 'state' | 'start' | 'end', string>>({ asset: place.asset ?? '', rule: '', state: 'open', start: place.date ?? '', end: place.date ?? '' })
  return (
    <>
      <p class="lead">What rules of quality have found in the bars. A finding that is right as it is can be explained: it costs no score from then on, until its values change.</p>
      <Filters
        label="Findings" filter={filter} onChange={setFilter}
        fields={[
          { name: 'asset', label: 'Asset' }, { name: 'rule', label: 'Rule' }, { name: 'state', label: 'State', options: STATES, required: true },
          { name: 'start', label: 'From', type: 'date' }, { name: 'end', label: 'To', type: 'date' },
        ]}
      />
      <FindingList {...props} filter={filter} />
    </>
  )
}
