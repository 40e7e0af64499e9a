// Compiles bin and lib into dist; with `--tests` what tests and measures as well. npm runs it as `prepare`, also where only
// production packages are installed: what is built stays as it is then, and where nothing is built npm is to fail, for it
// would link a program that is not there.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/** What a browser loads for the status page: its program, in parts that are loaded when they are wanted, and its looks. */
async function bundlePage() {
  const { build } = await import('esbuild')
  await build({
    entryPoints: { page: 'lib/page/browser/main.tsx', 'page-style': 'lib/page/browser/page.css', icon: 'lib/page/browser/icon.svg' }, loader: { '.svg': 'copy' }, outdir: 'dist/lib/page/assets', entryNames: '[name]', chunkNames: '[name]-[hash]',
    bundle: true, splitting: true, format: 'esm', minify: true, target: ['chrome111', 'firefox114', 'safari16.4'], jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none', logLevel: 'warning',
  })
}

/** What programs that use the client of the service are checked by; its files say themselves what they export, so nothing else is read for it. */
async function declareClient() {
  const { default: { ScriptTarget, transpileDeclaration } } = await import('typescript')
  for (const name of readdirSync('lib/client')) {
    const { outputText, diagnostics } = transpileDeclaration(readFileSync(`lib/client/${name}`, 'utf8'), { fileName: name, reportDiagnostics: true, compilerOptions: { strict: true, target: ScriptTarget.ES2022 } })
    if (diagnostics.length > 0) throw new Error(`${name} does not say the type of all that it exports`)
    writeFileSync(`dist/lib/client/${name.replace(/ts$/, 'd.ts')}`, outputText)
  }
}

const tsc = 'node_modules/typescript/bin/tsc'
const project = process.argv.includes('--tests') ? 'tsconfig.test.json' : 'tsconfig.build.json'
if (existsSync(tsc)) {
  rmSync('dist', { recursive: true, force: true })
  process.exitCode = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' }).status ?? 1
  if (process.exitCode === 0) {
    chmodSync('dist/bin/ohlcv.js', 0o755)
    await Promise.all([bundlePage(), declareClient()])
  }
} else if (!existsSync('dist/bin/ohlcv.js')) {
  console.error('ohlcv is not built, and what builds it is not installed. Run first, in this folder: npm ci')
  process.exitCode = 1
}
