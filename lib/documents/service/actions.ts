import * as v from 'valibot'
import { DAY_STATES } from '../../features/status/day-state.js'
import type { Preview, PreviewRequest } from '../../routines/acting/preview.js'
import type { RunProgress } from '../../store/runs/progress.js'
import { RUN_STATES } from '../../store/runs/runs.js'
import { ACTION_STATES, type Action, type SecuritiesOfType } from '../../store/service/actions.js'
import { defineDocument } from '../document.js'
import { count, date, id, instant, instantOrNull, instantText } from '../fields.js'
import { dataset } from '../ledger-fields.js'
import { nextCursor } from './paging.js'

/** What somebody had done. */
const action = v.strictObject({
  action_id: id,
  /** Which kind of action: load, fetch, backfill, explain, acknowledge, mute or test_alerts. */
  action: v.string(),
  /** As it was asked for. */
  request: v.record(v.string(), v.unknown()),
  /** The name of the token. */
  requested_by: v.string(),
  requested_at: instant,
  finished_at: v.nullable(instant),
  /** `queued`: nothing has begun of it; `died`: its process ended without a word. */
  state: v.picklist(ACTION_STATES),
  /** As that of the command that does the same. */
  exit_code: v.nullable(v.number()),
  /** Of the error that ended it, as docs/ERRORS.md lists it. */
  code: v.nullable(v.string()),
  /** What has come of it, in order: of how many dates or symbols how many are done, where that is known. */
  runs: v.array(v.strictObject({ run_id: id, command: v.string(), status: v.picklist(RUN_STATES), done: count, planned: v.nullable(count) })),
})

/** What people had done, the newest first. */
export const SERVICE_ACTIONS = defineDocument('ohlcv.service-actions/1', v.strictObject({ actions: v.array(action), next_cursor: nextCursor }))

/** One action. */
export const SERVICE_ACTION = defineDocument('ohlcv.service-action/1', v.strictObject({
  action,
  /** Securities that providers are asked about, by type (`ETF`; null: not known): how many in all, of how many there is an answer, and how many of these failed. */
  securities: v.array(v.strictObject({ type: v.nullable(v.string()), planned: count, done: count, failed: count })),
}))

/** What a load would do, from the ledger: nothing is asked of the source. */
export const SERVICE_PREVIEW = defineDocument('ohlcv.service-preview/1', v.strictObject({
  dataset,
  start: date,
  end: date,
  /** Only dates never loaded, whose last attempt failed, or that are not whole; null: all. */
  only: v.nullable(v.string()),
  /** Sessions whose files would be looked for and read, with how each stands and the code of its last attempt: the first thousand. */
  dates: v.array(v.strictObject({ date, state: v.picklist(DAY_STATES), code: v.nullable(v.string()) })),
  /** How many these are in all. */
  total: count,
  /** Sessions that are loaded, whose files would be seen to have changed or not. */
  checked: count,
}))

/** So many dates of a preview are told. */
const MOST_PREVIEWED = 1000

/** The document of a preview. */
export function servicePreviewDocument({ dataset: { name }, range, only }: PreviewRequest, { dates, checked }: Preview): v.InferInput<typeof SERVICE_PREVIEW.fields> {
  return { dataset: name, ...range, only, dates: dates.slice(0, MOST_PREVIEWED), total: dates.length, checked }
}

function actionOf(found: Action, progress: ReadonlyMap<number, RunProgress>): v.InferInput<typeof action> {
  const { actionId, requestedBy, requestedAt, finishedAt, exitCode, runs, ...fields } = found
  return {
    action_id: actionId, action: fields.action, request: fields.request, requested_by: requestedBy, requested_at: instantText(requestedAt), finished_at: instantOrNull(finishedAt),
    state: fields.state, exit_code: exitCode, code: fields.code,
    runs: runs.map(({ runId, command, status }) => ({ run_id: runId, command, status, done: progress.get(runId)?.done ?? 0, planned: progress.get(runId)?.planned ?? null })),
  }
}

/** The document of actions. */
export function serviceActionsDocument(actions: readonly Action[], progress: ReadonlyMap<number, RunProgress>, nextCursor: string | null): v.InferInput<typeof SERVICE_ACTIONS.fields> {
  return { actions: actions.map((found) => actionOf(found, progress)), next_cursor: nextCursor }
}

/** The document of one. */
export function serviceActionDocument(found: Action, progress: ReadonlyMap<number, RunProgress>, securities: readonly SecuritiesOfType[]): v.InferInput<typeof SERVICE_ACTION.fields> {
  return { action: actionOf(found, progress), securities: [...securities] }
}
