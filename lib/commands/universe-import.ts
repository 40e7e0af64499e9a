import { EXIT } from '../domain/outcome.js'
import { importListings, type ImportResult } from '../universe/import.js'
import { readUniverseFile } from '../universe/read-file.js'
import { defineCommand } from './shared/command.js'
import { counted, few, identityJson, identityLines } from './shared/identity-report.js'
import { printable } from './shared/printable.js'
import { figure } from './shared/table.js'

function importText(file: string, result: ImportResult, dryRun: boolean): string {
  const { added, updated, unchanged, former, testIssues, change } = result
  const lines = [`${printable(file)}: ${counted(added, 'security', 'securities')} added, ${figure(updated)} updated, ${figure(unchanged)} unchanged`]
  if (testIssues > 0) lines.push(`${counted(testIssues, 'test issue')} skipped`)
  if (former.length > 0) {
    lines.push(`${counted(former.length, 'symbol')} skipped, because a security bore it formerly: ${few(former)}`)
    lines.push('  (if one names another security now, give its row a valid_from)')
  }
  lines.push(...identityLines(change))
  if (dryRun) lines.push('Dry run: nothing was kept.')
  return lines.join('\n')
}

export const universeImport = defineCommand({
  usage: 'import <file>',
  describe: [
    'Register the securities a file lists: a CSV with the column symbol and, if you have them, name, type, exchange, active, sector, industry, valid_from, valid_to (the last',
    'date); or nasdaqlisted.txt and otherlisted.txt of nasdaqtrader.com as they come. What a file does not list stays. All or nothing.',
  ].join(' '),
  examples: [
    ['universe import nasdaqlisted.txt', 'the securities listed on Nasdaq; otherlisted.txt has those of the other exchanges'],
    ['universe import my-universe.csv.gz', 'a list of your own, gzipped or not'],
    ['universe import dates.csv --dry-run', 'what a correction of dates would do to the bars that are loaded'],
  ],
  positionals: { file: { type: 'string', demandOption: true, describe: 'the file' } },
  flags: { 'dry-run': { type: 'boolean', describe: 'say what would happen, and keep nothing' } },
  async run(args, context) {
    const dryRun = args['dry-run'] === true
    const listings = await readUniverseFile(args.file)
    const { pool } = await context.database({ create: true })
    const result = await importListings(pool, listings, 'import', { dryRun, signal: context.signal })
    return {
      exitCode: EXIT.ok,
      text: importText(args.file, result, dryRun),
      json: {
        file: args.file,
        dry_run: dryRun,
        rows: listings.rows.length + result.testIssues,
        added: result.added,
        updated: result.updated,
        unchanged: result.unchanged,
        skipped_test_issues: result.testIssues,
        skipped_former_symbols: result.former,
        ...identityJson(result.change),
      },
    }
  },
})
