import t from 'tap'
import { fetchWorld } from '../../helpers/fetch-world.js'

await t.test('placeholder', async (t) => {
  t.ok(fetchWorld)
})
