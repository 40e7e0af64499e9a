import { UsageError } from '../../domain/errors.js'
import { near } from '../../domain/near.js'

/** The names a command line could have used. */
export interface Names {
  flags: readonly string[]
  commands: readonly string[]
}

/** A value that is none of those a flag takes. */
function invalidValue(message: string): UsageError | undefined {
  const [, flag, given = '', choices = ''] = /^Invalid values:\n +Argument: ([^,]+), Given: "(.*)", Choices: (.*)$/s.exec(message) ?? []
  if (flag === undefined) return undefined
  const known = choices.split(', ').map((choice) => choice.slice(1, -1))
  const meant = near(given, known)
  const list = `one of: ${known.join(', ')}`
  return new UsageError('USAGE', `--${flag} cannot be ${JSON.stringify(given)}`, { hint: meant.length > 0 ? `did you mean ${meant.join(' or ')}? It is ${list}` : `it is ${list}` })
}

/** What yargs found wrong with a command line, with the flags or commands that were probably meant. */
export function usageError(message: string, line: readonly string[], names: Names): UsageError {
  const help = names.commands.length > 0 ? `commands are: ${names.commands.join(', ')}` : 'the same with --help tells what there is'
  const lacking = /^Not enough arguments following: (.+)$/.exec(message)?.[1]
  if (lacking !== undefined) return new UsageError('USAGE', `${lacking.length === 1 ? '-' : '--'}${lacking} needs a value`, { hint: help })
  const invalid = invalidValue(message)
  if (invalid) return invalid
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/.exec(message)?.[1]?.split(', ')
  if (!unknown) return new UsageError('USAGE', message.startsWith('Not enough non-option') ? 'an argument is missing' : message, { hint: help })
  const isWord = (name: string) => line.includes(name)
  const said = unknown.map((name) => (isWord(name) ? `"${name}"` : `${name.length === 1 ? '-' : '--'}${name}`))
  const meant = unknown.flatMap((name) => (isWord(name) ? near(name, names.commands) : near(name, names.flags).map((flag) => `--${flag}`)))
  return new UsageError('USAGE', `there is no ${said.join(', ')} here`, { hint: meant.length > 0 ? `did you mean ${meant.join(' or ')}?` : help })
}
