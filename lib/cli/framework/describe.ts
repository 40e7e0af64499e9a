import type { CommandModule, Options, PositionalOptions } from 'yargs'
import type { Registration } from './command.js'

/** A command as its registration tells it. */
export interface DescribedCommand {
  /** As typed, with positionals: `universe history <symbol>`. */
  usage: string
  /** As typed, without them: `universe history`. */
  name: string
  describe: string
  positionals: Record<string, PositionalOptions>
  flags: Record<string, Options>
  examples: [line: string, meaning: string][]
}

/** Takes the place of yargs while a command's builder runs, and writes down what it is told. */
async function record(module: CommandModule, prefix: string): Promise<DescribedCommand[]> {
  const usage = `${prefix}${String(module.command)}`.replace(/ ?\$0/, '').trim()
  const described: DescribedCommand = {
    usage, name: usage.replace(/ [<[].*$/, ''), describe: String(module.describe), positionals: {}, flags: {}, examples: [],
  }
  const members: CommandModule[] = []
  const recorder = {
    positional: (name: string, options: PositionalOptions) => void (described.positionals[name] = options),
    option: (name: string, options: Options) => void (described.flags[name] = options),
    example: (line: string, meaning: string) => void described.examples.push([line.replace('$0', 'ohlcv'), meaning]),
    command: (member: CommandModule) => void members.push(member),
    demandCommand: () => {},
    parserConfiguration: () => {},
  }
  if (typeof module.builder === 'function') await module.builder(recorder as never)
  if (members.length === 0) return [described]
  return (await Promise.all(members.map((member) => record(member, `${described.name} `)))).flat()
}

/** What there is to know of commands, groups resolved into their members. */
export async function describeCommands(registrations: readonly Registration[]): Promise<DescribedCommand[]> {
  return (await Promise.all(registrations.map((register) => record(register(async () => {}), '')))).flat()
}
