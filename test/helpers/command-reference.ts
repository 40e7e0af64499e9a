import type { CommandModule, Options, PositionalOptions } from 'yargs'
import type { Registration } from '../../lib/commands/shared/command.js'
import { SETTINGS } from '../../lib/commands/shared/settings.js'

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

/** Flags of every command, and commands, that `bin/ohlcv.ts` and yargs add. */
export const GLOBAL_FLAGS = ['json', 'quiet', 'verbose', 'config', 'help', 'version']
export const BUILT_IN_COMMANDS = ['completion']

/** Takes the place of yargs while a command's builder runs, and writes down what it is told. */
function record(module: CommandModule, prefix: string): DescribedCommand[] {
  const usage = `${prefix}${String(module.command)}`.replace(/ ?\$0/, '')
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
  }
  if (typeof module.builder === 'function') void module.builder(recorder as never)
  if (members.length === 0) return [described]
  return members.flatMap((member) => record(member, `${described.name} `)).map((member) => ({ ...member, name: member.name.trim(), usage: member.usage.trim() }))
}

/** Every command, groups resolved into their members. */
export function describeCommands(registrations: readonly Registration[]): DescribedCommand[] {
  return registrations.flatMap((register) => record(register(async () => {}), ''))
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function flagRow([name, options]: [string, Options]): string {
  const [alias] = [options.alias ?? []].flat()
  const value = options.type === 'boolean' ? '' : options.choices ? ` ${options.choices.join('\\|')}` : ' VALUE'
  const fallback = options.default === undefined ? '' : ` (default: ${String(options.default)})`
  return `| \`--${name}${value}\`${alias === undefined ? '' : `, \`-${alias}\``} | ${cell(options.describe ?? '')}${fallback} |`
}

function section(command: DescribedCommand): string {
  const lines = [`## ohlcv ${command.name}`, '', command.describe, '', '```sh', `ohlcv ${command.usage}`, '```', '']
  const positionals = Object.entries(command.positionals).map(([name, { describe }]) => `| \`${name}\` | ${cell(describe ?? '')} |`)
  const flags = Object.entries(command.flags).map(flagRow)
  if (positionals.length + flags.length > 0) lines.push('| argument | meaning |', '| --- | --- |', ...positionals, ...flags, '')
  if (command.examples.length > 0) lines.push('```sh', ...command.examples.flatMap(([line, meaning]) => [`# ${meaning}`, line]), '```', '')
  return lines.join('\n')
}

function settingRow({ name, env, describe, fallback }: (typeof SETTINGS)[keyof typeof SETTINGS]): string {
  return `| \`${name}\` | \`${env}\` | ${fallback === undefined ? '' : String(fallback)} | ${cell(describe)} |`
}

/** The text of docs/COMMANDS.md. */
export function commandReference(commands: readonly DescribedCommand[]): string {
  const links = commands.map(({ name, describe }) => `| [${name}](#ohlcv-${name.replaceAll(' ', '-')}) | ${cell(describe)} |`)
  return [
    '# Commands', '',
    'Written by `npm run docs` from what the program itself knows; a test compares the two.', '',
    '| command | what it does |', '| --- | --- |', ...links, '',
    'Every command takes `--json` (one JSON document on stdout, with `schema` and `exit_code`), `-q` / `--quiet` (log errors only), `-v` / `--verbose`,',
    '`--config FILE` and `-h` / `--help`. `ohlcv --version` prints the version, `ohlcv completion` a completion script for the shell.',
    'Results go to stdout, logs and progress to stderr.', '',
    '## Exit codes', '',
    'The first that applies wins.', '',
    '| code | meaning |', '| --- | --- |',
    '| 130, 143 | stopped by SIGINT or SIGTERM; what was open has been rolled back |',
    '| 1 | internal error: a defect of the program |',
    '| 2 | usage or settings; a database, source or credential that cannot be used at all |',
    '| 3 | some date failed, is missing, is forbidden or was locked; the others are committed |',
    '| 4 | nothing failed, but something is not published yet |',
    '| 0 | all is well |', '',
    '## Settings', '',
    'A flag wins over the environment, that over the config file (`--config`, `OHLCV_CONFIG`, or `ohlcv.config.json` in the current directory: one JSON',
    'object with these names), that over the default. Each command offers the flags that matter to it. A `.env` file in the current directory counts as',
    'environment; [.env.example](../.env.example) shows all variables, those of the database and of AWS too.', '',
    '| setting | variable | default | meaning |', '| --- | --- | --- | --- |', ...Object.values(SETTINGS).map(settingRow), '',
    'The database is the one that `DATABASE_URL` names, else the `PG*` variables (any of `PGHOST`, `PGPORT`, `PGDATABASE`, `PGUSER`), else the `DB_*` variables (any of',
    '`DB_HOST`, default localhost; `DB_PORT`, 5432; `DB_NAME`, tickstock; `DB_USER`, postgres; `DB_PASSWORD`), else the embedded one.',
    '[OPERATIONS.md](OPERATIONS.md#which-one) says more, and how TLS is set.', '',
    ...commands.map(section),
  ].join('\n').trimEnd() + '\n'
}
