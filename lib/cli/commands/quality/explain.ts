import type { DocumentOf } from '../../../documents/document.js'
import { explainDocument, QUALITY_EXPLAIN } from '../../../documents/quality-findings.js'
import { UsageError } from '../../../domain/errors.js'
import { explainFindings } from '../../../features/quality/explain.js'
import { readExplanationRequest, type ExplanationRequest } from '../../../features/quality/request.js'
import { BY_FLAG, readBy } from '../../flags/by.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { runtimeOf } from '../../framework/runtime.js'
import { printable } from '../../terminal/printable.js'
import { datesOf } from './finding-text.js'

const IDS = { ids: { type: 'string', array: true, demandOption: true, describe: 'numbers of findings, as `ohlcv quality findings` shows them' } } as const

/** @throws UsageError FINDING_ID */
function readIds(texts: readonly string[]): number[] {
  return [...new Set(texts)].map((text) => {
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
    throw new UsageError('FINDING_ID', `${JSON.stringify(text)} is no number of a finding`, { hint: 'ohlcv quality findings shows them' })
  })
}

function line({ finding, symbol, rule, ...dates }: DocumentOf<typeof QUALITY_EXPLAIN>['findings'][number], what: string): string {
  return `Finding ${finding}, ${rule} of ${symbol === null ? datesOf(dates) : `${printable(symbol)} on ${datesOf(dates)}`}, ${what}.`
}

/** Says why findings are no fault, or takes that back, whoever says so. @throws UsageError */
export async function explanationRequested(request: ExplanationRequest, context: Context): Promise<Result<typeof QUALITY_EXPLAIN>> {
  const { reason } = request
  const data = explainDocument(await explainFindings(await runtimeOf(context), request, exitCodeOfError))
  const what = reason === null ? 'is open again' : `is explained by ${printable(request.by)}: ${printable(reason)}`
  return { exitCode: EXIT.ok, data, text: () => data.findings.map((finding) => line(finding, what)).join('\n') }
}

function explain(ids: readonly string[], reason: string | null, by: string | undefined, context: Context): Promise<Result<typeof QUALITY_EXPLAIN>> {
  if (reason?.trim() === '') throw new UsageError('REASON_EMPTY', 'the reason is empty', { hint: 'say why with --reason TEXT' })
  return explanationRequested(readExplanationRequest({ ids: readIds(ids), reason, by: readBy(by, context) }), context)
}

export const qualityExplain = defineCommand({
  document: QUALITY_EXPLAIN,
  usage: 'explain <ids..>',
  describe: 'Say why findings are no fault. They cost no score any more, and do not come back while the values stand that they were found in.',
  examples: [['quality explain 42 --reason "halted for news, resumed 80 % lower"', 'one finding'], ['quality explain 42 43 44 --reason "delisted, last trades on the pink sheets"', 'several, all or none']],
  positionals: IDS,
  flags: { reason: { type: 'string', requiresArg: true, demandOption: true, describe: 'why it is no fault' }, by: BY_FLAG },
  settings: ['databaseWait'],
  run: async ({ ids, reason, by }, context) => explain(ids, reason, by, context),
})

export const qualityReopen = defineCommand({
  document: QUALITY_EXPLAIN,
  usage: 'reopen <ids..>',
  describe: 'Take back what a person said of findings: they are open again, and cost what their rules weigh.',
  examples: [['quality reopen 42', 'one finding']],
  positionals: IDS,
  flags: { by: BY_FLAG },
  settings: ['databaseWait'],
  run: async ({ ids, by }, context) => explain(ids, null, by, context),
})
