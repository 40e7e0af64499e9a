import { gauge, type Family } from '../family.js'

const SECOND_MS = 1000

/** What is wrong, and who was told of it. */
export const ALERTS: readonly Family[] = [
  gauge('ohlcv_alerts_open', 'Incidents that are open', ['kind', 'severity'], ({ openAlerts }) => openAlerts.map(({ kind, severity, alerts }) => [alerts, kind, severity])),
  gauge('ohlcv_alerts_opened_30d', 'Incidents that were opened in the last 30 days', ['kind'], ({ openedAlerts }) => openedAlerts.map(({ kind, alerts }) => [alerts, kind])),
  gauge('ohlcv_alerts_sent_30d', 'Notices that were sent in the last 30 days', ['channel', 'event'], ({ sent }) => sent.map(({ channel, event, notices }) => [notices, channel, event])),
  gauge('ohlcv_notices_waiting', 'Notices that are still to be sent', ['channel'], ({ unsent }) => unsent.map(({ channel, waiting }) => [waiting, channel])),
  gauge('ohlcv_notices_waiting_age_seconds', 'How long the first of them has been waiting; 0: none is', ['channel'],
    ({ unsent, at }) => unsent.map(({ channel, oldest }) => [oldest === null ? 0 : Math.max(at.getTime() / SECOND_MS - oldest, 0), channel])),
  gauge('ohlcv_notices_given_up_30d', 'Notices that could not be sent and were given up in the last 30 days', ['channel'], ({ unsent }) => unsent.map(({ channel, givenUp }) => [givenUp, channel])),
  gauge('ohlcv_alert_evaluation_timestamp_seconds', 'When it was last looked whether anybody has to be told of anything', [], ({ look }) => [[look === null ? null : look.at]]),
  gauge('ohlcv_alert_evaluation_duration_seconds', 'How long that took', [], ({ look }) => [[look === null ? null : look.milliseconds / SECOND_MS]]),
]
