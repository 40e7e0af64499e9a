import t from 'tap'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { GLOBAL_FLAGS } from '../lib/cli/framework/names.js'
import { commands as registrations } from '../lib/cli/commands/index.js'
import { describeCommands } from '../lib/cli/framework/describe.js'
import { SETTINGS } from '../lib/cli/framework/settings.js'
import { openApi } from '../lib/http/framework/openapi.js'
import { PLACES } from '../lib/http/places.js'
import { ROUTES } from '../lib/http/routes.js'
import { PACKAGE_ROOT } from '../lib/domain/version.js'
import { BAR_PROVIDERS } from '../lib/providers/bar-providers.js'
import { clientTypes } from './helpers/client-types.js'
import { commandReference } from './helpers/command-reference.js'
import { ruleTable } from './helpers/rule-reference.js'

const REFERENCE = path.join(PACKAGE_ROOT, 'docs/COMMANDS.md')
const QUALITY = path.join(PACKAGE_ROOT, 'docs/QUALITY.md')
const RULE_TABLE = /^\| rule \| judges [^]*?\n(?=\n)/m
const CONTRACT = path.join(PACKAGE_ROOT, 'contracts/openapi.yaml')
const CLIENT = path.join(PACKAGE_ROOT, 'lib/client/documents.ts')
const description = openApi(ROUTES, PLACES)
const contract = (): string => stringify(description, { aliasDuplicateObjects: false, lineWidth: 0 })
const commands = await describeCommands(registrations)
const read = (file: string): string => readFileSync(path.join(PACKAGE_ROOT, file), 'utf8')
const documents = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'fixtures/README.md', ...readdirSync(path.join(PACKAGE_ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]

// `npm run docs` writes the reference, the description of the service, its client's types and the table of rules anew.
if (process.env['TAP_SNAPSHOT'] === '1') {
  writeFileSync(REFERENCE, commandReference(commands))
  writeFileSync(CONTRACT, contract())
  writeFileSync(CLIENT, clientTypes(description))
  writeFileSync(QUALITY, read('docs/QUALITY.md').replace(RULE_TABLE, () => `${ruleTable()}\n`))
}

/** What stands in code blocks and code spans: what people copy. */
function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(?:sh|text|ini|bash)?\n([^]*?)^```/gm)].flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
  const spans = [...markdown.replaceAll(/^```[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
  return [...blocks, ...spans].map((line) => line.replace(/(^|\s)#.*/, ''))
}

/** The invocations of `ohlcv` in a line of shell: the words after the name. */
function invocationsOf(line: string): string[][] {
  return [...line.matchAll(/(?:^|[|;&(] ?|npx )ohlcv((?: [^|;&)\s]+)*)/g)].map(([, words = '']) => words.split(' ').filter((word) => word !== ''))
}

const flagsOf = (words: string[]): string[] => words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.slice(2).replace(/=.*/, ''))

/** The command that the words name: the longest that fits. */
function commandOf(words: string[]) {
  const typed = words.join(' ')
  return commands.filter(({ name }) => typed === name || typed.startsWith(`${name} `)).sort((a, b) => b.name.length - a.name.length)[0]
}

await t.test('docs/COMMANDS.md is what the program says of itself (npm run docs)', async (t) => {
  t.equal(readFileSync(REFERENCE, 'utf8'), commandReference(commands))
})

await t.test('contracts/openapi.yaml is what the service says of itself (npm run docs)', async (t) => {
  t.equal(readFileSync(CONTRACT, 'utf8'), contract())
})

await t.test('lib/client/documents.ts is what the service says of itself (npm run docs)', async (t) => {
  t.equal(readFileSync(CLIENT, 'utf8'), clientTypes(description))
})

await t.test('docs/QUALITY.md lists the rules as they are (npm run docs)', async (t) => {
  t.equal(RULE_TABLE.exec(readFileSync(QUALITY, 'utf8'))?.[0], `${ruleTable()}\n`)
})

await t.test('every command has a description, examples, and a meaning for each flag', async (t) => {
  for (const { name, describe, examples, flags, positionals } of commands) {
    t.ok(describe.length > 10, `${name}: ${describe}`)
    t.ok(examples.length >= 1 && examples.length <= 6, `${name} has ${examples.length} examples`)
    for (const [flag, { describe: meaning }] of [...Object.entries(flags), ...Object.entries(positionals)]) t.ok(meaning, `${name} ${flag}`)
  }
})

await t.test('every example names its own command and only flags it has', async (t) => {
  for (const { name, flags, examples } of commands) {
    for (const [line] of examples) {
      const words = invocationsOf(line).find((typed) => commandOf(typed)?.name === name) ?? []
      t.equal(commandOf(words)?.name, name, line)
      t.same(flagsOf(words).filter((flag) => !(flag in flags) && !(flag in GLOBAL_FLAGS)), [], line)
    }
  }
})

await t.test('every command and flag that the documents show exists', async (t) => {
  for (const document of documents.filter((name) => name !== 'docs/COMMANDS.md')) {
    for (const line of codeOf(read(document))) {
      for (const words of invocationsOf(line)) {
        const [first] = words
        if (first === undefined || first.startsWith('-')) continue
        const command = commandOf(words)
        const group = commands.some(({ name }) => name.startsWith(`${first} `))
        if (!command) t.ok(group && words.length === 1, `${document}: ohlcv ${words.join(' ')}`)
        else t.same(flagsOf(words).filter((flag) => !(flag in command.flags) && !(flag in GLOBAL_FLAGS)), [], `${document}: ohlcv ${words.join(' ')}`)
      }
    }
  }
})

await t.test('links inside the documents lead somewhere', async (t) => {
  for (const document of documents) {
    for (const [, link = ''] of read(document).replaceAll(/^```[^]*?^```/gm, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? document : path.posix.join(path.posix.dirname(document), file)
      t.ok(existsSync(path.join(PACKAGE_ROOT, target)), `${document}: ${link}`)
      if (anchor === undefined || !target.endsWith('.md')) continue
      const anchors = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'))
      t.ok(anchors.includes(anchor), `${document}: ${link}`)
    }
  }
})

/** Variables that are no settings: secrets, which no flag may hold, and where settings stand. */
const NO_SETTINGS = new Set(['OHLCV_CONFIG', 'OHLCV_ADMIN_TOKEN', 'OHLCV_READER_TOKEN', 'OHLCV_ACTING_DATABASE_URL', 'OHLCV_SMTP_URL', 'OHLCV_SLACK_WEBHOOK', 'OHLCV_WEBHOOK_URL', 'OHLCV_WEBHOOK_SECRET'])

await t.test('.env.example has every setting with its default, and no other variable of ours', async (t) => {
  const shown = new Map([...read('.env.example').matchAll(/^#?(OHLCV_[A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
  const settings = new Map(Object.values(SETTINGS).map(({ env, fallback }) => [env, fallback]))
  t.same([...shown.keys()].filter((name) => !NO_SETTINGS.has(name) && !settings.has(name)), [])
  for (const [name, fallback] of settings) {
    t.ok(shown.has(name), name)
    if (fallback !== undefined) t.equal(shown.get(name), String(fallback), name)
  }
})

await t.test('.env.example has every variable of a provider with its default', (t) => {
  const example = read('.env.example').split('\n')
  for (const { api: { key, baseUrl, timeout } } of BAR_PROVIDERS) {
    if (key !== null) t.ok(example.includes(`#${key.env}=`), key.env)
    for (const { env, fallback } of [baseUrl, timeout]) t.ok(example.includes(`#${env}=${fallback}`), env)
  }
  t.end()
})

function sources(directory: string): string[] {
  return readdirSync(path.join(PACKAGE_ROOT, directory), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => path.join(directory, name))
}

const FOREIGN = /^(OHLCV_.*|AWS_.*|PG.*|DB_.*|DATABASE_URL|CERT_.*|NO_COLOR|WHEN_REQUIRED|Z_.*|E[A-Z]+_AGAIN|ERR_.*|UND_ERR_.*|[A-Z_]+_API_(KEY|BASE_URL|TIMEOUT)|TIME_SERIES_.*|MIN_DATA_QUALITY|NULL_THRESHOLD|SMTP_URL)$/

await t.test('docs/ERRORS.md has every error code there is, and no other', async (t) => {
  const text = sources('lib').map(read).join('\n')
  // Codes are the texts in capitals with an underscore that are no environment variable or name of another library.
  const thrown = new Set([...text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g), ...text.matchAll(/(?:super|Error)\('([A-Z]+)'/g), ...text.matchAll(/\?\? '([A-Z]+)'/g)].map(([, code = '']) => code).filter((code) => !FOREIGN.test(code)))
  const documented = [...read('docs/ERRORS.md').matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code = '']) => code)
  t.same([...thrown].filter((code) => !documented.includes(code)).sort(), [], 'not documented')
  t.same(documented.filter((code) => !text.includes(`'${code}'`)), [], 'documented and never used')
  t.same(documented, documented.toSorted(), 'in alphabetical order')
})
