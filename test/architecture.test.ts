import t from 'tap'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { PACKAGE_ROOT } from '../lib/domain/version.js'
import { DAY_FILE_PROVIDERS } from '../lib/providers/providers.js'

const MAX_LINES = 300

interface Import {
  specifier: string
  line: number
}

interface Module {
  file: string
  text: string
  tree: ts.SourceFile
  imports: Import[]
}

interface Room {
  layer: number
  // Its folder; with a * any folder there, each a room of its own.
  folder: string
}

/** The table of rooms in docs/ARCHITECTURE.md. */
const ROOMS: Room[] = [...readFileSync(path.join(PACKAGE_ROOT, 'docs/ARCHITECTURE.md'), 'utf8').matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)]
  .map(([, layer, folder]) => ({ layer: Number(layer), folder: folder! }))

/** The room a file is in: the one named most exactly, `*` standing for the file's own folder. */
function roomOf(file: string): Room | undefined {
  const rooms = ROOMS.flatMap(({ layer, folder }) => {
    const found = new RegExp(`^${folder.replace('*', '[^/]+')}`).exec(file)
    return found ? [{ layer, folder: found[0], exact: !folder.includes('*') }] : []
  })
  return rooms.find(({ exact }) => exact) ?? rooms[0]
}

/** Why the one file may not import from the other, or undefined. */
function fault(from: string, to: string): string | undefined {
  const [here, there] = [roomOf(from), roomOf(to)]
  if (!here || !there) return 'one of them is in no room'
  if (here.folder === there.folder || here.layer < there.layer) return undefined
  return here.layer === there.layer ? `${here.folder} and ${there.folder} stand side by side` : `${there.folder} is further out than ${here.folder}`
}

function importsOf(tree: ts.SourceFile): Import[] {
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    const literal =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0]
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal
      : undefined
    if (literal && ts.isStringLiteral(literal)) found.push({ specifier: literal.text, line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1 })
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function parseModule(file: string, text: string): Module {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
  return { file, text, tree, imports: importsOf(tree) }
}

function modules(): Module[] {
  return ['bin', 'lib'].flatMap((top) =>
    readdirSync(path.join(PACKAGE_ROOT, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => path.posix.join(top, name.split(path.sep).join('/')))
      .map((file) => parseModule(file, readFileSync(path.join(PACKAGE_ROOT, file), 'utf8'))))
}

/** The file of the project that a specifier names; undefined for packages. */
function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const file = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts')
  return existsSync(path.join(PACKAGE_ROOT, `${file}x`)) ? `${file}x` : file
}

/** What reaches past its parameters: the environment, the clock, the console, the end of the process. */
function reachesOut({ tree }: Module): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const text = node.getText()
    const here = `${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text.slice(0, 60)}`
    if (ts.isPropertyAccessExpression(node) && /^(process\.(env|exit|argv|stdin|stdout|stderr|exitCode)|Date\.now)$/.test(text)) found.push(here)
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'console') found.push(here)
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) found.push(here)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** What only a command line understands, outside hints and what rules advise: the name of a command or a flag. */
function commandWords({ tree }: Module): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && ['hint', 'advice'].includes(node.name.getText())) return
    if ((ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) && /\bohlcv (?!is\b)[a-z]|(?<![\w-])--[a-z]/.test(node.text)) {
      found.push(`${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.text}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function cycles(all: Module[]): string[] {
  const graph = new Map(all.map(({ file, imports }) => [file, imports.map(({ specifier }) => target(file, specifier)).filter((to) => to !== undefined)]))
  const found: string[] = []
  const done = new Set<string>()
  const walk = (file: string, trail: string[]): void => {
    if (trail.includes(file)) found.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
    if (done.has(file) || trail.includes(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...trail, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return found
}

/** The vendor whose folder a file is in. */
const vendorOf = (file: string): string | undefined => /^lib\/providers\/([^/]+)\//.exec(file)?.[1]

/** Who makes day files, and what only their files have: folders, and a column. */
const VENDORS_WORDS = [
  ...DAY_FILE_PROVIDERS.flatMap(({ name, aliases, files }) => [name, ...aliases, ...Object.values(files).map(({ layout }) => layout.folder)]),
  'window_start', 'windowStart',
]

/** Where a file names a vendor, in code or comment. */
function vendorsIn({ file, text }: Pick<Module, 'file' | 'text'>): string[] {
  const word = new RegExp(`(?<![A-Za-z0-9_])(${VENDORS_WORDS.join('|')})`, 'i')
  return text.split('\n').flatMap((line, index) => (word.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 80)}`] : []))
}

const all = modules()

await t.test('imports point one way, by the table of rooms', async (t) => {
  t.same(ROOMS.map(({ layer }) => layer), ROOMS.map(({ layer }) => layer).toSorted((a, b) => a - b), 'the table goes from the outside in')
  t.same(all.filter(({ file }) => !roomOf(file)).map(({ file }) => file), [], 'every file is in a room')
  const wrong = all.flatMap(({ file, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const to = target(file, specifier)
      const why = to === undefined ? undefined : fault(file, to)
      return why === undefined ? [] : [`${file}:${line} imports ${to}: ${why}`]
    }))
  t.same(wrong, [])
})

