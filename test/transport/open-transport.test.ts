import path from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { openTransport } from '../../lib/transport/open-transport.js'

const OPTIONS = { env: {}, maxFileBytes: 1e9 }

await t.test('a path and a file URL name a directory', async (t) => {
  const root = t.testdir({ 'with space': {} })
  t.equal(openTransport(`${root}/with space`, OPTIONS).uri, `${root}/with space`)
  t.equal(openTransport(pathToFileURL(`${root}/with space`).href, OPTIONS).uri, `${root}/with space`)
  t.equal(openTransport(path.relative('.', root), OPTIONS).uri, root, 'a relative one is made absolute')
})

await t.test('a place that cannot be one is refused with what to do instead', async (t) => {
  const root = t.testdir({ file: 'x' })
  const refused = [
    [`${root}/none`, 'SOURCE_NOT_FOUND', /none is not there/],
    [`${root}/file`, 'SOURCE_NOT_A_DIRECTORY', /file is not a directory/],
    ['file://elsewhere/data', 'SOURCE_NOT_FOUND', /no usable file URL/],
    ['ftp://host/data', 'SOURCE_SCHEME', /cannot begin with ftp:/],
  ] as const
  for (const [uri, code, message] of refused) t.throws(() => openTransport(uri, OPTIONS), { name: 'UsageError', code, message, hint: /./ }, uri)
})

await t.test('a password in a URI never shows', async (t) => {
  for (const uri of ['https://user:hunter2@host/data', 's3://AKIA:hunter2@bucket/data']) {
    try {
      openTransport(uri, OPTIONS)
      t.fail('not refused')
    } catch (error) {
      t.notMatch(JSON.stringify([error, String(error), (error as Error).stack]), 'hunter2')
    }
  }
})
