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
const LONGEST_TEXT = 2900
const MOST_FIELDS = 10
/** A message has 50 blocks at most; an incident of several takes two. */
const MOST_INCIDENTS = 15

const COLOURS = { critical: '#b3261e', warning: '#c98a00', info: '#3367a8', good: '#2c7a1f' } as const

/** What is told of each of several. */
const SHORT = new Set(['Incident', 'Since', 'Lag', 'Vendor'])

type Block = Record<string, unknown>

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

/** Text as Slack's markup has it: nothing in it mentions anybody or becomes a link. */
function escaped(text: string): string {
  return cut(text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' '), LONGEST_TEXT).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A command is shown as one; a backtick in it would end that. */
function stepsText(hint: string): string {
  return stepsOf(hint).map(({ text, command }) => `• ${escaped(text)}${command === null ? '' : `: \`${escaped(command.replaceAll('`', '\''))}\``}`).join('\n')
}

const section = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, LONGEST_TEXT) } })

function incidentBlocks(incident: NoticeIncident, isOnly: boolean): Block[] {
  const { summary, hint, cleared_at: cleared, link } = incident
  const facts = factsOf(incident)
  const told = [
    `*${escaped(summary)}*`, ...(hint === null || cleared !== null ? [] : [stepsText(hint)]), ...(link === null ? [] : [`<${escaped(link)}|Open the status page>`]),
  ]
  const short = facts.filter(({ label }) => SHORT.has(label)).map(({ label, text }) => `${label}: ${escaped(text)}`).join(' · ')
  return [
    section(told.join('\n')),
    isOnly
      ? { type: 'section', fields: facts.slice(0, MOST_FIELDS).map(({ label, text }) => ({ type: 'mrkdwn', text: `*${label}*\n${escaped(text)}` })) }
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
    ...(intro === null ? [] : [section(escaped(intro))]), ...told.flatMap((one) => incidentBlocks(one, incidents.length === 1)),
    ...(left === 0 ? [] : [section(`${figure(left)} more are left out.`)]), ...(incidents.length === 1 || link === null ? [] : [section(`<${escaped(link)}|Open the status page>`)]),
  ]
  return { text: escaped(title), attachments: [{ color: colourOf(document), blocks }] }
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
