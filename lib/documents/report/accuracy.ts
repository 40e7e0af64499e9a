import { DIFFERENCE_REASONS, type DifferenceReason } from '../../domain/difference.js'
import type { Comparison } from '../../features/compare/comparison.js'
import type { Difference } from '../../store/compare/differences.js'
import { cellShare, counting, notChecked, section, share, tableOf, type Goal } from './figures.js'
import type { Section } from './parts.js'

const MOST = 10
const GOAL: Goal = { under: 1 }
const COMPARED = { name: 'bars_compared', label: 'Bars held against a provider\'s', definition: 'Pairs of a stored daily bar and a bar of a provider for the same security and date, the provider\'s own fills left out; a bar that two providers gave counts twice.' }
const APART = {
  name: 'closes_apart', label: 'Closes that differ',
  definition: 'Of these pairs, those whose closes are more than 0.01 % apart, whatever the reason; stored bars are brought to what the provider adjusts its prices for.',
}
const FAR = { name: 'closes_far_apart', label: 'Closes more than 1 % apart', definition: 'Of these pairs, those whose closes are more than 1 % apart.' }

/** What says nothing of either side: dates that the provider was not asked for, and bars that are not final yet. */
const NO_ERROR: ReadonlySet<DifferenceReason> = new Set(['range', 'provisional'])

interface Compared {
  provider: string
  basis: string
  compared: number
  apart: number
  far: number
  missing: number
  reasons: string
}

function comparedOf({ mine, securities }: Comparison): Compared {
  const sum = (of: (security: Comparison['securities'][number]) => number): number => securities.reduce((total, security) => total + of(security), 0)
  const both = sum((security) => security.both)
  return {
    provider: mine.name, basis: mine.basis, compared: both - sum(({ own }) => own), apart: both - sum(({ within }) => within), far: sum(({ over1 }) => over1), missing: sum(({ onlyMine }) => onlyMine),
    reasons: DIFFERENCE_REASONS.map((reason) => ({ reason, bars: sum(({ reasons }) => reasons[reason] ?? 0) })).filter(({ bars }) => bars > 0)
      .map(({ reason, bars }) => `${reason.replace('_', ' ')} ${bars}`).join(', '),
  }
}

const sum = (all: readonly Compared[], of: (compared: Compared) => number): number => all.reduce((total, compared) => total + of(compared), 0)

/** How the stored bars compare with those of providers. */
export function accuracySection(comparisons: readonly Comparison[] | null): Section {
  const nothing = comparisons === null ? 'a quick report leaves it out' : 'no provider has given daily bars of these dates to hold against'
  const all = (comparisons ?? []).map(comparedOf)
  const pairs = sum(all, ({ compared }) => compared)
  const worst = (comparisons ?? []).flatMap(({ mine, differences }) => differences.filter(({ reason }) => !NO_ERROR.has(reason)).map((difference) => ({ provider: mine.name, ...difference })))
  return section('accuracy', 'Accuracy', {
    figures: [
      pairs === 0 ? notChecked(COMPARED, 'count', nothing) : counting(COMPARED, pairs),
      share(APART, sum(all, ({ apart }) => apart), pairs, GOAL, nothing),
      share(FAR, sum(all, ({ far }) => far), pairs, null, nothing),
    ],
    tables: [
      tableOf('providers', 'By provider', all, [
        ['provider', 'provider', ({ provider }) => provider], ['basis', 'adjusted for', ({ basis }) => basis], ['compared', 'compared', ({ compared }) => compared, 'right'],
        ['apart', 'differ', ({ apart }) => apart, 'right'], ['share', 'share', ({ apart, compared }) => cellShare(apart, compared), 'right'],
        ['missing', 'not stored', ({ missing }) => missing, 'right'], ['reasons', 'likely reasons, bars', ({ reasons }) => reasons],
      ]),
      tableOf<Difference & { provider: string }>('differences', 'The worst differences', worst.slice(0, MOST), [
        ['symbol', 'symbol', ({ symbol }) => symbol], ['start', 'from', ({ start }) => start], ['end', 'to', ({ end }) => end], ['provider', 'provider', ({ provider }) => provider],
        ['reason', 'likely reason', ({ reason }) => reason.replace('_', ' ')], ['stored', 'stored close', ({ theirs }) => theirs && theirs.close, 'right'],
        ['given', 'its close', ({ mine }) => mine && mine.close, 'right'], ['percent', '% apart', ({ percent }) => percent, 'right'],
      ], worst.length),
    ],
  })
}
