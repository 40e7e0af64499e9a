import { UNIVERSE_IMPORT } from '../../../documents/universe.js'
import { EXIT } from '../../framework/exit.js'
import { factText } from '../../../features/universe/facts.js'
import { importListings, type ImportResult } from '../../../features/universe/import.js'
import { readUniverseFile } from '../../../features/universe/read-file.js'
import { runtimeOf } from '../../framework/runtime.js'
import { defineCommand } from '../../framework/command.js'
import { IDENTITY_FLAGS, identityData, identityLines, identityRequest } from './identity-report.js'
import { printable } from '../../terminal/printable.js'
import { counted, few, figure } from '../../../documents/figures.js'

function importText(file: string, result: ImportResult, dryRun: boolean): string {
  const { added, updated, unchanged, former, testIssues, corrected, change } = result
  const lines = [`${printable(file)}: ${counted(added, 'security', 'securities')} added, ${figure(updated)} updated, ${figure(unchanged)} unchanged`]
  if (testIssues > 0) lines.push(`${counted(testIssues, 'test issue')} skipped`)
  if (former.length > 0) {
    lines.push(`${counted(former.length, 'symbol')} skipped, because a security bore it formerly: ${few(former)}`)
    lines.push('  (if one names another security now, give its row a valid_from)')
  }
  if (corrected.length > 0) lines.push(`${counted(corrected.length, 'earlier fact')} taken back: ${few(corrected.map(factText))}`)
  lines.push(...identityLines(change, dryRun))
  return lines.join('\n')
}

export const universeImport = defineCommand({
  document: UNIVERSE_IMPORT,
  usage: 'import <file>',
  describe: [
    'Register the securities a file lists: a CSV with the column symbol and, if you have them, name, type, exchange, active, sector, industry, issuer, underlying_index, valid_from, valid_to (the last',
    'date), assumed, security; or nasdaqlisted.txt and otherlisted.txt of nasdaqtrader.com as they come. What a file does not list stays. All or nothing.',
  ].join(' '),
  examples: [
    ['universe import nasdaqlisted.txt', 'the securities listed on Nasdaq; otherlisted.txt has those of the other exchanges'],
    ['universe import my-universe.csv.gz', 'a list of your own, gzipped or not'],
    ['universe import dates.csv --dry-run', 'what a correction of dates would do to the bars that are loaded'],
  ],
  positionals: { file: { type: 'string', demandOption: true, describe: 'the file' } },
  flags: {
    correct: { type: 'boolean', describe: 'the dates of its rows take the place of those that earlier imports gave their symbols' },
    ...IDENTITY_FLAGS,
  },
  settings: ['maxRemoved'],
  async run(args, context) {
    const request = identityRequest(args, context)
    const { dryRun } = request
    const listings = await readUniverseFile(args.file)
    const result = await importListings(await runtimeOf(context, { create: true }), { ...request, listings, cause: 'import', correct: args.correct === true })
    return {
      exitCode: EXIT.ok,
      text: () => importText(args.file, result, dryRun),
      data: {
        file: args.file,
        dry_run: dryRun,
        rows: listings.rows.length + result.testIssues,
        added: result.added,
        updated: result.updated,
        unchanged: result.unchanged,
        skipped_test_issues: result.testIssues,
        skipped_former_symbols: result.former,
        corrected_facts: result.corrected.map(({ factId }) => factId),
        ...identityData(result.change),
      },
    }
  },
})
