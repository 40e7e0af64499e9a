import t from 'tap'
import { Validator } from '@seriousme/openapi-schema-validator'
import { openApi } from '../../lib/http/framework/openapi.js'
import { PLACES } from '../../lib/http/places.js'
import { ROUTES } from '../../lib/http/routes.js'
import { faultsOf } from '../helpers/contract.js'

const description = openApi(ROUTES, PLACES)

await t.test('the description is OpenAPI 3.1', async (t) => {
  const validator = new Validator()
  t.same(await validator.validate(structuredClone(description)), { valid: true })
  t.equal(validator.version, '3.1')
})

await t.test('the helper of contract tests sees what it is meant to see', async (t) => {
  const headers = new Headers({ 'content-type': 'application/json; charset=utf-8' })
  const session = { schema: 'ohlcv.session/1', access: 'everybody', name: null, acting: false }
  const told = (json: unknown, status = 200) => ({ status, headers, text: JSON.stringify(json), json })
  t.same(faultsOf('GET', '/session', told(session)), [])
  t.match(faultsOf('GET', '/session', told({ ...session, more: 1 })), [/additional/])
  t.match(faultsOf('GET', '/session', told({ ...session, access: 'root' })), [/access must be equal/])
  t.match(faultsOf('GET', '/session', told({ ...session, schema: 'ohlcv.session/2' })), [/schema must be equal/])
  t.match(faultsOf('GET', '/session', told(session, 201)), [/201 is not described/])
  t.match(faultsOf('GET', '/session', told(session, 404)), [/is application\/json, not one of application\/problem\+json/])
  t.match(faultsOf('POST', '/session', told(session)), [/not described/])
  t.match(faultsOf('GET', '/elsewhere', told(session)), [/not described/])
})
