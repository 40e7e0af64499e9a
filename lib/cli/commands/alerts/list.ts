import { ALERTS, alertsDocument } from '../../../documents/alerts.js'
import { DATASETS } from '../../../datasets/datasets.js'
import type { DocumentOf } from '../../../documents/document.js'
import { counted } from '../../../documents/figures.js'
import { listIncidents } from '../../../features/alerts/list.js'
import { ALERT_KINDS, SEVERITIES } from '../../../features/alerts/trouble.js'
import { guarded } from '../../../formats/csv-text.js'
import { lastCheck } from '../../../store/alerts/check.js'
import { mutesAt } from '../../../store/alerts/mutes.js'
import { limitFlag, readLimit } from '../../flags/range.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'
import { aboutOf, inSeverity, lateOf, mutedText, stateOf, type Incident, type Mute } from './words.js'

const DEFAULT_LIMIT = 30

type Listed = DocumentOf<typeof ALERTS>

const COLUMNS = [
  { title: 'alert', align: 'right' as const }, { title: 'state' }, { title: 'kind', leaves: 3 }, { title: 'since', leaves: 4 }, { title: 'late', leaves: 5 }, { title: 'about', leaves: 1, cut: true },
  { title: 'what is wrong', cut: true }, { title: 'cleared', leaves: 2 },
]

function rowOf(alert: Incident): (string | null)[] {
  const { alert_id: id, kind, opened_at: opened, cleared_at: cleared, summary } = alert
  return [String(id), stateOf(alert), kind, instant(new Date(opened)), lateOf(alert), aboutOf(alert), printable(summary), cleared && instant(new Date(cleared))]
}

/** The table, each line in the colour of how bad it is. */
function tableText(alerts: readonly Incident[], room: number, colour: boolean): string {
  const [head, ...lines] = table(COLUMNS, alerts.map(rowOf), room).split('\n')
  return [head, ...lines.map((line, at) => inSeverity(line, alerts[at]!, colour))].join('\n')
}

function muteLine(mute: Mute): string {
  return `Mute ${mute.mute_id} until ${instant(new Date(mute.until))}: ${mutedText(mute)}${mute.reason === null ? '' : ` (${printable(mute.reason)})`}`
}

function listText({ checked_at: checked, alerts, mutes }: Listed, state: string, room: number, colour: boolean): string {
  const looked = checked === null ? 'Nothing has looked yet: ohlcv monitor does.' : `Last looked at ${instant(new Date(checked))}.`
  const listed = alerts.length === 0 ? (state === 'open' ? 'Nothing is wrong that was told of.' : 'There is no such alert.') : tableText(alerts, room, colour)
  const what = alerts.length === 0 ? '' : `${counted(alerts.length, 'alert')}${state === 'open' ? ' open' : ''}; ohlcv alerts show ${alerts[0]!.alert_id} tells what to do. `
  return [listed, '', ...mutes.map(muteLine), `${what}${looked}`].join('\n')
}

const CSV_FIELDS = ['alert_id', 'kind', 'severity', 'summary', 'hint', 'dataset', 'symbol', 'timespan', 'provider', 'opened_at', 'seen_at', 'cleared_at', 'flaps', 'acknowledged_at', 'acknowledged_by', 'note'] as const satisfies (keyof Incident)[]

export const alertsList = defineCommand({
  document: ALERTS,
  ...NAMES.alerts,
  usage: '$0',
  examples: [
    ['alerts', 'what is wrong now'],
    ['alerts --state all --kind stale', 'each time that data was late, the latest first'],
    ['alerts --state cleared --limit 1000 --csv', 'what was wrong and is not any more, for a spreadsheet'],
  ],
  flags: {
    state: { choices: ['open', 'cleared', 'all'] as const, default: 'open' as const, requiresArg: true, describe: 'only those that are open, or over' },
    kind: { choices: ALERT_KINDS, requiresArg: true, describe: 'only what is wrong in this way' },
    severity: { choices: SEVERITIES, requiresArg: true, describe: 'only those that are so bad' },
    dataset: { choices: DATASETS.map(({ flag }) => flag), requiresArg: true, describe: 'only those about these files' },
    symbol: { type: 'string', requiresArg: true, describe: 'only those that name this symbol' },
    provider: { type: 'string', requiresArg: true, describe: 'only those about this provider' },
    limit: limitFlag(`show at most N of them (default ${DEFAULT_LIMIT})`),
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  async run({ state, kind = null, severity = null, dataset, symbol = null, provider = null, limit }, context) {
    const most = readLimit(limit, DEFAULT_LIMIT)
    const filter = {
      state: state === 'all' ? null : state, kind, severity, dataset: DATASETS.find(({ flag }) => flag === dataset)?.name ?? null, symbol, provider,
    }
    const { pool } = await context.database()
    const data = alertsDocument((await lastCheck(pool))?.checkedAt ?? null, await listIncidents(pool, filter, { before: null, limit: most }), await mutesAt(pool, context.now()))
    return {
      exitCode: EXIT.ok, data,
      text: () => listText(data, state, context.room, context.colour),
      csv: () => [[...CSV_FIELDS], ...data.alerts.map((alert) => guarded(CSV_FIELDS.map((field) => alert[field])))],
    }
  },
})
