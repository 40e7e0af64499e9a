import type { Channel } from '../features/alerts/channel.js'
import type { NoticeFields } from '../documents/notice.js'
import { noticeDocument } from '../documents/notice.js'
import { factsOf } from '../documents/notice/facts.js'
import type { NoticeIncident } from '../documents/notice/fields.js'
import { introOf, stepsOf } from '../documents/notice/words.js'
import { figure } from '../documents/figures.js'
import type { ChannelOptions } from './options.js'
import { post } from './post.js'
import { channelUrl } from './setting.js'

// Limits of Slack: https://docs.slack.dev/reference/block-kit/blocks
const LONGEST_HEADER = 150
const LONGEST_SENTENCE = 1000
const LONGEST_STEP = 280
const MOST_STEPS = 3
const LONGEST_FIELD = 1900
const MOST_FIELDS = 10
/** A message has 50 blocks at most; an incident of several takes two. */
const MOST_INCIDENTS = 15

const COLOURS = { critical: '#b3261e', warning: '#c98a00', info: '#3367a8', good: '#2c7a1f' } as const

/** What is told of each of several. */
const SHORT = new Set(['Incident', 'Since', 'Lag', 'Vendor'])

type Block = Record<string, unknown>

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

/** Text as Slack's markup has it: nothing in it mentions anybody or becomes a link, and no sign of it is cut in two. */
function escaped(text: string, most: number): string {
  const whole = text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return whole.length <= most ? whole : `${whole.slice(0, most - 1).replace(/&[a-z]{0,3}$/, '')}…`
}

/** A command is shown as one; a backtick in it would end that. */
function stepsText(hint: string): string {
  return stepsOf(hint).slice(0, MOST_STEPS).map(({ text, command }) => `• ${escaped(text, LONGEST_STEP)}${command === null ? '' : `: \`${escaped(command.replaceAll('`', '\''), LONGEST_STEP)}\``}`).join('\n')
}

const section = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text } })

function incidentBlocks(incident: NoticeIncident, isOnly: boolean): Block[] {
  const { summary, hint, cleared_at: cleared, link } = incident
  const facts = factsOf(incident)
  const told = [
    `*${escaped(summary, LONGEST_SENTENCE)}*`, ...(hint === null || cleared !== null ? [] : [stepsText(hint)]), ...(link === null ? [] : [`<${escaped(link, LONGEST_STEP)}|Open the status page>`]),
  ]
  const short = facts.filter(({ label }) => SHORT.has(label)).map(({ label, text }) => `${label}: ${escaped(text, LONGEST_STEP)}`).join(' · ')
  return [
    section(told.join('\n')),
    isOnly
      ? { type: 'section', fields: facts.slice(0, MOST_FIELDS).map(({ label, text }) => ({ type: 'mrkdwn', text: `*${label}*\n${escaped(text, LONGEST_FIELD)}` })) }
      : { type: 'context', elements: [{ type: 'mrkdwn', text: short }] },
  ]
}

function colourOf({ event, incidents }: NoticeFields): string {
  if (event === 'cleared' || event === 'test') return COLOURS.good
  const severities = new Set(incidents.map(({ severity }) => severity))
  return severities.has('critical') ? COLOURS.critical : severities.has('warning') ? COLOURS.warning : COLOURS.info
}

/** A notice as Slack shows it; `text` is what a notification says. */
export function slackMessage(document: NoticeFields): object {
  const { event, title, incidents, link } = document
  const intro = introOf(event, incidents)
  const told = incidents.slice(0, MOST_INCIDENTS)
  const left = incidents.length - told.length
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, LONGEST_HEADER), emoji: false } },
    ...(intro === null ? [] : [section(escaped(intro, LONGEST_SENTENCE))]), ...told.flatMap((one) => incidentBlocks(one, incidents.length === 1)),
    ...(left === 0 ? [] : [section(`${figure(left)} more are left out.`)]), ...(incidents.length === 1 || link === null ? [] : [section(`<${escaped(link, LONGEST_STEP)}|Open the status page>`)]),
  ]
  return { text: escaped(title, LONGEST_SENTENCE), attachments: [{ color: colourOf(document), blocks }] }
}

/** Notices in a channel of Slack, by an incoming webhook; null where none is set. @throws UsageError CHANNEL_SETTING */
export function slackChannel({ env: { OHLCV_SLACK_WEBHOOK: address }, settings: { statusUrl }, now }: ChannelOptions): Channel | null {
  if (!address) return null
  const url = channelUrl('OHLCV_SLACK_WEBHOOK', address, ['https:', 'http:'])
  return {
    name: 'slack',
    takes: ({ event }) => event !== 'report',
    send: (notice, signal) => post({ channel: 'slack', url, headers: {}, body: JSON.stringify(slackMessage(noticeDocument(notice, statusUrl))), now: now() }, signal),
  }
}
