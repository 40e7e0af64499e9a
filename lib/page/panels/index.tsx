import type { ComponentType } from 'preact'
import { useActs, type PanelsProps } from '../parts.js'
import { closed, hrefOf, VIEWS, type Place } from '../place.js'
import { HistoricalData } from './acting/historical-data.js'
import { OneAlert } from './alert/one-alert.js'
import { Asset } from './asset/asset.js'
import { OneDate } from './date/one-date.js'
import { Frame } from './parts/frame.js'
import { Actions } from './views/actions.js'
import { Alerts } from './views/alerts.js'
import { Failures } from './views/failures.js'
import { Findings } from './views/findings.js'
import { Remediation } from './views/remediation.js'
import { Runs } from './views/runs.js'

type View = NonNullable<Place['view']>

const TITLES: Readonly<Record<View, string>> = { alerts: 'Alerts', runs: 'Runs', failures: 'Failures', findings: 'Findings', remediation: 'Remediation', actions: 'Actions' }

function Tabs({ place, access }: PanelsProps) {
  const shown = VIEWS.filter((view) => view !== 'actions' || access.access === 'admin')
  return (
    <nav class="tabs" aria-label="Lists">
      {shown.map((view) => <a key={view} href={hrefOf({ ...closed(place), view })} aria-current={place.view === view ? 'page' : undefined}>{TITLES[view]}</a>)}
    </nav>
  )
}

const LISTS: Readonly<Record<View, ComponentType<PanelsProps>>> = { alerts: Alerts, runs: Runs, failures: Failures, findings: Findings, remediation: Remediation, actions: Actions }

/** What is shown beside the page's own parts: a list, an incident, a date, a security, or what has data loaded. */
export function Panels(props: PanelsProps) {
  const { place } = props
  const acts = useActs()
  const close = () => acts.go(closed(place))
  if (place.path === '/admin/historical-data') return <Frame key="load" title="Load universe data" onClose={close}><HistoricalData {...props} /></Frame>
  if (place.view !== null) {
    const List = LISTS[place.view]
    return <Frame key="lists" title={TITLES[place.view]} tabs={<Tabs {...props} />} onClose={close}><List {...props} /></Frame>
  }
  if (place.alert !== null) return <OneAlert key="alert" {...props} alert={place.alert} onClose={close} />
  if (place.date !== null) return <OneDate key="date" {...props} date={place.date} onClose={close} />
  if (place.asset !== null) return <Asset key="asset" {...props} asset={place.asset} onClose={close} />
  return null
}
