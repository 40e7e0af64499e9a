import type { Options } from 'yargs'
import type { DescribedCommand } from '../../lib/cli/framework/describe.js'
import { SETTINGS } from '../../lib/cli/framework/settings.js'

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

function settingRow({ name, env, alias, describe, fallback }: (typeof SETTINGS)[keyof typeof SETTINGS]): string {
  return `| \`${name}\` | \`${env}\`${alias === undefined ? '' : `, else \`${alias}\``} | ${fallback === undefined ? '' : String(fallback)} | ${cell(describe)} |`
}

/** The text of docs/COMMANDS.md. */
export function commandReference(commands: readonly DescribedCommand[]): string {
  const links = commands.map(({ name, describe }) => `| [${name}](#ohlcv-${name.replaceAll(' ', '-')}) | ${cell(describe)} |`)
  return [
    '# Commands', '',
    'Written by `npm run docs` from what the program itself knows; a test compares the two.', '',
    '| command | what it does |', '| --- | --- |', ...links, '',
    'Every command takes `--json` (one JSON document on stdout, with `schema` and `exit_code`), `-q` / `--quiet` (log errors only), `-v` / `--verbose`,',
    '`--config FILE` and `-h` / `--help`. `ohlcv --version` prints the version.',
    'Results go to stdout, logs and progress to stderr.', '',
    '## Exit codes', '',
    'The first that applies wins.', '',
    '| code | meaning |', '| --- | --- |',
    '| 130, 143 | stopped by SIGINT or SIGTERM; what was open has been rolled back |',
    '| 1 | internal error: a defect of the program; or what it prints could not be written |',
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
