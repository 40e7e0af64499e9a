import { figure } from '../../../documents/figures.js'
import { FETCH_SHOWN, fetchDocument, type PAGE_STATES } from '../../../documents/fetches.js'
import { SourceError, UsageError } from '../../../domain/errors.js'
import { bodiesOf, keptPages, type KeptPage } from '../../../features/fetch/answers/pages.js'
import { fetchOf, type ListedFetch } from '../../../store/fetches/list.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { keptAnswers } from '../../framework/kept-answers.js'
import { fileSize } from '../../terminal/bytes.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant, latency } from '../../terminal/times.js'
import { describeDates, describeStatus, describeSymbol } from './fetch-report.js'

const STATES: Record<string, (typeof PAGE_STATES)[number]> = { ANSWER_GONE: 'gone', ANSWER_DAMAGED: 'damaged' }

function stateOf({ fault }: KeptPage, { prunedAt }: ListedFetch): (typeof PAGE_STATES)[number] {
  if (fault === null) return 'kept'
  const state = STATES[fault.code] ?? 'unreadable'
  return state === 'gone' && prunedAt !== null ? 'pruned' : state
}

/** What became of the bars of the answer: only what there is of it. */
function describeBars(fetch: ListedFetch): string {
  const parts = ([
    ['inserted', fetch.inserted], ['updated', fetch.updated], ['unchanged', fetch.unchanged], ['held back', fetch.heldBack], ['rejected', fetch.rejected],
    ['unknown', fetch.unknown], ['repeated', fetch.duplicates],
  ] as const).filter(([, bars]) => bars > 0).map(([name, bars]) => `${figure(bars)} ${name}`)
  return [figure(fetch.bars), ...(parts.length > 0 ? [parts.join(', ')] : [])].join(': ')
}

function showText(fetch: ListedFetch, pages: readonly KeptPage[], place: string): string {
  const { fetchId, provider, form, timespan, symbolId, jobId, code, message, tries, pulledAt, durationMs, rawHash, barsHash, bytes, rulesVersion, identitySeq } = fetch
  const lines = [
    `Fetch ${fetchId}: ${printable(provider)}, ${describeSymbol(fetch)}, ${timespan}, ${describeDates(fetch)}: ${describeStatus(fetch)}`,
    form === 'file' ? `read        ${instant(pulledAt)}` : `asked for   ${instant(pulledAt)}, took ${latency(durationMs)}, ${tries} ${tries === 1 ? 'try' : 'tries'}`,
    `job         ${jobId}`,
    `security    ${symbolId === null ? '-' : `#${symbolId}`}`,
    `bars        ${describeBars(fetch)}`,
    `raw         ${rawHash === null ? '-' : `${fileSize(bytes)}, SHA-256 ${rawHash}`}`,
    `as stored   ${barsHash === null ? '-' : `SHA-256 ${barsHash}`}, by rules ${rulesVersion} and identities up to ${identitySeq}`,
  ]
  if (code !== null || message !== null) lines.push(`message     ${[code, message === null ? null : printable(message)].filter((part) => part !== null).join(': ')}`)
  if (fetch.withdrawnAt !== null) lines.push(`withdrawn   ${instant(fetch.withdrawnAt)}: its bars were taken back`)
  if (fetch.prunedAt !== null) lines.push(`pruned      ${instant(fetch.prunedAt)}: its answer is no longer kept`)
  if (pages.length > 0) {
    const columns = [{ title: 'page', align: 'right' as const }, { title: 'SHA-256' }, { title: 'state' }, { title: 'bytes', align: 'right' as const }]
    lines.push(`kept in     ${printable(place)}`, '', table(columns, pages.map((page) => [page.page, page.sha256, stateOf(page, fetch), page.bytes])))
  }
  return lines.join('\n')
}

/** All pages, or the one asked for. @throws UsageError PAGE_UNKNOWN */
function chosenPages(pages: readonly KeptPage[], page: number | undefined, { fetchId }: ListedFetch): readonly KeptPage[] {
  if (page === undefined) return pages
  const chosen = pages.filter((kept) => kept.page === page)
  if (chosen.length > 0) return chosen
  throw new UsageError('PAGE_UNKNOWN', `fetch ${fetchId} has no page ${page}`, { hint: pages.length === 0 ? 'it has none' : `its pages are 1 to ${pages.length}` })
}

/** Demands that every body can be had: then either all of them are printed, or nothing is. @throws SourceError */
function requireBodies(fetch: ListedFetch, pages: readonly KeptPage[]): void {
  const { fetchId, code, prunedAt } = fetch
  if (pages.length === 0) throw new SourceError('ANSWER_NONE', `fetch ${fetchId} brought no answer${code === null ? '' : `: ${code}`}`)
  const fault = pages.find((page) => page.fault !== null)?.fault
  if (!fault) return
  if (prunedAt !== null) throw new SourceError('ANSWER_PRUNED', `the answer of fetch ${fetchId} is no longer kept: it was pruned ${instant(prunedAt)}`, { cause: fault })
  throw fault
}

export const fetchesShow = defineCommand({
  document: FETCH_SHOWN,
  usage: 'show <id>',
  describe: 'Show one request: how it ended, what became of its bars, and whether its answer is still kept; with --raw the answer as it came.',
  examples: [
    ['fetches show 42', 'one request and its pages'],
    ['fetches show 42 --raw | jq .resultsCount', 'the answer as it came, and nothing else'],
    ['fetches show 42 --raw --page 2 > page-2.json', 'one page of it'],
  ],
  positionals: { id: { type: 'string', demandOption: true, describe: 'the number of a request' } },
  flags: {
    raw: { type: 'boolean', describe: 'print the answer as it came, one page after the other' },
    page: { type: 'number', requiresArg: true, describe: 'only this page, counted from 1' },
  },
  settings: ['answers'],
  async run(args, context) {
    const { pool } = await context.database()
    const fetch = /^\d{1,15}$/.test(args.id) ? await fetchOf(pool, Number(args.id)) : undefined
    if (!fetch) throw new UsageError('FETCH_UNKNOWN', `there is no fetch ${JSON.stringify(args.id)}`, { hint: 'ohlcv fetches lists the latest' })
    const answers = keptAnswers(context)
    const found = await keptPages(answers, fetch)
    await answers.close()
    const pages = chosenPages(found, args.page, fetch)
    if (args.raw === true) requireBodies(fetch, pages)
    return {
      exitCode: EXIT.ok,
      data: fetchDocument(fetch, answers.uri, pages.map((page) => ({ page: page.page, sha256: page.sha256, state: stateOf(page, fetch), bytes: page.bytes }))),
      text: () => showText(fetch, pages, answers.uri),
      raw: () => bodiesOf(keptAnswers(context), fetch, pages),
    }
  },
})
