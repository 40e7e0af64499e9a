import { ALERT, alertDocument } from '../../../documents/alerts.js'
import type { DocumentOf } from '../../../documents/document.js'
import { few } from '../../../documents/figures.js'
import { incidentById } from '../../../features/alerts/list.js'
import { isMuted } from '../../../features/alerts/mute.js'
import { mutesAt } from '../../../store/alerts/mutes.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { styled } from '../../terminal/colour.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'
import { readAlertId } from './alert-id.js'
import { aboutOf, inSeverity, lateOf, mutedText, stateOf, type Incident } from './words.js'

type Shown = DocumentOf<typeof ALERT>
type Delivery = Shown['notices'][number]['deliveries'][number]

/** Dates and symbols that are named in a line. */
const NAMED = 12

const at = (text: string | null): string | null => text && instant(new Date(text))

/** What is known of it: names and what they are, those that say nothing left out. */
function factsOf(alert: Incident, mutes: Shown['mutes']): [string, string | null][] {
  const { details, hint } = alert
  return [
    ['what to do', hint && printable(hint)], ['about', aboutOf(alert)], ['late', lateOf(alert)], ['dates', details.dates.length === 0 ? null : few(details.dates, NAMED)],
    ['symbols', details.symbols.length < 2 ? null : `${details.symbol_count}: ${printable(few(details.symbols, NAMED))}`], ['found', details.found && printable(details.found)], ['code', details.code],
    ['vendor', details.vendor_state?.replace('_', ' ') ?? null], ['run', details.run_id === null ? null : `${details.run_id}${details.run_at === null ? '' : `, begun ${at(details.run_at)}`}`],
    ['opened', at(alert.opened_at)], ['last seen', at(alert.seen_at)], ['good since', alert.cleared_at === null ? at(alert.good_since) : null],
    ['cleared', alert.cleared_at && `${at(alert.cleared_at)}${details.unwatched ? ', for its dates are too old to be looked at' : ''}`], ['came back', alert.flaps === 0 ? null : `${alert.flaps} times`],
    ['acknowledged', alert.acknowledged_at && `${at(alert.acknowledged_at)} by ${printable(alert.acknowledged_by ?? '')}${alert.note === null ? '' : `: ${printable(alert.note)}`}`],
    ...mutes.map((mute): [string, string] => ['muted', `until ${at(mute.until)} by ${printable(mute.muted_by)} (mute ${mute.mute_id}: ${mutedText(mute)})`]),
  ]
}

function endOf({ state, sent_at: sent, next_try_at: next }: Delivery): string {
  if (state === 'sent') return `sent ${at(sent)}`
  return state === 'given_up' ? 'given up' : `is to be sent ${at(next)}`
}

function noticeRows({ notices }: Shown): (string | number | null)[][] {
  return notices.flatMap(({ event, written_at: written, deliveries }) => (deliveries.length === 0
    ? [[event, at(written), null, 'no channel was set', null, null]]
    : deliveries.map((delivery) => [event, at(written), delivery.channel, endOf(delivery), delivery.tries, [delivery.code, delivery.message && printable(delivery.message)].filter(Boolean).join(': ') || null])))
}

function alertText(data: Shown, room: number, colour: boolean): string {
  const { alert, mutes } = data
  const facts = factsOf(alert, mutes).filter(([, value]) => value !== null)
  const width = Math.max(...facts.map(([name]) => name.length))
  const told = table([{ title: 'told' }, { title: 'when' }, { title: 'by' }, { title: 'state' }, { title: 'tries', align: 'right', leaves: 1 }, { title: 'why not', cut: true }], noticeRows(data), room)
  return [
    inSeverity(`Alert ${alert.alert_id}, ${alert.kind}, ${stateOf(alert)}`, alert, colour), styled(printable(alert.summary), 'bold', colour), '',
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`), '',
    data.notices.length === 0 ? 'Nobody was told of it.' : told,
  ].join('\n')
}

export const alertsShow = defineCommand({
  document: ALERT,
  usage: 'show <alert>',
  describe: 'Show one alert: what is wrong, since when, what to do, and who was told by which channel.',
  examples: [['alerts show 42', 'all that is known of it']],
  positionals: { alert: { type: 'string', demandOption: true, describe: 'its number, as `ohlcv alerts` shows it' } },
  flags: {},
  async run({ alert }, context) {
    const id = readAlertId(alert)
    const { pool } = await context.database()
    const now = context.now()
    const [{ notices, ...found }, mutes] = await Promise.all([incidentById(pool, id), mutesAt(pool, now)])
    const data = alertDocument(found, notices, mutes.filter((mute) => isMuted(found, [mute], now)))
    return { exitCode: EXIT.ok, data, text: () => alertText(data, context.room, context.colour) }
  },
})
