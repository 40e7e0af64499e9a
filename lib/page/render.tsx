import { renderToString } from 'preact-render-to-string'
import { Shell } from './shell.js'

/** The page as HTML, whole. */
export function renderPage(): string {
  return `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>ohlcv</title>
        <link rel="stylesheet" href="/assets/page-style.css" />
        <script type="module" src="/assets/page.js" />
      </head>
      <body>
        <Shell>ohlcv</Shell>
      </body>
    </html>,
  )}`
}
