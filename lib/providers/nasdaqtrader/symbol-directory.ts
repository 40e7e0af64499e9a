import { badRow, symbolOf, textRows, undated, type Listing, type Listings } from '../../formats/listing.js'

/**
 * The symbol directories of nasdaqtrader.com, fields as http://nasdaqtrader.com/Trader.aspx?id=SymbolDirDefs defines
 * them.
 */
const NASDAQ_LISTED = 'Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|NextShares'
const OTHER_LISTED = 'ACT Symbol|Security Name|Exchange|CQS Symbol|ETF|Round Lot Size|Test Issue|NASDAQ Symbol'
/** The last line; otherlisted.txt has a field less in it than in its rows. */
const TRAILER = /^File Creation Time:.*\s*$/m

/** Exchange letters of otherlisted.txt; M as in the participants of the consolidated tape. */
const EXCHANGES: Readonly<Record<string, string>> = {
  A: 'NYSE American', M: 'NYSE Texas', N: 'NYSE', P: 'NYSE Arca', V: 'IEX', Z: 'Cboe BZX',
}

/**
 * Suffixes that tell what a security is, from http://www.nasdaqtrader.com/Trader.aspx?id=CQSSymbolConvention: a root in
 * capitals, then `p` and a class for preferreds, `r` rights, `.WS` warrants, `.U` units; what follows (`w` when issued, `.CL` called,
 * `.CV` convertible, `.WD` when distributed) changes no type. Type names are Massive's.
 */
const TYPES: readonly [RegExp, string][] = [
  [/^[A-Z]+p/, 'PFD'],
  [/^[A-Z]+r/, 'RIGHT'],
  [/^[A-Z.]+\.WS/, 'WARRANT'],
  [/^[A-Z]+\.U$/, 'UNIT'],
]

/** The ticker that day files have for a CQS symbol: the convention's slashes are periods there, lower case stays. */
export function tickerOfCqs(symbol: string): string {
  return symbol.replaceAll('/', '.')
}

/** The type that a ticker's CQS suffix tells, if it does. */
export function typeOfTicker(ticker: string): string | null {
  return TYPES.find(([suffix]) => suffix.test(ticker))?.[1] ?? null
}

/** Whether the text begins with the header of one of the directories. */
export function isNasdaqtrader(text: string): boolean {
  return [NASDAQ_LISTED, OTHER_LISTED].includes(firstLine(text))
}

const firstLine = (text: string): string => /^\uFEFF?([^\r\n]*)/.exec(text)?.[1] ?? ''

/**
 * The securities of nasdaqlisted.txt or otherlisted.txt, without those for tests. Symbols are those of the consolidated
 * tape, as day files have them: `ABRpD`, where the ACT symbol would be `ABR$D`.
 * @throws UsageError naming file and line
 */
export function readNasdaqtrader(file: string, text: string): Listings {
  const isOther = firstLine(text) === OTHER_LISTED
  const [header, ...rows] = textRows(file, text.replace(TRAILER, ''), { delimiter: '|', quotes: false })
  const column = new Map(header?.fields.map((name, index) => [name, index]))
  const listings: Listing[] = []
  let testIssues = 0
  for (const { line, fields } of rows) {
    const cell = (name: string) => fields[column.get(name) ?? -1] ?? ''
    if (cell('Test Issue') === 'Y') {
      testIssues++
      continue
    }
    if (cell('Test Issue') !== 'N') throw badRow(file, line, `Test Issue is ${JSON.stringify(cell('Test Issue').slice(0, 40))}, not Y or N`)
    const symbol = symbolOf(file, line, isOther ? tickerOfCqs(cell('CQS Symbol')) : cell('Symbol'))
    const letter = cell('Exchange')
    listings.push(undated(line, symbol, {
      name: cell('Security Name') || null,
      type: cell('ETF') === 'Y' ? 'ETF' : isOther ? typeOfTicker(symbol) : null,
      exchange: isOther ? (EXCHANGES[letter] ?? (letter || null)) : 'Nasdaq',
      active: true,
    }))
  }
  return { rows: listings, testIssues }
}
