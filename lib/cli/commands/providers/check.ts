import type { DocumentOf } from '../../../documents/document.js'
import { PROVIDERS_CHECK, providersCheckDocument } from '../../../documents/providers.js'
import { checkVendors } from '../../../features/fetch/vendors/check.js'
import { vendorsOf } from '../../../features/fetch/vendors/vendors.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant, latency } from '../../terminal/times.js'

type Checked = DocumentOf<typeof PROVIDERS_CHECK>['providers'][number]

const SEEN = { probe: 'asked', requests: 'by its last requests' } as const

function row({ provider, state, shown_by: shownBy, milliseconds, changed_at: changed, checked_at: checked, code, not_asked: notAsked }: Checked): (string | null)[] {
  return [
    provider, state.replace('_', ' '), changed && instant(new Date(changed)), checked && instant(new Date(checked)), shownBy && SEEN[shownBy],
    milliseconds === null ? null : latency(milliseconds), [code, notAsked === null ? null : `not asked now: ${notAsked}`].filter(Boolean).join('; ') || null,
  ]
}

function checkText({ providers }: DocumentOf<typeof PROVIDERS_CHECK>, room: number): string {
  const shown = table(
    [{ title: 'provider' }, { title: 'state' }, { title: 'since' }, { title: 'seen' }, { title: 'how', leaves: 1 }, { title: 'latency', align: 'right', leaves: 2 }, { title: 'why' }],
    providers.map(row), room,
  )
  const words = providers.flatMap(({ provider, message, hint }) => (message === null ? [] : [`${provider}: ${printable(message)}${hint === null ? '' : `; ${hint}`}`]))
  return words.length === 0 ? shown : `${shown}\n\n${words.join('\n')}`
}

export const providersCheck = defineCommand({
  document: PROVIDERS_CHECK,
  usage: 'check',
  describe: 'Look how each provider answers and write it down for the status service: what a timer starts every ten minutes. Those that are set up are asked once.',
  examples: [['providers check', 'how each is doing; a provider that is not well is no failure of the check: exit code 0']],
  flags: {},
  settings: ['providers'],
  async run(_args, context) {
    const { env, settings, now } = context
    const limits = await readLimits(settings.providers, BAR_PROVIDERS)
    const runtime = await runtimeOf(context)
    const candidates = BAR_PROVIDERS.map((provider) => ({ provider, limits: limits.find(({ name }) => name === provider.name)! }))
    const checked = await checkVendors(runtime, candidates, env)
    const data = providersCheckDocument(checked, await vendorsOf(runtime.db.pool, now()))
    return { exitCode: EXIT.ok, data, text: () => checkText(data, context.room) }
  },
})
