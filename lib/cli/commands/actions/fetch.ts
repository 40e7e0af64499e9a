import { ACTIONS_FETCH, actionsFetchDocument } from '../../../documents/actions.js'
import { counted, few } from '../../../documents/figures.js'
import { InterruptedError, messageWithHint, UsageError } from '../../../domain/errors.js'
import { fetchActions, totalsOf, type ActionsResult } from '../../../features/actions/fetch.js'
import { readActionsRequest, type ActionsRequest } from '../../../features/actions/request.js'
import { settingOf } from '../../../features/runs/asking/key.js'
import { openSource, type Source } from '../../../features/runs/asking/source.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { AUTHORITY } from '../../../providers/authority.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { readSymbolsOrAll } from '../../flags/symbols.js'
import { defineCommand, type ArgsOf, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { keptAnswers } from '../../framework/kept-answers.js'
import { runtimeOf } from '../../framework/runtime.js'
import { progressBar } from '../../terminal/progress.js'
import { table } from '../../terminal/table.js'
import { datesOf, FETCH_FLAGS } from '../fetch/request.js'

const { start, end, days, years } = FETCH_FLAGS
const FLAGS = {
  symbols: FETCH_FLAGS.symbols,
  start,
  end,
  days: { ...days, describe: 'the last N calendar days up to the latest session that has closed' },
  years,
  provider: { type: 'string', requiresArg: true, describe: 'ask this one only; else every provider that tells splits and dividends, has a key and is enabled' },
} as const

/** Results that are named in the text. */
const MOST_NAMED = 20

/** @throws UsageError */
function requestOf(flags: ArgsOf<typeof FLAGS>, lanes: number): ActionsRequest {
  if (flags.symbols === undefined) throw new UsageError('SYMBOLS_MISSING', 'which symbols?', { hint: 'give --symbols AAPL,MSFT or --symbols all' })
  return readActionsRequest({ dates: datesOf(flags), symbols: readSymbolsOrAll(flags.symbols), provider: flags.provider ?? null, lanes })
}

/** Whom a request asks: the one it names, or all that may be asked. @throws UsageError PROVIDER_KEY_MISSING where that is nobody */
async function sourcesOf({ provider, lanes }: ActionsRequest, { db }: Runtime, { settings, env, log, now }: Context): Promise<Source[]> {
  const limits = await readLimits(settings.providers, BAR_PROVIDERS)
  const limitsOf = (wanted: string) => limits.find(({ name }) => name === wanted)!
  const tellers = BAR_PROVIDERS.filter(({ name, actions }) => actions !== null && (provider === null || provider === name))
  const isAsked = ({ name, api: { key } }: (typeof tellers)[number]) => provider !== null || (limitsOf(name).enabled && (key === null || settingOf(env, key.env) !== undefined))
  const asked = tellers.filter(isAsked)
  if (asked.length === 0) {
    const keys = tellers.flatMap(({ name, api: { key } }) => (key !== null && limitsOf(name).enabled ? [key.env] : []))
    throw new UsageError('PROVIDER_KEY_MISSING', 'no provider may be asked for splits and dividends', { hint: keys.length === 0 ? 'enable one in providers.yaml' : `set one of ${keys.join(', ')}` })
  }
  return asked.map((teller) => openSource(teller, limitsOf(teller.name), db, { env, log, now, connections: lanes }))
}

function exitCodeOf({ results, sources, unnamed }: ActionsResult, { reason }: AbortSignal): number {
  if (reason instanceof InterruptedError) return exitCodeOfError(reason)
  const isStored = results.some(({ status }) => status === 'stored')
  if (!isStored && sources.length > 0 && sources.every(({ stopped }) => stopped?.code === 'PROVIDER_KEY_REFUSED')) return EXIT.usage
  const isWhole = unnamed.length === 0 && results.every(({ status }) => status === 'stored') && sources.every(({ notReached, stopped }) => notReached === 0 && stopped === null)
  return isWhole ? EXIT.ok : EXIT.dateFailed
}

function fetchText(result: ActionsResult, room: number): string {
  const { results, sources, unnamed, parameters } = result
  const right = { align: 'right' as const }
  const columns = [{ title: 'source' }, ...['symbols', 'splits', 'dividends', 'inserted', 'updated', 'unchanged', 'removed', 'failed', 'requests'].map((title) => ({ title, ...right }))]
  const rows = sources.map(({ source }) => {
    const own = results.filter((asked) => asked.source === source)
    const { splits, dividends, inserted, updated, unchanged, removed, failed, requests } = totalsOf({ results: own })
    return [source, own.length, splits, dividends, inserted, updated, unchanged, removed, failed, requests]
  })
  const lines = [table(columns, rows, room), '', `run ${result.runId}: ${counted(parameters.symbol_count, 'symbol')} from ${parameters.start} to ${parameters.end}`]
  const faults = results.filter(({ status }) => status !== 'stored')
  lines.push(...faults.slice(0, MOST_NAMED).map(({ source, code, message }) => `${source}: ${message} (${code})`))
  if (faults.length > MOST_NAMED) lines.push(`${counted(faults.length - MOST_NAMED, 'more failure')}; --json tells them.`)
  for (const { source, nameless, notReached, stopped } of sources) {
    if (stopped !== null) lines.push(`${source} was asked for nothing else: ${messageWithHint(stopped)}`)
    if (notReached > 0) lines.push(`${source} was not asked about ${counted(notReached, 'symbol')}.`)
    if (nameless > 0) lines.push(`${source} has no name for ${counted(nameless, 'symbol')}.`)
  }
  if (unnamed.length > 0) lines.push(`No security on these dates is named ${few(unnamed)}.`)
  return lines.join('\n')
}

export const actionsFetch = defineCommand({
  document: ACTIONS_FETCH,
  usage: 'fetch',
  describe: 'Ask providers for splits and dividends by their ex-date. What each of them tells of these dates replaces what it told before; every answer is kept.',
  examples: [
    ['actions fetch --symbols AAPL,TSLA --years 20', 'of every provider that tells them and has a key'],
    ['actions fetch --symbols all --days 30', 'a regular run over every active security'],
    [`actions fetch --symbols GE --start 2021-01-01 --provider ${BAR_PROVIDERS[0].name}`, 'of one provider'],
  ],
  flags: FLAGS,
  settings: ['fetchLanes', 'providers', 'answers', 'databaseWait'],
  async run(flags, context) {
    const { settings, signal } = context
    const request = requestOf(flags, settings.fetchLanes)
    const runtime = await runtimeOf(context)
    const sources = await sourcesOf(request, runtime, context)
    const answers = keptAnswers(context)
    const progress = progressBar(context.interactive, '{bar} {value}/{total}  {left}  {label}')
    try {
      const result = await fetchActions(runtime, request, {
        sources, answers, authority: AUTHORITY,
        onPlan: (questions) => progress.plan(questions, { label: '' }), onAsked: ({ symbol, source }) => progress.step({ label: `${symbol} ${source}` }),
        exitCodes: { ofResult: (ended) => exitCodeOf(ended, signal), ofError: exitCodeOfError },
      })
      progress.end()
      return { exitCode: exitCodeOf(result, signal), data: actionsFetchDocument(result), text: () => fetchText(result, context.room) }
    } finally {
      progress.end()
      await Promise.all(sources.map(({ client }) => client.close()))
      await answers.close()
    }
  },
})
