import type { NoticeEvent } from '../../features/alerts/notice.js'
import type { NoticeIncident } from './fields.js'

/** What stands before the incidents; null: they speak for themselves. */
export function introOf(event: NoticeEvent, incidents: readonly NoticeIncident[]): string | null {
  const [first] = incidents
  switch (event) {
    case 'escalated': return 'This has become critical.'
    case 'reopened': return 'This was over and is back. It is told again when it stays well.'
    case 'cleared': return first?.unwatched ? 'This is no longer watched, because its dates are older than what is looked at. Nobody has seen it mended. It was:' : 'This is over. It was:'
    case 'reminder': return 'These are still open, and nobody has acknowledged them. They are told of again once a day at most.'
    case 'test': return 'This is a test: nothing is wrong. What is wrong with the data will be told here, once, with what to do about it; and when it is over.'
    case 'opened': case 'report':
  }
  return null
}

/** Something a reader may do, with the command for it. */
export interface Choice {
  text: string
  command: string
}

/** What a reader may do about being told. */
export function choicesOf(incidents: readonly NoticeIncident[]): Choice[] {
  const open = incidents.filter(({ severity, cleared_at: cleared }) => severity !== 'info' && cleared === null)
  if (open.length === 0) return []
  const number = open.length === 1 ? String(open[0]!.alert_id) : 'NUMBER'
  return [{ text: 'I look after it', command: `ohlcv alerts acknowledge ${number}` }, { text: 'Tell nobody for a while', command: `ohlcv alerts mute ${number} --for 8h` }]
}

/** Something to do, and the command for it where there is one. */
export interface Step {
  text: string
  command: string | null
}

const COMMAND = /^(.*?): ((?:ohlcv|systemctl|journalctl) .*)$/

/** The parts of a hint, which `; ` divides: each in words, that end with a command or not. */
export function stepsOf(hint: string): Step[] {
  return hint.split('; ').map((part) => {
    const [, text, command = null] = COMMAND.exec(part) ?? []
    const words = text ?? part
    return { text: words.charAt(0).toUpperCase() + words.slice(1), command }
  })
}