await t.test('no module imports itself in a circle', async (t) => t.same(cycles(all), []))

await t.test('below the command line nothing reads the environment, the clock or the console, or ends the process', async (t) => {
  const below = all.filter(({ file }) => !file.startsWith('bin/') && !file.startsWith('lib/cli/'))
  t.same(below.flatMap((module) => reachesOut(module).map((place) => `${module.file}:${place}`)), [])
})

await t.test('outside its folder no vendor of day files is named, nor what only its files have', async (t) => {
  t.same(all.filter(({ file }) => !file.startsWith('lib/providers/')).flatMap(vendorsIn), [])
})

await t.test('no vendor knows another', async (t) => {
  const wrong = all.flatMap(({ file, imports }) => imports.map(({ specifier }) => target(file, specifier) ?? '')
    .filter((to) => vendorOf(file) !== undefined && vendorOf(to) !== undefined && vendorOf(to) !== vendorOf(file)).map((to) => `${file} imports ${to}`))
  t.same(wrong, [])
})

await t.test('features return data, and name commands and flags only in the hints of errors and in what rules of quality advise', async (t) => {
  const features = all.filter(({ file }) => file.startsWith('lib/features/'))
  t.ok(features.length > 0)
  t.same(features.flatMap((module) => commandWords(module).map((place) => `${module.file}:${place}`)), [])
})

await t.test('streams are joined by pipeline, never by .pipe()', async (t) => {
  // A schema's `v.pipe` joins checks, not streams.
  t.same(all.filter(({ text }) => /(?<!\bv)\.pipe\(/.test(text)).map(({ file }) => file), [])
})

await t.test(`no file has more than ${MAX_LINES} lines`, async (t) => {
  t.same(all.map(({ file, text }) => `${file}: ${text.split('\n').length}`).filter((entry) => Number(entry.split(': ')[1]) > MAX_LINES), [])
})

await t.test('the rules above see what they are meant to see', async (t) => {
  t.equal(fault('lib/domain/bar.ts', 'lib/postgres/open.ts'), 'lib/postgres/ is further out than lib/domain/')
  t.equal(fault('lib/features/load/day/load-day.ts', 'lib/features/universe/import.ts'), 'lib/features/load/ and lib/features/universe/ stand side by side')
  t.equal(fault('lib/features/load/range/plan.ts', 'lib/features/runs/with-run.ts'), undefined)
  t.equal(fault('lib/features/runs/with-run.ts', 'lib/features/load/range/plan.ts'), 'lib/features/load/ is further out than lib/features/runs/')
  t.equal(fault('lib/transport/s3/bucket.ts', 'lib/store/bars/merge.ts'), 'lib/transport/ and lib/store/ stand side by side')
  t.equal(fault('lib/features/load/day/stage-day.ts', 'lib/features/load/range/plan.ts'), undefined)
  t.equal(fault('lib/cli/program.ts', 'lib/store/bars/merge.ts'), undefined)
  t.equal(fault('lib/cli/program.ts', 'lib/elsewhere.ts'), 'one of them is in no room')
  t.equal(fault('lib/providers/massive/bars.ts', 'lib/transport/transport.ts'), 'lib/providers/ and lib/transport/ stand side by side')
  t.equal(fault('lib/providers/massive/bars.ts', 'lib/sources/source.ts'), 'lib/sources/ is further out than lib/providers/')
  t.equal(fault('lib/features/universe/discover.ts', 'lib/sources/source.ts'), undefined)
  t.same([vendorOf('lib/providers/massive/bars.ts'), vendorOf('lib/providers/providers.ts'), vendorOf('lib/sources/source.ts')], ['massive', undefined, undefined])
  t.equal(vendorsIn({ file: 'x', text: "'day_aggs_v1'\n// Polygon's files\n`window_start`\nMASSIVE\nmassiveBars(windowStart)" }).length, 5)
  t.same(vendorsIn({ file: 'x', text: "'bad_window_start' of day_aggs" }), [])
  const sample = parseModule('lib/store/x.ts', 'import type { A } from "../a.js"\nexport * from "../b.js"\nconst c = await import("./c.js")\ntype D = import("../d.js").D\nprocess.exit(new Date() - Date.now())\nconsole.log(new Date(0), process.env.X)')
  t.same(sample.imports.map(({ specifier }) => specifier), ['../a.js', '../b.js', './c.js', '../d.js'])
  t.same(reachesOut(sample), ['5: process.exit', '5: new Date()', '5: Date.now', '6: console.log', '6: process.env'])
  const worded = 'const hint = "ohlcv load"\nf("x", { hint: `--force ${1} ohlcv load` })\nconst a = `${1}: ohlcv load ${2} x --force ${3}`\nconst b = "a --flag"\nconst c = "a-- b, ohlcv_daily, ohlcv is"\nf({ advice: "ohlcv gaps" })'
  t.same(commandWords(parseModule('lib/features/x.ts', worded)), ['3: : ohlcv load ', '3:  x --force ', '4: a --flag'])
  t.same(cycles([parseModule('lib/a.ts', 'import "./b.js"'), parseModule('lib/b.ts', 'import "./a.js"')]), ['lib/a.ts -> lib/b.ts -> lib/a.ts'])
})
