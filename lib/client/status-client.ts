import { Asker, pagesOf, type ActOptions, type CallOptions, type Query, type StatusClientOptions } from './asker.js'
import type {
  Act, ActionsBody, ActionsPreviewQuery, ActionsQuery, AlertsByIdAcknowledgeBody, AlertsByIdMuteBody, AlertsQuery, AssetsQuery, BarsQuery, IngestionBackfillBody, IngestionFailuresQuery, IngestionRunsByIdQuery, IngestionRunsQuery,
  Lineage, LineageQuery, QualityFindingsQuery, QualityQuery, RejectsQuery, RevisionsQuery, ServiceAction, ServiceActions, ServiceAlert, ServiceAlerts, ServiceAsset, ServiceAssets, ServiceBars,
  ServiceDate, ServiceDays, ServiceFailures, ServiceFindings, ServicePreview, ServiceQuality, ServiceRejects, ServiceRemediation, ServiceRevisions, ServiceRun,
  ServiceRuns, Session, StatusDaysByDateQuery, StatusDaysQuery, StatusRemediationQuery, Summary,
} from './documents.js'
import { StatusError } from './status-error.js'

// What a browser loads is this file, who asks and the error, and no package; nor does a program need one to be checked.
export type * from './documents.js'
export { pagesOf, StatusError, type ActOptions, type CallOptions, type Query, type StatusClientOptions }

/** A client of the status service: a method a path, each with the document that it is answered with. */
export class StatusClient extends Asker {
  /** What there is, how fresh, how good and from where. */
  summary(call?: CallOptions): Promise<Summary> {
    return this.get('/status/summary', {}, call)
  }

  /** Who asks, by the client's token, and what that lets them do. */
  session(call?: CallOptions): Promise<Session> {
    return this.get('/session', {}, call)
  }

  /** How each date stands. */
  days(query: StatusDaysQuery = {}, call?: CallOptions): Promise<ServiceDays> {
    return this.get('/status/days', query, call)
  }

  /** All about one date. */
  day(date: string, query: StatusDaysByDateQuery = {}, call?: CallOptions): Promise<ServiceDate> {
    return this.get(`/status/days/${encodeURIComponent(date)}`, query, call)
  }

  /** Securities of the universe, by symbol. */
  assets(query: AssetsQuery = {}, call?: CallOptions): Promise<ServiceAssets> {
    return this.get('/assets', query, call)
  }

  /** All about one security. */
  asset(asset: string, call?: CallOptions): Promise<ServiceAsset> {
    return this.get(`/assets/${encodeURIComponent(asset)}`, {}, call)
  }

  /** What was wrong with the data and what was done about it, the latest first. */
  remediation(query: StatusRemediationQuery = {}, call?: CallOptions): Promise<ServiceRemediation> {
    return this.get('/status/remediation', query, call)
  }

  /** Where every bar of a security came from. */
  lineage(query: LineageQuery, call?: CallOptions): Promise<Lineage> {
    return this.get('/lineage', query, call)
  }

  /** The stored bars of a security. */
  bars(query: BarsQuery, call?: CallOptions): Promise<ServiceBars> {
    return this.get('/bars', query, call)
  }

  /** How good dates are, or the dates of one security, as they were checked last. */
  quality(query: QualityQuery = {}, call?: CallOptions): Promise<ServiceQuality> {
    return this.get('/quality', query, call)
  }

  /** What rules have found, the latest first. */
  findings(query: QualityFindingsQuery = {}, call?: CallOptions): Promise<ServiceFindings> {
    return this.get('/quality/findings', query, call)
  }

  /** Bars that changed after they were first loaded, the latest change first. */
  revisions(query: RevisionsQuery = {}, call?: CallOptions): Promise<ServiceRevisions> {
    return this.get('/revisions', query, call)
  }

  /** Rows of day files that were kept out, the latest date first. */
  rejects(query: RejectsQuery = {}, call?: CallOptions): Promise<ServiceRejects> {
    return this.get('/rejects', query, call)
  }

  /** The latest runs, the newest first. */
  runs(query: IngestionRunsQuery = {}, call?: CallOptions): Promise<ServiceRuns> {
    return this.get('/ingestion/runs', query, call)
  }

  /** One run: its dates with counts of rows and checksums, and what providers were asked. */
  run(id: number, query: IngestionRunsByIdQuery = {}, call?: CallOptions): Promise<ServiceRun> {
    return this.get(`/ingestion/runs/${id}`, query, call)
  }

  /** Errors and retries of the last days, the latest first. */
  failures(query: IngestionFailuresQuery = {}, call?: CallOptions): Promise<ServiceFailures> {
    return this.get('/ingestion/failures', query, call)
  }

  /** What people had done, the newest first. */
  actions(query: ActionsQuery = {}, call?: CallOptions): Promise<ServiceActions> {
    return this.get('/actions', query, call)
  }

  /** What somebody had done: its runs, and how far they have come. */
  action(id: number, call?: CallOptions): Promise<ServiceAction> {
    return this.get(`/actions/${id}`, {}, call)
  }

  /** Which dates a load would read. */
  preview(query: ActionsPreviewQuery = {}, call?: CallOptions): Promise<ServicePreview> {
    return this.get('/actions/preview', query, call)
  }

  /** What is wrong and what was, the latest first. */
  alerts(query: AlertsQuery = {}, call?: CallOptions): Promise<ServiceAlerts> {
    return this.get('/alerts', query, call)
  }

  /** One alert: what is wrong, since when, what to do, and who was told. */
  alert(id: number, call?: CallOptions): Promise<ServiceAlert> {
    return this.get(`/alerts/${id}`, {}, call)
  }

  /** Brings a window of dates up to what its sources have; needs the token of an administrator, as all that follows. */
  backfill(window: IngestionBackfillBody, call?: ActOptions): Promise<Act> {
    return this.post('/ingestion/backfill', window, call)
  }

  /** Has a test sent through every channel that is set up. */
  testAlerts(call?: ActOptions): Promise<Act> {
    return this.post('/alerts/test', {}, call)
  }

  /** Says that somebody looks after an open alert. */
  acknowledgeAlert(id: number, said: AlertsByIdAcknowledgeBody = {}, call?: ActOptions): Promise<Act> {
    return this.post(`/alerts/${id}/acknowledge`, said, call)
  }

  /** Has nobody be told of an alert until an instant. */
  muteAlert(id: number, wanted: AlertsByIdMuteBody, call?: ActOptions): Promise<Act> {
    return this.post(`/alerts/${id}/mute`, wanted, call)
  }

  /** Has something done. */
  act(wanted: ActionsBody, call?: ActOptions): Promise<Act> {
    return this.post('/actions', wanted, call)
  }
}
