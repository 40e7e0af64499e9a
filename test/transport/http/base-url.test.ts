import t from 'tap'
import { baseUrl } from '../../../lib/transport/http/base-url.js'

await t.test('a base URL is an origin and the path before every path', async (t) => {
  t.same(baseUrl('https://api.example.com', 'BASE'), { origin: 'https://api.example.com', prefix: '' })
  t.same(baseUrl('https://api.example.com/', 'BASE'), { origin: 'https://api.example.com', prefix: '' })
  t.same(baseUrl('http://127.0.0.1:8080/proxy/of%20mine//', 'BASE'), { origin: 'http://127.0.0.1:8080', prefix: '/proxy/of%20mine' })
})

await t.test('what is none is refused by the name of its setting, and not repeated', async (t) => {
  for (const text of ['api.example.com/secret', 'ftp://secret/', 'https://user:secret@host', 'https://secret@host', 'https://host/?apiKey=secret', 'https://host/#secret', 'https://secret:port', '']) {
    try {
      baseUrl(text, 'BASE_OF_TESTS')
      t.fail(text)
    } catch (error) {
      t.match(error, { name: 'UsageError', code: 'HTTP_BASE_URL', message: /^BASE_OF_TESTS /, hint: /https:\/\/host/ }, text)
      t.notMatch(JSON.stringify([String(error), error]), /secret/)
    }
  }
})
