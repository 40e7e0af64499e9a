import { Alerts } from './alerts.js'
import { Assets } from './watched/assets.js'
import { Datasets } from './datasets.js'
import { Header, isCurrent, OldNotice, type Link } from './header.js'
import { HeatMap } from './map/heat-map.js'
import { Panels } from './panels/index.js'
import { useActs, type Access, type Client, type Summary } from './parts.js'
import type { Place } from './place.js'
import { Locked, Who } from './sign-in.js'
import { Running, Vendors } from './vendors.js'
import { Verdict } from './verdict.js'
import { barTimeText } from './words.js'

/** All that the page is made of: the same in the service and in a browser. */
export interface AppProps {
  summary: Summary | null
  place: Place
  access: Access
  /** Whether what is shown are made-up data. */
  demo: boolean
  link: Link
  now: () => Date
  client: Client
}

/** Where there is nothing to show: why. */
function Nothing({ link }: { link: Link }) {
  const { refresh } = useActs()
  if (link.state === 'locked') return <Locked />
  if (link.state === 'ok') return <section class="card nothing"><h1>ohlcv</h1><p role="status">Loading what there is…</p></section>
  return (
    <section class="card nothing">
      <h1>The status cannot be shown</h1>
      <p role="alert">The service does not answer{link.reason === null ? '' : `: ${link.reason}`}. It is asked again by itself.</p>
      <p><button type="button" onClick={() => void refresh()}>Try again</button></p>
    </section>
  )
}

/** The page. */
export function App({ summary, place, access, demo, link, now, client }: AppProps) {
  const { refresh } = useActs()
  const isKnown = summary !== null && isCurrent(link, summary.as_of, now())
  return (
    <>
      <a class="skip" href="#page">Skip to the content</a>
      <Header asOf={summary?.as_of ?? null} isShownCurrent={isKnown} link={link} access={access} demo={demo} place={place} onRefresh={() => void refresh()}>
        {summary !== null && <Who access={access} />}
      </Header>
      <main id="page" tabIndex={-1}>
        {summary === null ? <Nothing link={link} /> : (
          <>
            <Verdict summary={summary} place={place} isKnown={isKnown} now={now} />
            <Datasets summary={summary} place={place} isKnown={isKnown} />
            <HeatMap summary={summary} place={place} />
            <Assets summary={summary} place={place} client={client} />
            <div class="pair">
              <Alerts alerts={summary.alerts} place={place} />
              <Vendors vendors={summary.vendors} />
              <Running running={summary.running} place={place} now={now} />
            </div>
          </>
        )}
      </main>
      <footer class="foot">
        <span>Dates are those of the exchange, times are UTC.</span>
        {summary?.checker.checked_at && <span>Last checked {barTimeText(summary.checker.checked_at)} UTC.</span>}
        <span>Refreshed every 30 seconds.</span>
      </footer>
      {summary !== null && !isKnown && <OldNotice link={link} asOf={summary.as_of} now={now()} />}
      {link.state !== 'locked' && <Panels place={place} client={client} access={access} now={now} />}
    </>
  )
}
