import { html, Html, type Content } from './html.js'

// Pages are read in mail clients too: styles stand in the elements, and what is in the head may be dropped. There it only makes small screens and paper better.

const FONT = 'font-family:-apple-system,BlinkMacSystemFont,\'Segoe UI\',Roboto,Helvetica,Arial,sans-serif'

/** Colours of text on white, all of them dark enough to be read by anyone. */
export const COLOURS = { text: '#1f2328', dim: '#57606a', line: '#d0d7de', head: '#f3f5f7' } as const

/** Whether it has colours for the dark too, or is black on white whatever the reader's theme is. */
type Scheme = 'light only' | 'light dark'

const rootStyle = (scheme: Scheme): string => `:root { color-scheme: ${scheme}; supported-color-schemes: ${scheme.replace(' only', '')}; }`

const HEAD_STYLE = `
* { box-sizing: border-box; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { -webkit-text-size-adjust: 100%; }
@media screen and (max-width: 480px) {
  .page { padding: 12px !important; }
  .stack, .stack caption, .stack tbody, .stack tr, .stack th, .stack td { display: block !important; width: 100% !important; }
  .stack thead { position: absolute; width: 1px !important; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack tr { padding: 6px 0; border-bottom: 1px solid ${COLOURS.line}; }
  .stack th, .stack td { border: 0 !important; padding: 1px 4px !important; text-align: left !important; white-space: normal !important; }
  .stack [data-label]::before { content: attr(data-label) ": "; color: ${COLOURS.dim}; font-weight: normal; }
}
@page { margin: 14mm 12mm; }
@media print {
  .page { max-width: none !important; padding: 0 !important; }
  h1, h2, h3, caption { break-after: avoid; }
  tr, li, .keep { break-inside: avoid; }
  thead { display: table-header-group; }
}
`

/** A page of one file: no script, nothing from elsewhere. `dark`: what the styles of its classes are in the dark; without it, it is black on white there too. */
export function page(title: string, body: Content, dark?: string): string {
  const scheme: Scheme = dark === undefined ? 'light only' : 'light dark'
  const style = `\n${rootStyle(scheme)}${HEAD_STYLE}${dark === undefined ? '' : `@media (prefers-color-scheme: dark) {\n${dark}\n}\n`}`
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${scheme}">
<meta name="supported-color-schemes" content="${scheme.replace(' only', '')}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body class="page-all" style="margin:0;padding:0;background:#ffffff;color:${COLOURS.text};${new Html(FONT)};font-size:14px;line-height:1.45">
<div class="page" style="max-width:760px;margin:0 auto;padding:20px;background:#ffffff;color:${COLOURS.text};${new Html(FONT)}">
${body}
</div>
</body>
</html>
`.text
}
