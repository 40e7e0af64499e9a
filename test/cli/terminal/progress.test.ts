import { Writable } from 'node:stream'
import t from 'tap'
import { stepBar } from '../../../lib/cli/terminal/progress.js'

await t.test('a bar shows no time left before a step has shown how long one takes', async (t) => {
  let drawn = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      drawn += chunk.toString()
      done()
    },
  })
  const bar = stepBar('{value}/{total} {left} {label}', Object.assign(stream, { isTTY: true, columns: 80 }) as unknown as NodeJS.WriteStream)
  t.teardown(() => bar.stop())
  bar.start(3, { label: 'first' })
  t.match(drawn, '0/3  first')
  t.notMatch(drawn, 'left')
  await new Promise((resolve) => setTimeout(resolve, 150))
  bar.step({ label: 'second' })
  bar.stop()
  t.match(drawn, /1\/3 0\.\d s left second/)
})
