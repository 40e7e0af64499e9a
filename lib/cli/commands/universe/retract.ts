import { UNIVERSE_RETRACT } from '../../../documents/universe.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { factText } from '../../../features/universe/facts.js'
import { retractFacts } from '../../../features/universe/retract.js'
import { runtimeOf } from '../../framework/runtime.js'
import { defineCommand } from '../../framework/command.js'
import { IDENTITY_FLAGS, identityData, identityLines, identityRequest } from './identity-report.js'

export const universeRetract = defineCommand({
  document: UNIVERSE_RETRACT,
  usage: 'retract <fact...>',
  describe: 'Take back facts about symbols that were wrong, a rename on the wrong day for instance; bars that are loaded go to where the other facts say',
  examples: [
    ['universe retract 12', 'the fact with that id in `ohlcv universe history SYMBOL`'],
    ['universe retract 12 13 --dry-run', 'what it would do'],
  ],
  positionals: { fact: { type: 'number', array: true, demandOption: true, describe: 'ids of facts' } },
  flags: IDENTITY_FLAGS,
  settings: ['maxRemoved'],
  async run(args, context) {
    const ids = [...new Set(args.fact)]
    const wrong = ids.find((id) => !Number.isSafeInteger(id) || id < 1)
    if (wrong !== undefined) throw new UsageError('FACT_UNKNOWN', 'a fact is named by its id, a whole number', { hint: '`ohlcv universe history SYMBOL` lists the facts with their ids' })
    const request = identityRequest(args, context)
    const { facts, change } = await retractFacts(await runtimeOf(context), { ...request, facts: ids })
    return {
      exitCode: EXIT.ok,
      text: () => [...facts.map((fact) => `taken back: ${factText(fact)}`), ...identityLines(change, request.dryRun)].join('\n'),
      data: { facts: facts.map(({ factId }) => factId), dry_run: request.dryRun, ...identityData(change) },
    }
  },
})
