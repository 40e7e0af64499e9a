import { parse } from 'lossless-json'
import * as v from 'valibot'
import { SourceError } from '../domain/errors.js'

/** The answer's JSON, its numbers as they are written. @throws SourceError ANSWER_NOT_JSON */
export function jsonOf(body: Buffer): unknown {
  const text = body.toString('utf8')
  try {
    return parse(text)
  } catch (cause) {
    const begins = text.trim() === '' ? 'is empty' : `begins with ${JSON.stringify(text.trimStart().slice(0, 60))}`
    throw new SourceError('ANSWER_NOT_JSON', `the answer is no JSON: it ${begins}`, { cause, hint: 'it may be an error page, or have been cut' })
  }
}

/** @throws SourceError ANSWER_FORMAT, naming the field */
export function checked<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  // What is asked for in words of our own says what it is not.
  const what = issue.type === 'custom' || issue.kind === 'validation' ? issue.message : `no ${issue.expected}`
  throw wrongFormat(v.getDotPath(issue) ?? 'the answer', issue.input === undefined ? 'is missing' : `is ${what}`)
}

/** The error of a field that is not as it has to be. */
export function wrongFormat(field: string, what: string): SourceError {
  return new SourceError('ANSWER_FORMAT', `${field} ${what}`, { hint: 'the provider may have changed its format: a newer release may know it' })
}

/** What an answer says is wrong, to stand behind a colon: one line, without what would steer a terminal. */
export function said(text: unknown): string {
  return typeof text === 'string' && text !== '' ? `: ${text.slice(0, 200).replaceAll(/\p{C}+/gu, ' ')}` : ''
}
