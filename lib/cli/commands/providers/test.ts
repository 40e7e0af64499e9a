import { counted } from '../../../documents/figures.js'
import { PROVIDERS_TEST, providersTestDocument } from '../../../documents/providers.js'
import { quotaGate, type Gate } from '../../../features/runs/asking/gate.js'
import { probe, type Probed, type Problem } from '../../../features/fetch/probe.js'
import { providerNamed } from '../../../features/fetch/resolve.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import type { BarProvider } from '../../../providers/bar-provider.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits, type ProviderLimits } from '../../../providers/limits.js'
import { addMetrics } from '../../../store/fetches/metrics.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import { printable } from '../../terminal/printable.js'
import { latency } from '../../terminal/times.js'
import { ifThere } from './if-there.js'

const WORDS: Record<Problem, string> = {
  key_refused: 'the key is refused',
  plan: 'the plan of the key does not cover daily bars',
  limit: 'a limit is used up',
  unreachable: 'it cannot be reached',
  format: 'its answer has not the form that is known',
  refused: 'the request is refused',
}

/** Where there is no database nobody can tell what is used. */
const OPEN_GATE: Gate = { pass: async () => ({ giveBack: async () => {} }) }

function limitsOf(all: readonly ProviderLimits[], { name }: BarProvider): ProviderLimits {
  return all.find((limits) => limits.name === name)!
}

/** Counts the request among those of the provider. */
async function count({ db, signal }: Runtime, { provider, problem, code, bars, tried }: Probed): Promise<void> {
  if (!tried) return
  const succeeded = problem === null ? 1 : 0
  await db.run(signal, (client) => addMetrics(client, provider, {
    requests: 1, succeeded, failed: 1 - succeeded, rateLimited: code === 'RATE_LIMITED' ? 1 : 0, bars, bytes: tried.bytes, latencyMs: tried.durationMs, expected: 0, counted: 0,
  }))
}

function probedText({ provider, symbol, problem, code, message, hint, bars, tried }: Probed): string {
  if (problem === null) return `${provider} answers: ${counted(bars, 'daily bar')} of ${symbol} in ${latency(tried?.durationMs ?? 0)}.`
  return [`${provider}: ${WORDS[problem]}.`, `  ${printable(message ?? '')} (${code})`, ...(hint === null ? [] : [`  ${hint}`])].join('\n')
}

export const providersTest = defineCommand({
  document: PROVIDERS_TEST,
  usage: 'test <name>',
  describe: 'Make one request to a provider and say in words what is wrong, if anything is; it counts among those of its limits',
  examples: [[`providers test ${BAR_PROVIDERS[0].name}`, `is the key right, does the plan cover daily bars? Exit code ${EXIT.dateFailed} when not`]],
  positionals: { name: { type: 'string', demandOption: true, describe: 'the provider, or what else it is called' } },
  flags: {},
  settings: ['providers'],
  async run({ name }, context) {
    const provider = providerNamed(name)
    const { env, log, now, signal, settings } = context
    const limits = limitsOf(await readLimits(settings.providers, BAR_PROVIDERS), provider)
    const runtime = await ifThere(() => runtimeOf(context))
    const probed = await probe(provider, { env, log, now, gate: runtime ? quotaGate(runtime.db, provider.name, limits) : OPEN_GATE }, signal)
    if (runtime) await count(runtime, probed)
    return {
      exitCode: probed.problem === null ? EXIT.ok : EXIT.dateFailed,
      data: providersTestDocument(probed),
      text: () => probedText(probed),
    }
  },
})
