import t from 'tap'
import path from 'node:path'
import ts from 'typescript'

const PROGRAM = `
import { pagesOf, StatusClient, StatusError, type Candle, type StatusRemediationQuery } from 'ohlcv/status-client'

const client = new StatusClient({ baseUrl: 'http://127.0.0.1:8080', token: null })
export async function closes(asset: string): Promise<string[]> {
  const all: Candle[] = []
  for await (const { bars } of pagesOf((cursor) => client.bars({ asset, interval: 'day', cursor }))) all.push(...bars)
  return all.map(({ close }) => close)
}
export async function late(): Promise<string[]> {
  const { assets, verdict } = await client.summary()
  const state: 'current' | 'attention' | 'stale' | 'empty' = verdict.state
  return state === 'current' ? [] : assets.filter(({ stale }) => stale).map(({ asset, last_alert }) => last_alert?.summary ?? asset)
}
export async function begun(): Promise<number> {
  await client.act({ action: 'explain', request: { ids: [1], reason: 'it is so' } })
  return (await client.backfill({ interval: 'day', start: '2026-03-02' }, { idempotencyKey: 'one' })).action_id
}
export const asked: StatusRemediationQuery = { kind: 'gap', state: 'failed' }
export const isGone = (error: unknown): boolean => error instanceof StatusError && error.status === 404
// @ts-expect-error there is no such length of bars
void client.bars({ asset: 'AAPL', interval: 'decade' })
// @ts-expect-error an asset has to be named
void client.lineage({ start: '2026-03-02', end: '2026-03-06' })
// @ts-expect-error prices are text
void client.bars({ asset: 'AAPL' }).then(({ bars }) => bars[0]!.close * 2)
`

await t.test('a strict program of TypeScript is checked against the client of the package, by its declarations alone', async (t) => {
  const file = path.join(t.testdir({ 'program.ts': PROGRAM }), 'program.ts')
  const program = ts.createProgram([file], {
    strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [], skipDefaultLibCheck: true,
  })
  t.same(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')), [])
  const read = program.getSourceFiles().map(({ fileName }) => fileName).filter((name) => !name.includes('/typescript/lib/') && name !== file)
  t.same(read.map((name) => path.basename(name)).sort(), ['asker.d.ts', 'documents.d.ts', 'status-client.d.ts', 'status-error.d.ts'])
})
