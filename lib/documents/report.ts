import * as v from 'valibot'
import type { Report } from '../routines/report/report.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, date, id, instant, instantOrNull, instantText } from './fields.js'
import { accuracySection } from './report/accuracy.js'
import { anomaliesSection } from './report/anomalies.js'
import { completenessSection, isChecked, isDue } from './report/completeness.js'
import { consistencySection } from './report/consistency.js'
import { gapsSection } from './report/gaps.js'
import { handledSection } from './report/handled.js'
import { duplicatesSection, mendedSection, revisionsSection } from './report/history.js'
import { sectionFields, type Section } from './report/parts.js'
import { providersSection, workSection } from './report/work.js'

const fields = {
  start: date,
  end: date,
  made_at: instant,
  /** When the report before was made, from which on this one tells what happened; null where there is none. */
  since: v.nullable(instant),
  /** Figures with a goal. */
  goals: v.strictObject({ met: count, missed: count, not_checked: count }),
  sections: v.array(sectionFields),
}

/** `ohlcv report`: how complete, exact and consistent the data is. */
export const REPORT = defineDocument('ohlcv.report/1', v.strictObject({
  /** Null: it was not kept. */
  report_id: v.nullable(id),
  ...fields,
}))

/** A report without its number, which it gets by being kept. */
export type ReportFields = Omit<DocumentOf<typeof REPORT>, 'report_id'>

function sectionsOf(report: Report): Section[] {
  const { range, completeness, gaps, accuracy, consistency, findings, providers, work, advice, steps } = report
  const due = completeness.days.filter(isDue)
  return [
    completenessSection(completeness, gaps),
    gapsSection(gaps, range),
    accuracySection(accuracy),
    consistencySection(consistency, findings.counts, due.some(({ judged }) => judged)),
    anomaliesSection(findings, due.some(({ judged }) => judged), due.filter((day) => !isChecked(day)).length),
    revisionsSection(report),
    duplicatesSection(completeness.left),
    providersSection(work.health, providers),
    mendedSection(report),
    workSection(work, advice, steps),
    handledSection(report),
  ]
}

/** The document of a validation report. */
export function reportDocument(report: Report): ReportFields {
  const sections = sectionsOf(report)
  const aimed = sections.flatMap(({ figures }) => figures).filter(({ goal }) => goal !== null)
  return {
    start: report.range.start, end: report.range.end, made_at: instantText(report.madeAt), since: instantOrNull(report.before?.madeAt ?? null),
    goals: { met: aimed.filter(({ met }) => met === true).length, missed: aimed.filter(({ met }) => met === false).length, not_checked: aimed.filter(({ met }) => met === null).length },
    sections,
  }
}
