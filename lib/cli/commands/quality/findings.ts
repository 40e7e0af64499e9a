import { counted, figure } from '../../../documents/figures.js'
import type { DocumentOf } from '../../../documents/document.js'
import { findingsDocument, QUALITY_FINDINGS } from '../../../documents/quality-findings.js'
import { listFindings, RULE_NAMES } from '../../../features/quality/findings.js'
import { readFindingsRequest } from '../../../features/quality/request.js'
import { RULES } from '../../../features/quality/rules/rules.js'
import { FINDING_STATES } from '../../../store/quality/findings.js'
import { describeRange, limitFlag, RANGE_FLAGS, readLimit, readRange, type OpenRange } from '../../flags/range.js'
import { readSymbols } from '../../flags/symbols.js'
import { defineCommand, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'
import type { Settings } from '../../framework/settings.js'
import { guarded } from '../../../formats/csv-text.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { causeOf, datesOf, figuresOf } from './finding-text.js'
import { askedWith } from './rule-text.js'

const DEFAULT_LIMIT = 40

type Listed = DocumentOf<typeof QUALITY_FINDINGS>

function findingTable(findings: Listed['findings'], room: number): string {
  const columns = [{ title: 'finding', align: 'right' as const }, { title: 'symbol' }, { title: 'dates' }, { title: 'rule' }, { title: 'state', leaves: 2 }, { title: 'figures', cut: true }, { title: 'cause', leaves: 1 }]
  return table(columns, findings.map((finding) => [
    String(finding.finding), finding.symbol === null ? null : printable(finding.symbol), datesOf(finding), finding.provider === null ? finding.rule : `${finding.rule} (${printable(finding.provider)})`,
    finding.state, figuresOf(finding), causeOf(finding),
  ]), room)
}

/** What the rules of the findings mean, and what to do about those that are open. */
function ruleLines({ counts }: Listed, settings: Settings): string[] {
  return RULE_NAMES.flatMap((name) => {
    const mine = counts.filter(({ rule }) => rule === name)
    const rule = RULES.find((known) => known.name === name)
    if (mine.length === 0 || rule === undefined) return []
    const isOpen = mine.some(({ state }) => state === 'open')
    return [`${name}, ${mine.map(({ state, findings }) => `${figure(findings)} ${state}`).join(', ')}: ${rule.meaning}${askedWith(name, settings)}`, ...(isOpen ? [`  ${rule.advice}`] : [])]
  })
}

function findingsText(data: Listed, range: OpenRange, which: string, { room, settings }: Context): string {
  const { total, findings } = data
  if (total === 0) return `No finding is ${which}${describeRange(range)}.`
  const more = total > findings.length ? [`${counted(total - findings.length, 'more finding')}; --limit ${total} shows all.`] : []
  const open = data.counts.some(({ state }) => state === 'open') ? ['', 'ohlcv quality explain ID --reason TEXT says that one is no fault.'] : []
  return [findingTable(findings, room), ...more, '', ...ruleLines(data, settings), ...open].join('\n')
}

export const qualityFindings = defineCommand({
  document: QUALITY_FINDINGS,
  usage: 'findings',
  describe: 'Show what rules have found, as it was checked last: the open findings, or others, those of the rules that cost most first, then the latest.',
  examples: [
    ['quality findings', 'what a person should look at'],
    ['quality findings --symbols GME --state all', 'everything of one security, what has been explained and resolved too'],
    ['quality findings --rule split_ratio --start 2024-01-01 --csv', 'one rule over time'],
  ],
  flags: {
    state: { choices: [...FINDING_STATES, 'all'] as const, default: 'open', describe: 'which: to be looked at, found to be no fault, or gone since the data changed' },
    rule: { choices: RULE_NAMES, requiresArg: true, describe: 'only those of this rule; `ohlcv quality rules` tells what each means' },
    symbols: { type: 'string', requiresArg: true, describe: 'only of the securities that these symbols name or named, separated by commas' },
    ...RANGE_FLAGS,
    limit: limitFlag(`show at most N findings (default: ${DEFAULT_LIMIT}, all with --csv)`),
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  async run(args, context) {
    const range = readRange({ start: args.start, end: args.end })
    const most = readLimit(args.limit, args.csv === true ? null : DEFAULT_LIMIT)
    const state = FINDING_STATES.find((known) => known === args.state)
    const data = findingsDocument(await listFindings(await runtimeOf(context), readFindingsRequest({
      states: state === undefined ? null : [state], rule: args.rule ?? null, symbols: args.symbols === undefined ? 'all' : readSymbols(args.symbols, 'leave --symbols out'), ...range, limit: most,
    })))
    return {
      exitCode: EXIT.ok, data,
      text: () => findingsText(data, range, state ?? 'stored', context),
      csv: () => [
        ['finding', 'rule', 'symbol', 'symbol_id', 'date', 'last_date', 'provider', 'state', 'cause', 'reason', 'explained_by', 'details', 'found_at', 'changed_at'],
        ...data.findings.map((found) => guarded([
          found.finding, found.rule, found.symbol, found.symbol_id, found.date, found.last_date, found.provider, found.state, found.cause, found.reason, found.explained_by,
          JSON.stringify(found.details), found.found_at, found.changed_at,
        ])),
      ],
    }
  },
})
