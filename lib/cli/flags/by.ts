import type { Context } from '../framework/command.js'

/** The flag of a command that writes down who said something. */
export const BY_FLAG = { type: 'string', requiresArg: true, describe: 'who says so (default: the user of the shell)' } as const

/** Who says something: who is named, else the user. */
export function readBy(by: string | undefined, { env }: Pick<Context, 'env'>): string {
  return by?.trim() || ([env['USER'], env['LOGNAME'], env['USERNAME']].find((name) => name !== undefined && name.trim() !== '') ?? 'unknown')
}
