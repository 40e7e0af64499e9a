import { ACTIONS_RULE, ruleDocument } from '../../../documents/actions.js'
import { UsageError } from '../../../domain/errors.js'
import { ruleSplit } from '../../../store/actions/rulings.js'
import { dateFlag } from '../../flags/dates.js'
import { securityNamed } from '../../../store/universe/security-named.js'
import { defineCommand, type Registration } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'

/** A command that decides whether a split applies. */
function rule(name: 'apply' | 'ignore', describe: string, example: string): Registration {
  const applies = name === 'apply'
  return defineCommand({
    document: ACTIONS_RULE,
    usage: `${name} <symbol> <date>`,
    describe,
    examples: [[`actions ${name} GE 2023-01-04`, example]],
    positionals: {
      symbol: { type: 'string', demandOption: true, describe: 'what the security is called now, or was called at last' },
      date: { type: 'string', demandOption: true, describe: 'the first date that is traded so, YYYY-MM-DD' },
    },
    flags: {},
    async run({ symbol, date }, context) {
      const exDate = dateFlag('date', date)
      const { pool } = await context.database()
      const { security: { symbolId } } = await securityNamed(pool, symbol, null)
      const called = await ruleSplit(pool, symbolId, exDate, applies)
      if (called === undefined) {
        throw new UsageError('SPLIT_UNKNOWN', `no source tells of a split of ${symbol} on ${exDate}`, { hint: `ohlcv actions list --symbols ${symbol} shows those there are` })
      }
      return {
        exitCode: EXIT.ok,
        data: ruleDocument(called, symbolId, exDate, applies),
        text: () => `The split of ${called} on ${exDate} ${applies ? 'adjusts prices from now on' : 'adjusts no prices any more'}.`,
      }
    },
  })
}

export const actionsApply = rule('apply', 'Have prices adjusted by a split whose ratio is unusual, as those of spin-offs are that are told as splits', 'adjust prices by it')
export const actionsIgnore = rule('ignore', 'Have no prices adjusted by a split that is told, but wrong', 'adjust no prices by it')
