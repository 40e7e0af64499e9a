import type { DocumentOf } from '../../../documents/document.js'
import { UNIVERSE_LIST } from '../../../documents/universe.js'
import { listRanges, listSecurities, type ListedSecurity } from '../../../store/universe/list.js'
import { requireType } from '../../../store/universe/require-type.js'
import { EXIT } from '../../framework/exit.js'
import { defineCommand } from '../../framework/command.js'
import { counted } from '../../../documents/figures.js'
import { cut, printable } from '../../terminal/printable.js'
import { limitFlag, readLimit } from '../../flags/range.js'
import { table } from '../../terminal/table.js'

const SHOWN = 40
const NAME_WIDTH = 44

function listText(securities: readonly ListedSecurity[], shown: readonly ListedSecurity[]): string {
  const safe = (text: string | null, width = NAME_WIDTH) => text && cut(printable(text), width)
  const drawn = table(
    ['symbol', 'name', 'type', 'exchange', 'active', 'from', 'to'].map((title) => ({ title })),
    shown.map((s) => [s.symbol, safe(s.name), safe(s.type, 12), safe(s.exchange, 16), s.active ? 'yes' : 'no', s.from, s.to]),
  )
  const more = securities.length - shown.length
  const summary = more > 0 ? `${counted(more, 'more', 'more')}; --search narrows, --csv and --json give all` : counted(securities.length, 'security', 'securities')
  return `${drawn}\n\n${summary}`
}

function securityData(security: ListedSecurity): DocumentOf<typeof UNIVERSE_LIST>['securities'][number] {
  const { symbolId, symbol, name, type, exchange, active, sector, industry, issuer, underlyingIndex, from, to, assumed, symbols } = security
  return { symbol_id: symbolId, symbol, name, type, exchange, active, sector, industry, issuer, underlying_index: underlyingIndex, valid_from: from, valid_to: to, assumed, symbols }
}

export const universeList = defineCommand({
  document: UNIVERSE_LIST,
  usage: 'list',
  describe: 'List securities by their latest symbol, with the dates of that symbol (- is without bound)',
  examples: [
    ['universe list --search "bank of"', 'by the beginning of a symbol or a part of a name'],
    ['universe list --type ETF --active', 'the ETFs that still trade'],
    ['universe list --csv > universe.csv', 'all of it, a row a symbol and its dates, from which `universe import` makes the same universe'],
  ],
  flags: {
    active: { type: 'boolean', describe: 'only securities that still trade' },
    type: { type: 'string', requiresArg: true, describe: 'only this type, for instance ETF' },
    search: { type: 'string', requiresArg: true, describe: 'the beginning of a symbol or a part of a name, in any case' },
    limit: limitFlag(`show the first N (default: ${SHOWN} in the table, all with --csv and --json)`),
    csv: { type: 'boolean', describe: 'print CSV: all symbols of the securities, with their dates' },
  },
  async run(args, context) {
    const limit = readLimit(args.limit, null)
    const { pool } = await context.database()
    const all = await listSecurities(pool, { activeOnly: args.active === true, type: args.type ?? null, search: args.search ?? null })
    if (all.length === 0 && args.type !== undefined) await requireType(pool, args.type)
    const securities = limit === null ? all : all.slice(0, limit)
    const ranges = args.csv === true ? await listRanges(pool, securities.map(({ symbolId }) => symbolId)) : []
    const filtered = [args.active, args.type, args.search].some((filter) => filter !== undefined)
    return {
      exitCode: EXIT.ok,
      text: () => all.length > 0
        ? listText(all, all.slice(0, limit ?? SHOWN))
        : filtered ? 'No security matches.' : 'The universe is empty: `ohlcv universe import FILE` or `ohlcv universe discover` fills it.',
      data: { total: all.length, securities: securities.map(securityData) },
      csv: () => [
        ['symbol', 'name', 'type', 'exchange', 'active', 'sector', 'industry', 'issuer', 'underlying_index', 'valid_from', 'valid_to', 'assumed', 'security'],
        ...ranges.map((r) => [
          r.symbol, r.name, r.type, r.exchange, String(r.active), r.sector, r.industry, r.issuer, r.underlyingIndex, r.from, r.to, String(r.assumed), r.symbolId,
        ]),
      ],
    }
  },
})
