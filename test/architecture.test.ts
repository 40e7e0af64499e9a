import t from 'tap'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { PACKAGE_ROOT } from '../lib/version.js'

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

/** The rooms, from the outside in: a file imports from its own room and from those with a higher rank, never outwards. */
const RANK: Record<string, number> = { bin: 0, commands: 1, feature: 2, formats: 3, stages: 3, sources: 3, db: 3, calendar: 4, domain: 5 }
/** lib/version.ts knows where the package is: constants only, like the domain. */
const CONSTANTS = 'lib/version.ts'
/** What may look beside itself: stages work on what the formats parse, and the staging table takes what the stages make. */
const BESIDE: ReadonlySet<string> = new Set(['stages -> formats', 'db -> stages'])

function roomOf(file: string): string {
  if (file === CONSTANTS) return 'domain'
  const [top, room = ''] = file.split('/')
  return top === 'bin' ? 'bin' : room
}

const kindOf = (room: string): string => (room in RANK ? room : 'feature')

/** Why the one file may not import from the other, or undefined. */
function fault(from: string, to: string): string | undefined {
  const [here, there] = [roomOf(from), roomOf(to)]
  if (here === there) return undefined
  if (kindOf(here) === 'feature' && kindOf(there) === 'feature') return 'features do not import each other'
  const [rankHere, rankThere] = [RANK[kindOf(here)]!, RANK[kindOf(there)]!]
  if (rankHere === rankThere) return BESIDE.has(`${here} -> ${there}`) ? undefined : `${here} and ${there} stand side by side`
  return rankThere > rankHere ? undefined : `${there} is further out than ${here}`
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
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.posix.join(top, name.split(path.sep).join('/')))
      .map((file) => parseModule(file, readFileSync(path.join(PACKAGE_ROOT, file), 'utf8'))))
}

/** The file of the project that a specifier names; undefined for packages. */
function target(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts') : undefined
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

const all = modules()

await t.test('imports point one way: bin, commands, features, then formats, stages, sources and db, then calendar, then domain', async (t) => {
  const wrong = all.flatMap(({ file, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const to = target(file, specifier)
      const why = to === undefined ? undefined : fault(file, to)
      return why === undefined ? [] : [`${file}:${line} imports ${to}: ${why}`]
    }))
  t.same(wrong, [])
})

await t.test('the domain imports nothing of ours from outside itself', async (t) => {
  const wrong = all.filter(({ file }) => file.startsWith('lib/domain/')).flatMap(({ file, imports }) =>
    imports.filter(({ specifier }) => specifier.startsWith('.') && !specifier.startsWith('./')).map(({ specifier }) => `${file}: ${specifier}`))
  t.same(wrong, [])
})

await t.test('no module imports itself in a circle', async (t) => t.same(cycles(all), []))

await t.test('below the commands nothing reads the environment, the clock or the console, or ends the process', async (t) => {
  const below = all.filter(({ file }) => RANK[kindOf(roomOf(file))]! >= RANK['feature']!)
  t.same(below.flatMap((module) => reachesOut(module).map((place) => `${module.file}:${place}`)), [])
})

await t.test('streams are joined by pipeline, never by .pipe()', async (t) => {
  t.same(all.filter(({ text }) => /\.pipe\(/.test(text)).map(({ file }) => file), [])
})

await t.test(`no file has more than ${MAX_LINES} lines`, async (t) => {
  t.same(all.map(({ file, text }) => `${file}: ${text.split('\n').length}`).filter((entry) => Number(entry.split(': ')[1]) > MAX_LINES), [])
})

await t.test('the rules above see what they are meant to see', async (t) => {
  t.equal(fault('lib/domain/bar.ts', 'lib/db/open.ts'), 'db is further out than domain')
  t.equal(fault('lib/load/load-day.ts', 'lib/universe/import.ts'), 'features do not import each other')
  t.equal(fault('lib/sources/s3.ts', 'lib/db/open.ts'), 'sources and db stand side by side')
  t.equal(fault('lib/commands/load.ts', 'lib/load/load-day.ts'), undefined)
  t.equal(fault('lib/load/load-day.ts', 'lib/db/merge.ts'), undefined)
  const sample = parseModule('lib/db/x.ts', 'import type { A } from "../a.js"\nexport * from "../b.js"\nconst c = await import("./c.js")\ntype D = import("../d.js").D\nprocess.exit(new Date() - Date.now())\nconsole.log(new Date(0), process.env.X)')
  t.same(sample.imports.map(({ specifier }) => specifier), ['../a.js', '../b.js', './c.js', '../d.js'])
  t.same(reachesOut(sample), ['5: process.exit', '5: new Date()', '5: Date.now', '6: console.log', '6: process.env'])
  t.same(cycles([parseModule('lib/a.ts', 'import "./b.js"'), parseModule('lib/b.ts', 'import "./a.js"')]), ['lib/a.ts -> lib/b.ts -> lib/a.ts'])
})
