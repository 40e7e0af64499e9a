import type { Summary, Whole } from '../../routines/summary/summary.js'
import { counted } from '../figures.js'

const DAY = 24 * 60
/** `a, b and c` */
const SEVERAL = new Intl.ListFormat('en-GB')

/** A lag for people, in the two largest units it has. */
export function lagText(minutes: number): string {
  const [days, hours] = [Math.floor(minutes / DAY), Math.floor((minutes % DAY) / 60)]
  if (days > 0) return hours === 0 ? counted(days, 'day') : `${counted(days, 'day')} ${counted(hours, 'hour')}`
  return hours === 0 ? counted(minutes, 'minute') : `${counted(hours, 'hour')}${minutes % 60 === 0 ? '' : ` ${counted(minutes % 60, 'minute')}`}`
}

function latestText({ survey: { latestLoaded }, freshness: { lagMinutes } }: Whole): string {
  const late = lagMinutes === null || lagMinutes === 0 ? '' : `, a file ${lagText(lagMinutes)} late`
  return latestLoaded === null ? 'nothing loaded' : `${latestLoaded}${late}`
}

/** In a sentence: whether everything is current, and what that hangs on. */
export function verdictText({ verdict, datasets, assets, alerts }: Pick<Summary, 'verdict' | 'datasets' | 'assets' | 'alerts'>): string {
  const latest = datasets.map((whole) => `${datasets.length === 1 ? '' : `${whole.dataset.name}: `}${latestText(whole)}`).join('; ')
  const stale = new Set(assets.filter(({ isStale }) => isStale).map(({ asset }) => asset)).size
  if (verdict === 'empty') return 'Nothing is loaded yet.'
  if (verdict === 'current') return `Everything is current. Latest session loaded: ${latest}.`
  if (verdict === 'stale') return datasets.some(({ isStale }) => isStale) ? `Data is late. Latest session loaded: ${latest}.` : `Data is late: ${counted(stale, 'asset')} behind.`
  const problems = datasets.reduce((sum, { attention }) => sum + attention.filter(({ finding }) => !finding).length, 0)
  const needs = [
    problems > 0 ? `${counted(problems, 'stretch', 'stretches')} of dates` : null, stale > 0 ? counted(stale, 'asset') : null, alerts.open > 0 ? counted(alerts.open, 'alert') : null,
  ].filter((need) => need !== null)
  return `Current, but ${SEVERAL.format(needs)} ${needs.length === 1 && problems + stale + alerts.open === 1 ? 'needs' : 'need'} attention. Latest session loaded: ${latest}.`
}
