import { SESSION } from '../../documents/service/session.js'
import { defineRoute } from '../framework/route.js'

export const session = defineRoute({
  method: 'GET',
  path: '/session',
  tag: 'status',
  summary: 'Who asks, by the token that was sent',
  document: SESSION,
  cache: false,
  async answer({ who }, { tokens }) {
    return { ...who, acting: tokens.admins }
  },
})
