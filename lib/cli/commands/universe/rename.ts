import { UNIVERSE_RENAME } from '../../../documents/universe.js'
import { addDays } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { renameSymbol } from '../../../features/universe/rename.js'
import { runtimeOf } from '../../framework/runtime.js'
import { defineCommand, type Result } from '../../framework/command.js'
import { IDENTITY_FLAGS, identityData, identityLines, identityRequest } from './identity-report.js'
import { readDate } from '../../flags/range.js'
import { isSymbol } from '../../../domain/symbol.js'

function symbol(text: string): string {
  if (isSymbol(text)) return text
  throw new UsageError('SYMBOL_INVALID', `${JSON.stringify(text)} is no symbol`, { hint: 'a symbol is 1 to 32 visible ASCII characters without spaces' })
}

export const universeRename = defineCommand({
  document: UNIVERSE_RENAME,
  usage: 'rename <old> <new>',
  describe: 'Record that a security changed its symbol on a date; bars that are loaded follow it, before and after',
  examples: [
    ['universe rename FB META --on 2022-06-09', 'from that date on META is what FB was'],
    ['universe rename GOOG GOOGL --on 2014-04-03 --reused', 'and GOOG names another security from that date'],
    ['universe rename TWX T --on 2018-06-15 --dry-run', 'what it would do'],
  ],
  positionals: {
    old: { type: 'string', demandOption: true, describe: 'the symbol the day before' },
    new: { type: 'string', demandOption: true, describe: 'the symbol from that date on' },
  },
  flags: {
    on: { type: 'string', requiresArg: true, demandOption: true, describe: 'the first date under the new symbol, YYYY-MM-DD' },
    reused: { type: 'boolean', describe: 'the old symbol names another security from that date' },
    ...IDENTITY_FLAGS,
  },
  settings: ['maxRemoved'],
  async run(args, context): Promise<Result<typeof UNIVERSE_RENAME>> {
    const request = identityRequest(args, context)
    const { dryRun } = request
    const on = readDate('on', args.on)
    if (on === null) throw new UsageError('DATE_MISSING', 'rename needs --on: the first date under the new symbol')
    const rename = { oldSymbol: symbol(args.old), newSymbol: symbol(args.new), on, reused: args.reused === true }
    const { change, otherSince } = await renameSymbol(await runtimeOf(context, { create: true }), { ...request, ...rename })
    const other = otherSince === null
      ? []
      : [`${rename.oldSymbol} stopped to name another security on ${otherSince}; so one that nothing else is known of is taken to have been called ${rename.oldSymbol} from then to ${addDays(on, -1)}`]
    const said = change
      ? [`${rename.oldSymbol} is ${rename.newSymbol} from ${on}`, ...other, ...identityLines(change, dryRun)]
      : [`${rename.oldSymbol} is known to be ${rename.newSymbol} from ${on}: nothing to change`]
    const asked = { old_symbol: rename.oldSymbol, new_symbol: rename.newSymbol, on, reused: rename.reused, dry_run: dryRun }
    return {
      exitCode: EXIT.ok,
      text: () => said.join('\n'),
      data: change
        ? { ...asked, changed: true, other_security_from: otherSince, ...identityData(change) }
        : { ...asked, changed: false, other_security_from: otherSince },
    }
  },
})
