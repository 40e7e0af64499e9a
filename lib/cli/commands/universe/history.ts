import { UNIVERSE_HISTORY } from '../../../documents/universe.js'
import { changesAround, type RecordedChange } from '../../../store/universe/changes.js'
import { factsOf, type FactRecord } from '../../../store/universe/facts.js'
import { rangesAround, type SymbolRange } from '../../../store/universe/ranges.js'
import { addDays } from '../../../domain/dates.js'
import { EXIT } from '../../framework/exit.js'
import { factText } from '../../../features/universe/facts.js'
import { byStart } from '../../../features/universe/identity.js'
import { defineCommand } from '../../framework/command.js'
import { printable } from '../../terminal/printable.js'
import { securityNamed } from '../../../store/universe/security-named.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'

const last = ({ to }: Pick<SymbolRange, 'to'>) => (to === null ? null : addDays(to, -1))

function securityText(symbolId: number, name: string | null, ranges: readonly SymbolRange[]): string {
  const drawn = table(
    ['symbol', 'from', 'to', ''].map((title) => ({ title })),
    ranges.map((range) => [range.symbol, range.from, last(range), range.assumed ? 'assumed' : '']),
  )
  return `security ${symbolId}${name === null ? '' : `  ${printable(name)}`}\n${drawn}`
}

function factsText(facts: readonly FactRecord[]): string {
  return `facts\n${table(
    ['id', 'fact', 'told by', 'when', ''].map((title) => ({ title })),
    facts.map((fact) => [String(fact.factId), factText(fact), fact.cause, instant(fact.toldAt), fact.retractedAt ? `taken back ${instant(fact.retractedAt)}` : '']),
  )}`
}

function changesText(changes: readonly RecordedChange[]): string {
  const security = (id: number | null) => (id === null ? 'none' : String(id))
  return `changes\n${table(
    ['seq', 'symbol', 'from', 'to', 'security', 'cause', 'when'].map((title) => ({ title })),
    changes.map((c) => [String(c.seq), c.symbol, c.from, c.to, `${security(c.oldSymbolId)} -> ${security(c.newSymbolId)}`, c.cause, instant(c.changedAt)]),
  )}`
}

export const universeHistory = defineCommand({
  document: UNIVERSE_HISTORY,
  usage: 'history <symbol>',
  describe: 'Show each security that a symbol has named, all its symbols with their dates, the facts they follow from, and what changed when',
  examples: [
    ['universe history META', 'META, FB before it, and whatever META named before that'],
    ['universe history FB --json', 'for programs'],
  ],
  positionals: { symbol: { type: 'string', demandOption: true, describe: 'a symbol as the exchange writes it, case-sensitive' } },
  flags: {},
  async run(args, context) {
    const { pool } = await context.database()
    const { security, others } = await securityNamed(pool, args.symbol, null)
    const ranges = (await rangesAround(pool, [args.symbol])).toSorted(byStart)
    const securities = [security, ...others].map(({ symbolId, name }) => ({ symbolId, name, ranges: ranges.filter((range) => range.symbolId === symbolId) }))
    const facts = await factsOf(pool, [...new Set([args.symbol, ...ranges.map(({ symbol }) => symbol)])])
    const changes = await changesAround(pool, args.symbol, securities.map(({ symbolId }) => symbolId))
    return {
      exitCode: EXIT.ok,
      text: () => [...securities.map(({ symbolId, name, ranges }) => securityText(symbolId, name, ranges)), factsText(facts), changesText(changes)].join('\n\n'),
      data: {
        symbol: args.symbol,
        securities: securities.map(({ symbolId, name, ranges }) => ({
          symbol_id: symbolId,
          name,
          symbols: ranges.map((range) => ({ symbol: range.symbol, valid_from: range.from, valid_to: last(range), assumed: range.assumed })),
        })),
        facts: facts.map((fact) => ({
          fact_id: fact.factId, kind: fact.kind, symbol: fact.symbol, new_symbol: fact.kind === 'renamed' ? fact.newSymbol : null,
          valid_from: fact.from, valid_to: last(fact), cause: fact.cause, told_at: fact.toldAt.toISOString(), retracted_at: fact.retractedAt?.toISOString() ?? null,
        })),
        changes: changes.map((c) => ({
          seq: c.seq, symbol: c.symbol, valid_from: c.from, valid_to: c.to, old_symbol_id: c.oldSymbolId, new_symbol_id: c.newSymbolId, cause: c.cause, changed_at: c.changedAt.toISOString(),
        })),
      },
    }
  },
})
