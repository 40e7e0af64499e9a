import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import type { KeptAnswers } from '../../../lib/transport/answers/answers.js'

/** Kept answers under test, and what is behind them. */
export interface Place {
  answers: KeptAnswers
  /** The paths there are. */
  paths: () => string[]
  read: (path: string) => Promise<Buffer>
  write: (path: string, bytes: Buffer) => void
  /** How often something was written. */
  written: () => number
}

const AT = new Date('2026-10-31T23:59:59.999Z')
const BODY = Buffer.from('{"status":"OK","results":[1.10,2]}\n')
const SHA256 = createHash('sha256').update(BODY).digest('hex')
const PATH = `vendor/2026/10/${SHA256}.json.gz`

/** What every place for answers promises. */
export async function answersContract(t: Test, place: (t: Test) => Promise<Place>): Promise<void> {
  await t.test('a body is kept gzipped by provider, month and SHA-256, and comes back byte by byte', async (t) => {
    const { answers, paths, read } = await place(t)
    for (const body of [BODY, Buffer.alloc(0), Buffer.from('<html>no JSON \0\xff', 'latin1')]) {
      const sha256 = await answers.put('vendor', AT, body)
      t.equal(sha256, createHash('sha256').update(body).digest('hex'))
      t.ok((await answers.get('vendor', AT, sha256)).equals(body))
    }
    t.equal(paths().length, 3)
    t.ok(gunzipSync(await read(PATH)).equals(BODY))
    await answers.put('vendor', new Date('2026-11-01T00:00:00Z'), BODY)
    t.ok(paths().includes(PATH.replace('/10/', '/11/')))
  })

  await t.test('what is there already is not written again, unless it was cut', async (t) => {
    const { answers, write, written } = await place(t)
    await Promise.all([1, 2, 3].map(() => answers.put('vendor', AT, BODY)))
    const first = written()
    await answers.put('vendor', AT, BODY)
    t.equal(written(), first)
    write(PATH, gzipSync(BODY).subarray(0, 10))
    await answers.put('vendor', AT, BODY)
    t.ok((await answers.get('vendor', AT, SHA256)).equals(BODY))
  })

  await t.test('one that is gone, damaged or another is told by its name', async (t) => {
    const { answers, write } = await place(t)
    await t.rejects(answers.get('vendor', AT, SHA256), { name: 'SourceError', code: 'ANSWER_GONE', message: new RegExp(PATH) })
    for (const bytes of [gzipSync('another'), gzipSync(BODY).subarray(0, -3), BODY, Buffer.alloc(0)]) {
      write(PATH, bytes)
      await t.rejects(answers.get('vendor', AT, SHA256), { name: 'SourceError', code: 'ANSWER_DAMAGED', message: new RegExp(PATH) })
    }
  })

  await t.test('one is removed, and one that is not there is not missed', async (t) => {
    const { answers, paths } = await place(t)
    await answers.put('vendor', AT, BODY)
    await answers.remove('vendor', AT, SHA256)
    t.same(paths(), [])
    await answers.remove('vendor', AT, SHA256)
  })

  await t.test('it can be closed twice, and says where it is', async (t) => {
    const { answers } = await place(t)
    t.ok(answers.uri.length > 0)
    await answers.close()
    await answers.close()
  })
}
