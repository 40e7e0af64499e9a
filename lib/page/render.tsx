import { renderToString } from 'preact-render-to-string'
import { App } from './app.js'
import type { Link } from './header.js'
import type { Access, Client, Summary } from './parts.js'
import type { Place } from './place.js'

/** What the page is made from. */
export interface PageInput {
  /** Null: who asks may not see it, or there is none at the moment; the browser asks for it then. */
  summary: Summary | null
  place: Place
  access: Access
  demo: boolean
  now: Date
  /** Where its program, its looks and its sign are to be had; their names may have a mark of their version. */
  assets?: { script: string; style: string; icon: string }
}

/** A client that is never asked: in the service nothing is loaded. */
const unasked = () => Promise.reject(new Error('asked in the service'))
const nobody: Client = { get: unasked, csv: unasked, post: unasked }

const LINKED: Link = { state: 'ok', reason: null, isBusy: false }

/** Data as a script element holds them: no `<` in them could end it. */
function embedded(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

/** The page as HTML, whole. */
export function renderPage({ assets = { script: '/assets/page.js', style: '/assets/page-style.css', icon: '/assets/icon.svg' }, now, ...shown }: PageInput): string {
  const { place: _, ...data } = shown
  return `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{shown.summary ? `${shown.summary.verdict.text} · ohlcv` : 'ohlcv'}</title>
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.style} />
        <script type="module" src={assets.script} />
      </head>
      <body>
        <div id="app"><App {...shown} now={() => now} client={nobody} link={LINKED} /></div>
        <script type="application/json" id="data" dangerouslySetInnerHTML={{ __html: embedded({ ...data, now: now.toISOString() }) }} />
      </body>
    </html>,
  )}`
}
