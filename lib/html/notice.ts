import type { NoticeFields } from '../documents/notice.js'
import { factsOf, timeText } from '../documents/notice/facts.js'
import type { NoticeIncident } from '../documents/notice/fields.js'
import { choicesOf, introOf, stepsOf } from '../documents/notice/words.js'
import { html, type Content, type Html } from './html.js'
import { COLOURS, page } from './page.js'

interface Tone {
  /** By which its colours in the dark are found. */
  name: string
  ink: string
  paper: string
  edge: string
}

const TONES = {
  critical: { name: 'critical', ink: '#8c1d18', paper: '#fce8e6', edge: '#c5382f' },
  warning: { name: 'warning', ink: '#6b4b00', paper: '#fff4d6', edge: '#c98a00' },
  info: { name: 'info', ink: '#12436d', paper: '#e3effa', edge: '#3b7cb8' },
  good: { name: 'good', ink: '#0f5132', paper: '#e3f4ea', edge: '#2e8b57' },
} as const satisfies Record<string, Tone>

/** Classes only say what is other in the dark: all else stands in the elements. */
const DARK = `.page-all, .page { background: #16191d !important; color: #e3e6ea !important; }
.dim { color: #a0a8b2 !important; }
.line { border-color: #3a4149 !important; }
.box { background: #22272d !important; }
.critical { background: #4a1512 !important; color: #ffd5d1 !important; }
.warning { background: #45330a !important; color: #ffe3a3 !important; }
.info { background: #12304a !important; color: #cde4fa !important; }
.good { background: #10382a !important; color: #c4efd7 !important; }
.link { color: #8ec5ff !important; }
.button { background: #8ec5ff !important; color: #10161d !important; }`

const MONO = 'font-family:SFMono-Regular,Consolas,\'Liberation Mono\',Menlo,monospace;font-size:13px'

function toneOf({ severity, cleared_at: cleared, unwatched }: NoticeIncident): Tone {
  return cleared === null ? TONES[severity] : unwatched ? TONES.info : TONES.good
}

function badge(word: string, { name, ink, paper }: Tone): Html {
  return html`<span class="${name}" style="display:inline-block;padding:2px 9px;border-radius:10px;background:${paper};color:${ink};font-size:12px;font-weight:600;white-space:nowrap">${word}</span>`
}

/** Longer words are divided where they have to be. */
const LONGEST_WORD = 30

/** A command, which is divided between words only: a hyphen of a date is no place for it. */
function command(text: string): Html {
  const words = text.split(' ').map((word, at) => [at === 0 ? '' : ' ', word.length > LONGEST_WORD ? word : html`<span style="white-space:nowrap">${word}</span>`])
  return html`<code style="${MONO};overflow-wrap:anywhere">${words}</code>`
}

function hintOf({ hint, cleared_at: cleared }: NoticeIncident): Content {
  if (hint === null || cleared !== null) return null
  return html`<div class="box" style="background:${COLOURS.head};border-radius:6px;padding:10px 14px;margin:12px 0">
<div class="dim" style="color:${COLOURS.dim};font-size:12px;margin-bottom:3px">What to do</div>
${stepsOf(hint).map(({ text, command: typed }) => html`<div style="margin:4px 0;overflow-wrap:anywhere">${text}${typed === null ? null : html`:<br>${command(typed)}`}</div>
`)}</div>
`
}

function factsTable(incident: NoticeIncident): Html {
  return html`<table cellpadding="0" style="border-collapse:collapse;width:100%;margin:12px 0;font-size:13px;text-align:left;overflow-wrap:anywhere"><tbody>
${factsOf(incident).map(({ label, text }) => html`<tr class="line" style="border-bottom:1px solid ${COLOURS.line};vertical-align:top"><th scope="row" class="dim" style="width:74px;padding:5px 10px 5px 0;color:${COLOURS.dim};font-weight:normal">${label}</th><td style="padding:5px 0">${text}</td></tr>
`)}</tbody></table>
`
}

function button(link: string | null, text: string): Content {
  return link === null ? null : html`<p style="margin:16px 0 4px"><a class="button" href="${link}" style="display:inline-block;background:#1a5fa8;color:#ffffff;padding:9px 18px;border-radius:6px;text-decoration:none;font-weight:600">${text}</a></p>
`
}

/** What stands beside a bar in the colour of how bad it is. */
function beside({ edge }: Tone, content: Content): Html {
  return html`<table role="presentation" cellpadding="0" style="border-collapse:collapse;width:100%"><tbody><tr><td style="width:5px;background:${edge}"></td><td style="padding:2px 0 2px 14px">
${content}
</td></tr></tbody></table>
`
}

const heading = (text: string): Html => html`<h1 style="font-size:20px;line-height:1.3;margin:8px 0 2px;overflow-wrap:anywhere">${text}</h1>`

const introText = (text: string | null): Content => (text === null ? null : html`<p style="margin:10px 0 2px">${text}</p>
`)

/** How bad it is, or that it no longer is. */
function wordOf({ severity, cleared_at: cleared, unwatched }: NoticeIncident): string {
  if (cleared === null) return severity
  return unwatched ? 'no longer watched' : 'over'
}

function oneIncident(notice: NoticeFields, incident: NoticeIncident): Html {
  const tone = toneOf(incident)
  return html`${beside(tone, html`${badge(wordOf(incident), tone)}${introText(introOf(notice.event, notice.incidents))}
${heading(incident.summary)}`)}${hintOf(incident)}${factsTable(incident)}${button(incident.link, 'Open the status page')}`
}

function listed(incident: NoticeIncident): Html {
  const { summary, link, alert_id: id } = incident
  const tone = toneOf(incident)
  const facts = factsOf(incident).filter(({ label }) => label === 'Lag' || label === 'Vendor').map(({ label, text }) => `${label}: ${text}`)
  const number = link === null ? `Incident ${id}` : html`<a class="link" href="${link}" style="color:#1a5fa8">Incident ${id}</a>`
  return html`<div class="keep" style="margin:22px 0">
${beside(tone, html`${badge(wordOf(incident), tone)}
<h2 style="font-size:16px;line-height:1.3;margin:6px 0 2px;overflow-wrap:anywhere">${summary}</h2>
<div class="dim" style="color:${COLOURS.dim};font-size:13px">${number}, since ${timeText(incident.opened_at)}${facts.map((fact) => ` · ${fact}`)}</div>`)}${hintOf(incident)}</div>
`
}

function several({ event, incidents, title, link }: NoticeFields): Html {
  return html`${heading(title)}${introText(introOf(event, incidents))}${incidents.map(listed)}${button(link, 'Open the status page')}`
}

function choices(incidents: readonly NoticeIncident[]): Content {
  const told = choicesOf(incidents)
  return told.length === 0 ? null : html`<footer class="dim line" style="margin-top:24px;padding-top:10px;border-top:1px solid ${COLOURS.line};color:${COLOURS.dim};font-size:12px">
${told.map(({ text, command: typed }) => html`<div style="margin:3px 0">${text}: ${command(typed)}</div>
`)}</footer>
`
}

/** A notice as a page, for mails: in the dark it is dark. */
export function noticePage(notice: NoticeFields): string {
  const { incidents, title } = notice
  const [only] = incidents.length === 1 ? incidents : []
  return page(title, html`<main>
${only ? oneIncident(notice, only) : several(notice)}</main>
${choices(incidents)}`, DARK)
}
