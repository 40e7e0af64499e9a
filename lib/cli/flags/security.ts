import { describeSpan, type Named } from '../../store/universe/security-named.js'

/** One line about the security: `META  Meta Platforms  (formerly FB until 2022-06-08)`. */
export function securityTitle({ security, symbol }: Named): string {
  const former = security.names.filter((name) => name.symbol !== symbol).map((name) => (name.to === null ? name.symbol : `${name.symbol} until ${name.to}`))
  return [symbol, security.name, former.length > 0 ? `(formerly ${former.join(', ')})` : null].filter(Boolean).join('  ')
}

/** Lines about other securities that the asked symbol has named, with the flag that shows each. */
export function otherSecurities({ others }: Named, asked: string): string[] {
  return others.map((other) => {
    const name = other.names.findLast(({ symbol }) => symbol === asked)
    const on = name?.to ?? name?.from
    return `${asked} ${name ? describeSpan(name) : ''} named another security${other.name === null ? '' : `, ${other.name}`}: add --on ${on} to see it`
  })
}
