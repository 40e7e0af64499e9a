import { ACTIONS, actionsDocument } from '../../../documents/actions.js'
import { counted } from '../../../documents/figures.js'
import type { Conflict } from '../../../features/actions/conflicts.js'
import { listActions, type ActionList } from '../../../features/actions/list.js'
import { RANGE_FLAGS, readRange } from '../../flags/range.js'
import { securityNamed } from '../../../store/universe/security-named.js'
import { readSymbols } from '../../flags/symbols.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'

const KINDS: Readonly<Record<Conflict['kind'], string>> = {
  different: 'told differently', moved: 'told of different dates', lacking: 'not told by all', unusual: 'unusual ratio',
}

function splitTable({ splits }: ActionList, room: number): string {
  const columns = [
    { title: 'split on' }, { title: 'symbol' }, { title: 'ratio' }, { title: 'source' }, { title: 'applied' }, { title: 'known since', leaves: 1 },
  ]
  return table(columns, splits.map(({ exDate, symbol, from, to, usual, ruling, source, applied, knownSince }) => [
    exDate, printable(symbol), `${to} for ${from}${usual ? '' : ' (unusual)'}`, source, `${applied ? 'yes' : 'no'}${ruling === null ? '' : ', as decided'}`, knownSince,
  ]), room)
}

function dividendTable({ dividends }: ActionList, room: number): string {
  const columns = [
    { title: 'dividend on' }, { title: 'symbol' }, { title: 'amount', align: 'right' as const }, { title: 'currency' }, { title: 'kind' }, { title: 'source' }, { title: 'applied' },
    { title: 'known since', leaves: 2 }, { title: 'paid on', leaves: 1 },
  ]
  return table(columns, dividends.map(({ exDate, symbol, amount, currency, kind, source, applied, knownSince, paidOn }) => [
    exDate, printable(symbol), amount, currency && printable(currency), kind.replaceAll('_', ' '), source, applied ? 'yes' : 'no', knownSince, paidOn,
  ]), room)
}

function conflictTable(conflicts: readonly Conflict[], room: number): string {
  const said = ({ exDate, sayings }: Conflict): string =>
    sayings.map((saying) => `${saying.source}: ${saying.value === null ? 'nothing' : printable(saying.value)}${saying.exDate === exDate ? '' : ` on ${saying.exDate}`}`).join('; ')
  const columns = [{ title: 'ex-date' }, { title: 'symbol' }, { title: 'action' }, { title: 'finding' }, { title: 'what is told', cut: true }]
  return table(columns, conflicts.map((conflict) => [conflict.exDate, printable(conflict.symbol), conflict.action, KINDS[conflict.kind], said(conflict)]), room)
}

function listText(list: ActionList, only: boolean, room: number): string {
  const { splits, dividends, conflicts } = list
  if (only) return conflicts.length === 0 ? 'No source contradicts another.' : conflictTable(conflicts, room)
  if (splits.length === 0 && dividends.length === 0) return 'Nothing is known of splits or dividends: ohlcv actions fetch asks for them.'
  const parts = [...(splits.length > 0 ? [splitTable(list, room)] : []), ...(dividends.length > 0 ? [dividendTable(list, room)] : [])]
  if (conflicts.length > 0) parts.push(`${counted(conflicts.length, 'finding')}: --conflicts shows ${conflicts.length === 1 ? 'it' : 'them'}.`)
  return parts.join('\n\n')
}

export const actionsList = defineCommand({
  document: ACTIONS,
  usage: 'list',
  describe: 'Show splits and dividends as each source tells them, by which of them prices are adjusted, and where sources contradict each other.',
  examples: [
    ['actions list --symbols AAPL,GE', 'all that is known of two securities'],
    ['actions list --conflicts', 'what a person should look at'],
  ],
  flags: {
    symbols: { type: 'string', requiresArg: true, describe: 'only of these securities, separated by commas' },
    ...RANGE_FLAGS,
    conflicts: { type: 'boolean', default: false, describe: 'only what sources tell differently, or not all of them, and unusual ratios' },
  },
  async run({ symbols, start, end, conflicts }, context) {
    const range = readRange({ start, end })
    const { pool } = await context.database()
    const securities = symbols === undefined ? null : await Promise.all(readSymbols(symbols, 'leave --symbols out').map((symbol) => securityNamed(pool, symbol, null)))
    const list = await listActions(pool, { ...range, symbolIds: securities && securities.map(({ security }) => security.symbolId) })
    const shown = conflicts ? { ...list, splits: [], dividends: [] } : list
    return { exitCode: EXIT.ok, data: actionsDocument(shown), text: () => listText(list, conflicts, context.room) }
  },
})
