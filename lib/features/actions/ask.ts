import { messageWithHint, OhlcvError, SourceError } from '../../domain/errors.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import type { SymbolAsk } from '../runs/asking/asks.js'
import { answers, AskFailure, type Try } from '../runs/asking/client.js'
import type { Failure } from '../runs/asking/failure.js'
import type { Source } from '../runs/asking/source.js'
import type { Runtime } from '../runs/runtime.js'
import type { Told } from './told.js'

/** Beside the answers about bars, and none of them: these may be given up without looking at those. */
const FOLDER = 'actions'

/** What came of asking a source about a symbol on dates on which it names one security. */
export interface ActionAnswer extends SymbolAsk {
  pulledAt: Date
  tries: Try[]
  /** SHA-256 of each kept body, in order. */
  pages: string[]
  told: Told[]
  /** Why none of it can be stored; null where it can. */
  fault: ActionFault | null
}

/** Why something was not stored. */
export interface ActionFault extends Failure {
  /** Why the source is of no further use, where that is so. */
  stops: OhlcvError | null
}

/** @throws errors that no provider can cause */
export function faultOf(error: unknown): ActionFault {
  if (!(error instanceof OhlcvError)) throw error
  const isRejected = error instanceof SourceError && !(error instanceof AskFailure)
  // What cannot be kept is not stored, so that nothing else is asked for either.
  const stops = error instanceof AskFailure ? error.stops : !(error instanceof SourceError)
  return { status: isRejected ? 'rejected' : 'failed', code: error.code, message: messageWithHint(error), stops: stops ? error : null }
}

/** Asks each question, follows its pages, keeps each as it came, and reads it. Whatever comes back or does not is an answer; only an abort is thrown. */
export async function askActions({ signal, failpoint }: Runtime, { provider, client }: Source, kept: KeptAnswers, ask: SymbolAsk, pulledAt: Date): Promise<ActionAnswer> {
  const { symbol, range } = ask
  const answer: ActionAnswer = { ...ask, pulledAt, tries: [], pages: [], told: [], fault: null }
  const actions = provider.actions!
  const readPage = async (body: Buffer) => {
    const sha256 = await kept.put(`${provider.name}/${FOLDER}`, pulledAt, body)
    answer.pages.push(sha256)
    await failpoint('actions-kept')
    const { splits, dividends, next } = actions.read(body, symbol, range)
    answer.told.push({ symbol, answer: sha256, splits, dividends })
    return { rows: splits.length + dividends.length, next }
  }
  const asking = { ask: (...[question, signal]: Parameters<typeof client.ask>) => client.ask(question, signal, (tried) => answer.tries.push(tried)) }
  try {
    for (const question of actions.questions(symbol, range, pulledAt)) {
      for await (const _ of answers(asking, question, readPage, signal)) continue
    }
  } catch (error) {
    signal.throwIfAborted()
    answer.fault = faultOf(error)
  }
  return answer
}
