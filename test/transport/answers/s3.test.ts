import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { answersIn, openAnswers } from '../../../lib/transport/answers/answers.js'
import { s3Folder } from '../../../lib/transport/answers/s3.js'
import { DEFAULT_RETRY } from '../../../lib/transport/retry.js'
import { memoryObject } from '../../helpers/s3-objects.js'
import { startS3Server, type S3Server } from '../../helpers/s3-server.js'
import { answersContract, type Place } from './contract.js'

const AT = new Date('2026-11-21T12:00:00Z')
const PREFIX = 'kept/raw/'

async function place(t: Test): Promise<Place & { server: S3Server }> {
  const server = await startS3Server()
  const answers = answersIn(s3Folder('s3://flatfiles/kept/raw', { env: server.env, policy: { ...DEFAULT_RETRY, attempts: 3 }, tools: { delay: async () => {} } }))
  t.teardown(async () => {
    await answers.close()
    await server.close()
  })
  return {
    server,
    answers,
    paths: () => [...server.objects.keys()].map((key) => key.slice(PREFIX.length)),
    async read(name) {
      const { size, read } = server.objects.get(PREFIX + name)!
      return buffer(Readable.from(read(0, size)))
    },
    write: (name, bytes) => void server.objects.set(PREFIX + name, memoryObject(bytes)),
    written: () => server.requests.filter(({ operation }) => operation === 'put').length,
  }
}

await answersContract(t, place)

await t.test('what may pass is tried again', async (t) => {
  const { server, answers } = await place(t)
  server.faults.push({ operation: 'put', status: 503, code: 'SlowDown' }, { operation: 'put', refuse: true }, { operation: 'get', endAfter: 5 }, { operation: 'get', status: 500 }, { operation: 'delete', status: 500 })
  const sha256 = await answers.put('vendor', AT, Buffer.from('body'))
  t.same(await answers.get('vendor', AT, sha256), Buffer.from('body'))
  await answers.remove('vendor', AT, sha256)
  t.same([...server.objects.keys(), ...server.faults], [])
})

await t.test('a bucket that takes nothing is told in one sentence, and one that gives nothing by the answer\'s name', async (t) => {
  const { server, answers } = await place(t)
  server.forbidden.add(`${PREFIX}vendor/2026/11/${'0'.repeat(64)}.json.gz`)
  await t.rejects(answers.get('vendor', AT, '0'.repeat(64)), { name: 'SourceError', code: 'ANSWER_UNREADABLE', message: /s3:\/\/flatfiles\/kept\/raw\/vendor\/2026\/11\/0{64}\.json\.gz cannot be read: AccessDenied, HTTP 403/ })
  server.faults.push({ operation: 'put', status: 403, code: 'AccessDenied' })
  await t.rejects(answers.put('vendor', AT, Buffer.from('x')), { name: 'UsageError', code: 'RAW_UNWRITABLE', message: 'answers cannot be kept in s3://flatfiles/kept/raw: AccessDenied, HTTP 403' })
  const elsewhere = openAnswers('s3://another/raw', server.env)
  t.teardown(() => elsewhere.close())
  await t.rejects(elsewhere.put('vendor', AT, Buffer.from('x')), { code: 'RAW_UNWRITABLE', message: /there is no bucket another at/ })
  const wrong = openAnswers('s3://flatfiles/raw', { ...server.env, AWS_SECRET_ACCESS_KEY: 'wrong' })
  t.teardown(() => wrong.close())
  await t.rejects(wrong.put('vendor', AT, Buffer.from('x')), { code: 'RAW_UNWRITABLE', message: /refused the signature/ })
})
