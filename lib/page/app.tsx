import type { Access, Client, Panels, Summary } from './parts.js'
import type { Place } from './place.js'

/** All that the page is made of: the same in the service and in a browser. */
export interface AppProps {
  summary: Summary | null
  place: Place
  access: Access
  /** Whether what is shown are made-up data. */
  demo: boolean
  now: () => Date
  client: Client
  /** What is shown beside the page's own parts; null: not loaded yet. */
  panels: Panels | null
}

export function App({ summary, place, access, now, client, panels: Panels }: AppProps) {
  return (
    <>
      <main id="page">
        <h1>{summary ? summary.verdict.text : 'ohlcv'}</h1>
      </main>
      {Panels && <Panels place={place} client={client} access={access} now={now} />}
    </>
  )
}
