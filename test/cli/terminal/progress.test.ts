import { Writable } from 'node:stream'
import t from 'tap'
import { progressBar } from '../../../lib/cli/terminal/progress.js'

await t.test('a bar shows no time left before a step has shown how long one takes', async (t) => {
  let drawn = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      drawn += chunk.toString()
      done()
    },
  })
  const bar = progressBar(true, '{value}/{total} {left} {label}', Object.assign(stream, { isTTY: true, columns: 80 }) as unknown as NodeJS.WriteStream)
  t.teardown(() => bar.end())
  bar.plan(3, { label: 'first' })
  t.match(drawn, '0/3  first')
  t.notMatch(drawn, 'left')
  await new Promise((resolve) => setTimeout(resolve, 150))
  bar.step({ label: 'second' })
  bar.end()
  t.match(drawn, /1\/3 0\.\d s left second/)
})

await t.test('nothing is drawn where nobody watches, or where there is nothing to do', (t) => {
  let drawn = ''
  const stream = Object.assign(new Writable({
    write(chunk: Buffer, _encoding, done) {
      drawn += chunk.toString()
      done()
    },
  }), { isTTY: true, columns: 80 }) as unknown as NodeJS.WriteStream
  for (const [interactive, steps] of [[false, 2], [true, 0]] as const) {
    const bar = progressBar(interactive, '{value}/{total} {label}', stream)
    bar.plan(steps, { label: 'first' })
    bar.step({ label: 'second' })
    bar.end()
  }
  t.equal(drawn, '')
  t.end()
})
