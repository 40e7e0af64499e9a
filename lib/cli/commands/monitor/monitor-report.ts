import type { DocumentOf } from '../../../documents/document.js'
import { counted } from '../../../documents/figures.js'
import type { MONITOR } from '../../../documents/monitor.js'
import { styled, type Style } from '../../terminal/colour.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'

type Looked = DocumentOf<typeof MONITOR>
type Touched = Looked['alerts'][number]
type Delivered = Looked['delivered'][number]

const STEPS: Readonly<Record<Touched['step'], string>> = { opened: 'new', found: 'still', reopened: 'back again', gone: 'good for now', cleared: 'over' }
const STYLES: Readonly<Record<Touched['severity'], Style>> = { critical: 'red', warning: 'yellow', info: 'blue' }
const GOOD: ReadonlySet<Touched['step']> = new Set(['gone', 'cleared'])

/** What became of it: news is told, and then it is old. */
function stepOf({ step, severity }: Pick<Touched, 'step' | 'severity'>): string {
  return severity === 'info' ? (GOOD.has(step) ? 'told' : 'news') : STEPS[step]
}

const COLUMNS = [{ title: 'alert', align: 'right' as const }, { title: 'step' }, { title: 'severity', leaves: 2 }, { title: 'kind', leaves: 1 }, { title: 'since', leaves: 3 }, { title: 'what is wrong', cut: true }]

/** The incidents of a look, each in the colour of how bad it is, or of what is good again. */
function alertTable(alerts: readonly Touched[], room: number, colour: boolean): string {
  const rows = alerts.map(({ alert_id: id, step, severity, kind, opened_at: opened, summary }) => [String(id), stepOf({ step, severity }), severity, kind, instant(new Date(opened)), printable(summary)])
  const [head, ...lines] = table(COLUMNS, rows, room).split('\n')
  return [head, ...lines.map((line, at) => styled(line, GOOD.has(alerts[at]!.step) ? 'green' : STYLES[alerts[at]!.severity], colour))].join('\n')
}

function deliveredLine({ event, notice_id: id, channel, state, answer, code, next_try_at: next }: Delivered): string {
  const notice = `${channel}: ${event}, notice ${id}`
  if (state === 'sent') return `${notice}, is sent${answer === null ? '' : ` (${printable(answer)})`}`
  return `${notice}, could not be sent (${code ?? 'no reason'}); ${next === null ? 'it is given up' : `again at ${instant(new Date(next))}`}`
}

/** What a look found, what came of it, and what was sent. */
export function monitorText({ looked_at: at, milliseconds, channels, troubles, alerts, notices, delivered }: Looked, room: number, colour: boolean): string {
  const found = troubles.length === 0 ? 'Nothing is wrong' : `${counted(troubles.length, 'trouble')} found`
  const wrong = alerts.find(({ step, severity }) => !GOOD.has(step) && severity !== 'info')
  const told = notices.length === 0 ? 'nothing new is to be told' : `${counted(notices.length, 'notice')} written`
  return [
    ...(alerts.length === 0 ? [] : [alertTable(alerts, room, colour), '']),
    ...delivered.map(deliveredLine),
    ...(notices.length > 0 && channels.length === 0 ? ['Nobody is told: no channel is set up (docs/ALERTS.md says how).'] : []),
    `${found}, ${told}. Looked at ${instant(new Date(at))} in ${milliseconds} ms.${wrong ? ` ohlcv alerts show ${wrong.alert_id} tells what to do.` : ''}`,
  ].join('\n')
}
