import t from 'tap'
import { readKey } from '../../../../lib/features/runs/asking/key.js'

const API = { env: 'KEY_OF_TESTS', headers: (key: string) => ({ authorization: `Bearer ${key}` }) }
const KEY = 'aB/3"k\\y+=_-.~$&'

const redacted = (text: string, key = KEY): string => readKey(API, { KEY_OF_TESTS: key }).redacted(Buffer.from(text)).toString()
const every = (write: (character: string) => string): string => KEY.replaceAll(/[^]/g, write)
const hex = (character: string, length: number): string => character.charCodeAt(0).toString(16).padStart(length, '0')

await t.test('a key is read from its variable, and travels in the headers that the provider names', async (t) => {
  t.same(readKey(API, { KEY_OF_TESTS: ' \tabc\n' }).headers, { authorization: 'Bearer abc' }, 'spaces around it are none of it')
  t.same(readKey(null, {}).headers, {})
  t.equal(readKey(null, {}).redacted(Buffer.from('any')).toString(), 'any')
})

await t.test('without a key there is one sentence, and one that can be none is not repeated', async (t) => {
  for (const env of [{}, { KEY_OF_TESTS: '' }, { KEY_OF_TESTS: '  ' }]) {
    t.throws(() => readKey(API, env), { name: 'UsageError', code: 'PROVIDER_KEY_MISSING', message: 'KEY_OF_TESTS environment variable not set' })
  }
  for (const key of ['sec ret', 'sec\nret', 'sec\0ret', 'secrét', 'sec\u007fret', 'sec\u00a0ret']) {
    try {
      readKey(API, { KEY_OF_TESTS: key })
      t.fail(key)
    } catch (error) {
      t.match(error, { name: 'UsageError', code: 'PROVIDER_KEY_INVALID', message: /^KEY_OF_TESTS / })
      t.notMatch(JSON.stringify([String(error), error, (error as Error).stack?.split('\n')[0]]), /sec/)
    }
  }
})

await t.test('an answer that repeats the key has it replaced, however it is written', async (t) => {
  const ways: Record<string, string> = {
    'as it is': KEY,
    'as part of a URL': encodeURIComponent(KEY),
    'as part of a URL, every character': every((character) => `%${hex(character, 2).toUpperCase()}`),
    'as JSON': JSON.stringify(KEY).slice(1, -1),
    'as JSON that escapes slashes': JSON.stringify(KEY).slice(1, -1).replaceAll('/', '\\/'),
    'as JSON in JSON': JSON.stringify(JSON.stringify(KEY).slice(1, -1)).slice(1, -1),
    'as JSON, every character': every((character) => `\\u${hex(character, 4)}`),
    'as JSON, every character in JSON': every((character) => `\\\\u${hex(character, 4).toUpperCase()}`.replace('U', 'u')),
    'as HTML': every((character) => (/\w/.test(character) ? character : `&#x${hex(character, 2)};`)),
    'as HTML in decimals': every((character) => `&#${character.charCodeAt(0)};`),
  }
  for (const [name, written] of Object.entries(ways)) t.equal(redacted(`{"a":"${written}","b":"x${written}x"}`), '{"a":"REDACTED","b":"xREDACTEDx"}', name)
  t.equal(redacted(`${KEY}${KEY}`), 'REDACTEDREDACTED')
})

await t.test('other bytes stay as they are, and so does the same buffer', async (t) => {
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, byte) => byte % 256))
  const key = readKey(API, { KEY_OF_TESTS: KEY })
  t.equal(key.redacted(bytes), bytes)
  t.same(key.redacted(Buffer.concat([bytes, Buffer.from(KEY), bytes])), Buffer.concat([bytes, Buffer.from('REDACTED'), bytes]))
  t.equal(redacted(KEY.toLowerCase()), KEY.toLowerCase(), 'case matters')
})
