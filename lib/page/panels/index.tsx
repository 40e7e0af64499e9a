import type { ComponentChildren } from 'preact'
import { useActs, type PanelsProps } from '../parts.js'
import { closed, hrefOf, type Place } from '../place.js'
import { Frame } from './parts/frame.js'
import { Findings } from './views/findings.js'
import { Remediation } from './views/remediation.js'

type View = NonNullable<Place['view']>

const TITLES: Readonly<Record<View, string>> = { runs: 'Runs', failures: 'Failures', findings: 'Findings', remediation: 'Remediation', actions: 'Actions' }

function Tabs({ place, access }: PanelsProps) {
  const shown = (Object.keys(TITLES) as View[]).filter((view) => view !== 'actions' || access.access === 'admin')
  return (
    <nav class="tabs" aria-label="Lists">
      {shown.map((view) => <a key={view} href={hrefOf({ ...closed(place), view })} aria-current={place.view === view ? 'page' : undefined}>{TITLES[view]}</a>)}
    </nav>
  )
}

function listOf(view: View, props: PanelsProps): ComponentChildren {
  switch (view) {
    case 'findings': return <Findings {...props} />
    case 'remediation': return <Remediation {...props} />
    default: return null
  }
}

/** What is shown beside the page's own parts: lists, a date, a security. */
export function Panels(props: PanelsProps) {
  const { place } = props
  const acts = useActs()
  const close = () => acts.go(closed(place))
  if (place.view !== null) return <Frame key="lists" title={TITLES[place.view]} tabs={<Tabs {...props} />} onClose={close}>{listOf(place.view, props)}</Frame>
  return null
}
