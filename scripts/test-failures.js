/** As many lines of what is told of a failure. */
const MOST_LINES = 60

/** A line of TAP that says how a test ended: its indent, whether it failed, and its name. */
const ENDED = /^((?: {4})*)(not )?ok \d+(?: - (.*?))?(?: # time=\S+)?$/
const BEGUN = /^((?: {4})*)# Subtest: (.*)$/
const EXPECTED = / # (?:TODO|SKIP)\b/

/** What TAP tells of the test that ended at this line: where, and the difference; not the lines of its source. */
function told(lines, at, indent) {
  const [begin, end, source] = ['  ---', '  ...', '  source: '].map((text) => `${indent}${text}`)
  if (lines[at + 1] !== begin) return []
  const told = []
  for (const line of lines.slice(at + 2)) {
    if (line === end || line.startsWith(source) || told.length === MOST_LINES) break
    told.push(line.slice(indent.length))
  }
  return told
}

/** What failed by the results of a run in TAP: each assertion with the tests it is in, where it is, and the difference. */
export function failuresIn(tap) {
  const lines = tap.split('\n')
  const within = []
  // By depth, whether a test there has failed within the one around it that is still on its way.
  const failed = []
  return lines.flatMap((line, at) => {
    const begun = BEGUN.exec(line)
    if (begun) within[begun[1].length / 4] = begun[2]
    const ended = ENDED.exec(line)
    if (!ended) return []
    const [, indent, not, name = ''] = ended
    const depth = indent.length / 4
    const inner = failed[depth + 1]
    failed.length = depth + 1
    if (!not || EXPECTED.test(line)) return []
    failed[depth] = true
    // A test fails with what is in it, which has been told.
    return inner ? [] : [[`FAILED: ${[...within.slice(0, depth), name].join(' > ')}`, ...told(lines, at, indent)].join('\n')]
  })
}
