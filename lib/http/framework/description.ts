import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { html } from '../../html/html.js'
import { openApi } from './openapi.js'
import type { Place, Route } from './route.js'

/** Files of Swagger UI that its page loads. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8', 'swagger-ui-bundle.js': 'text/javascript; charset=utf-8', 'favicon-32x32.png': 'image/png',
}

const TRY = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>ohlcv API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png"><link rel="stylesheet" href="/api/docs/swagger-ui.css">
<script src="/api/docs/swagger-ui-bundle.js" defer></script><script src="/api/docs/start.js" defer></script>
</head>
<body><div id="try"></div></body>
</html>
`.text

const START = 'SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#try", deepLinking: true, validatorUrl: null })\n'

const shipped = (name: string): Promise<Buffer> => readFile(path.join(path.dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json')), 'static', name))

/** Where the service describes itself: for programs, and as a page to try it. Both are told everybody, for there is no data in them. */
export function descriptions(routes: readonly Route[], places: readonly Place[]): Place[] {
  const fixed = { open: true, freshness: 'fixed' } as const
  return [
    { path: '/api/openapi.json', summary: 'The description of the service', ...fixed, answer: async () => ({ type: 'application/json; charset=utf-8', body: JSON.stringify(openApi(routes, places)) }) },
    { path: '/api/docs', summary: 'A page to try the API', ...fixed, answer: async () => ({ type: 'text/html; charset=utf-8', body: TRY }) },
    { path: '/api/docs/start.js', summary: 'What the page begins with', ...fixed, answer: async () => ({ type: 'text/javascript; charset=utf-8', body: START }) },
    ...Object.entries(FILES).map(([name, type]): Place => ({ path: `/api/docs/${name}`, summary: 'A file of that page', ...fixed, answer: async () => ({ type, body: await shipped(name) }) })),
  ]
}
