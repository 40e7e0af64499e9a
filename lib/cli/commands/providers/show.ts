import { figure, percentText } from '../../../documents/figures.js'
import { PROVIDERS, providersDocument } from '../../../documents/providers.js'
import type { DocumentOf } from '../../../documents/document.js'
import { overview } from '../../../features/fetch/overview.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { table } from '../../terminal/table.js'
import { printable } from '../../terminal/printable.js'
import { instant, latency } from '../../terminal/times.js'
import { ifThere } from './if-there.js'

type Provider = DocumentOf<typeof PROVIDERS>['providers'][number]

/** `12 of 50,000`, or only what is known of it. */
function useText({ limit, used }: Provider['minute']): string {
  if (limit === null) return used === null ? 'no limit' : figure(used)
  return used === null ? figure(limit) : `${figure(used)} of ${figure(limit)}`
}

const leftText = ({ left }: Provider['minute']): string | null => (left === null ? null : figure(left))

function row({ name, aliases, tier, priority, key, second, minute, day, month, success_percent: success, median_ms: median, score }: Provider): (string | number | null)[] {
  return [
    [name, ...aliases].join(', '), tier, priority, key === null ? 'none needed' : key.set ? 'set' : `${key.variable} not set`,
    second.limit === null ? 'no limit' : figure(second.limit),
    useText(minute), leftText(minute), useText(day), leftText(day), useText(month), leftText(month),
    success === null ? null : percentText(success), median === null ? null : latency(median), score === null ? null : score.toFixed(2),
  ]
}

const right = { align: 'right' } as const

function providersText({ providers }: DocumentOf<typeof PROVIDERS>, room: number): string {
  const shown = table(
    [
      { title: 'provider' }, { title: 'tier' }, { title: 'priority', ...right, leaves: 1 }, { title: 'key' }, { title: 'a second', ...right, leaves: 2 },
      { title: 'this minute', ...right }, { title: 'left', ...right, leaves: 4 }, { title: 'this day', ...right }, { title: 'left', ...right, leaves: 5 },
      { title: 'this month', ...right }, { title: 'left', ...right, leaves: 6 }, { title: 'success', ...right, leaves: 7 }, { title: 'latency', ...right, leaves: 3 }, { title: 'score', ...right, leaves: 3 },
    ],
    providers.map(row), room,
  )
  const notes = providers.flatMap(notesOf)
  return notes.length === 0 ? shown : `${shown}\n\n${notes.join('\n')}`
}

/** Why a provider is not asked at the moment where none is named. */
function notesOf({ name, enabled, day, month, rest }: Provider): string[] {
  const usedUp = ([['day', day], ['month', month]] as const).filter(([, { left }]) => left === 0)
  return [
    ...(enabled ? [] : [`${name} is not enabled: it is asked only where it is named`]),
    ...usedUp.map(([period, { renewed_at: at }]) => `${name}: the limit of this ${period} is used up, and renewed at ${instant(new Date(at))}`),
    ...(rest === null ? [] : [`${name} rests until ${instant(new Date(rest.until))}: ${printable(rest.message ?? rest.code ?? 'it failed')}`]),
  ]
}

export const providersShow = defineCommand({
  document: PROVIDERS,
  ...NAMES.providers,
  usage: '$0',
  examples: [['providers', 'who there is, whether each has a key, and what is used of its limits']],
  flags: {},
  settings: ['providers'],
  async run(_args, context) {
    const limits = await readLimits(context.settings.providers, BAR_PROVIDERS)
    const database = await ifThere(context.database)
    const data = providersDocument(await overview(BAR_PROVIDERS, limits, context.env, database && database.pool, context.now()), context.now())
    return { exitCode: EXIT.ok, data, text: () => providersText(data, context.room) }
  },
})
