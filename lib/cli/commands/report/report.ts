import { REPORT, reportDocument } from '../../../documents/report.js'
import type { DocumentOf } from '../../../documents/document.js'
import { overview } from '../../../features/fetch/overview.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { makeReport } from '../../../routines/report/report.js'
import { readReportRequest, type ReportRequest } from '../../../routines/report/request.js'
import { chosenDates } from '../../flags/dates.js'
import { DATE_FLAG, RANGE_FLAGS } from '../../flags/range.js'
import { defineCommand, type ArgsOf, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import type { Settings } from '../../framework/settings.js'
import { thresholdsOf } from '../../framework/thresholds.js'
import { progressBar } from '../../terminal/progress.js'
import { reportText } from './report-text.js'
import { writeWhole } from './write-whole.js'

const FLAGS = {
  ...RANGE_FLAGS,
  date: DATE_FLAG,
  html: { type: 'string', describe: 'as a page: one file with everything in it, for browsers, mails and paper; to the file given, else printed' },
  quick: { type: 'boolean', describe: 'check nothing, and leave out what reads every bar: gaps, the sums of the ledger, and bars against those of providers' },
  mail: { type: 'boolean', describe: 'mail it to OHLCV_MAIL_TO, once for its dates; exit 3 when the server does not take it now: the next monitor or report tries again' },
  'exit-code': { type: 'boolean', describe: 'exit 3 when a goal is missed' },
} as const

/** Parts of a report that are told of while it is made. */
const PARTS = 10

function requestOf({ start, end, date, quick }: ArgsOf<typeof FLAGS>, settings: Settings): ReportRequest {
  const { publishedAt, missingAfter, thinBelow, usuallyTrades } = settings
  const chosen = start === undefined && end === undefined && date === undefined ? null : chosenDates({ start, end, date, days: undefined })
  return readReportRequest({
    dates: chosen !== null && 'start' in chosen ? chosen : null, quick: quick === true, publication: { published_at: publishedAt, missing_after: missingAfter }, thin_below: thinBelow, usual_percent: usuallyTrades,
    thresholds: thresholdsOf(settings),
  })
}

async function make(request: ReportRequest, context: Context): Promise<DocumentOf<typeof REPORT>> {
  const { settings, env, interactive, now } = context
  const limits = await readLimits(settings.providers, BAR_PROVIDERS)
  const runtime = await runtimeOf(context)
  const progress = progressBar(interactive, '{bar} {value}/{total}  {label}')
  progress.plan(PARTS, { label: '' })
  try {
    const { report, reportId } = await makeReport(runtime, request, {
      providers: () => overview(BAR_PROVIDERS, limits, env, runtime.db.pool, now()), documentOf: reportDocument, exitCodeOfError,
      onStep: (label) => progress.step({ label }),
    })
    return { report_id: reportId, ...reportDocument(report) }
  } finally {
    progress.end()
  }
}

export const report = defineCommand({
  document: REPORT,
  ...NAMES.report,
  examples: [
    ['report', 'of the latest session whose data is there or due'],
    ['report --start 2021-01-19 --end 2026-01-19 --html report.html', 'of five years, as a page for a browser or a mail'],
    ['report --html report.html --mail', 'each evening: as a page, and in the administrators\' mail'],
    ['report --date 2025-03-04 --exit-code -q > /dev/null', 'as a check: exit 3 when a goal is missed'],
  ],
  flags: FLAGS,
  settings: ['publishedAt', 'missingAfter', 'thinBelow', 'usuallyTrades', 'providers', 'mailTo', 'mailFrom', 'mailPrefix', 'statusUrl', 'databaseWait'],
  async run(args, context) {
    // Before anything is made: a mail that cannot be sent is told at once.
    const mail = args.mail === true ? (await import('./mailed.js')).reportMail(context) : null
    const data = await make(requestOf(args, context.settings), context)
    const page = args.html === undefined ? null : (await import('../../../html/report.js')).reportPage(data)
    if (page !== null && args.html) await writeWhole(args.html, page)
    const told = mail && (await mail(data))
    const shown = (): string => (page === null ? reportText(data, context) : args.html ? `Wrote ${args.html}` : page.trimEnd())
    return {
      exitCode: (args['exit-code'] === true && data.goals.missed > 0) || (told !== null && !told.isSent) ? EXIT.dateFailed : EXIT.ok,
      data,
      text: () => (told === null || args.html === '' ? shown() : `${shown()}\n${told.text}`),
    }
  },
})
