import t from 'tap'
import { inOrder, none, type Stage } from '../../lib/domain/stage.js'

const length: Stage<string, number> = (text) => (text === '' ? none : text.length)
const half: Stage<number, number> = (number) => (number % 2 === 0 ? number / 2 : none)
const named: Stage<number, { name: string }> = (number) => ({ name: `n${number}` })

await t.test('a composition of any length gives what the last stage gives', async (t) => {
  t.equal(inOrder(length)('four'), 4)
  t.equal(inOrder(length, half)('four'), 2)
  t.same(inOrder(length, half, half, named)('four'), { name: 'n1' })
  t.same(inOrder(length, half, half, half, half, half, half, half, named)('x'.repeat(128)), { name: 'n1' })
  t.same(inOrder(inOrder(length, half), inOrder(half, named))('four'), { name: 'n1' }, 'a composition is a stage')
})

await t.test('a row that ends in a stage reaches no later one', async (t) => {
  const seen: number[] = []
  const stage = inOrder(length, half, (number: number) => {
    seen.push(number)
    return number
  })
  t.equal(stage(''), none)
  t.equal(stage('odd'), none)
  t.equal(stage('even'), 2)
  t.same(seen, [2])
})

await t.test('stages in a wrong order do not compile', async (t) => {
  const right: Stage<string, { name: string }> = inOrder(length, half, named)
  t.same(right('four'), { name: 'n2' })
  // @ts-expect-error a number is no text
  inOrder(length, length)
  // @ts-expect-error in the middle neither
  inOrder(length, named, half)
  // @ts-expect-error nor at the end
  inOrder(length, half, length)
  // @ts-expect-error nothing is no composition
  inOrder()
  // @ts-expect-error the output is that of the last
  const output: Stage<string, number> = inOrder(length, named)
  // @ts-expect-error the input that of the first
  const input: Stage<number, { name: string }> = inOrder(length, named)
  t.type(output, 'function')
  t.type(input, 'function')
})
